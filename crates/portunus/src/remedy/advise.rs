use super::Remedy;

/// What can be asked what to do about it: an error, a finding.
pub trait Advise {
    /// What to do, the best first, each once. Empty: nothing is known.
    fn remedies(&self) -> Vec<Remedy>;
}
