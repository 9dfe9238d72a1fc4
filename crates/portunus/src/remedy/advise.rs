use super::Remedy;

/// What can be asked what to do about it: an error, a finding.
pub trait Advise {
    /// What to do, the best first, each once. Empty: nothing is known.
    fn remedies(&self) -> Vec<Remedy>;
}

impl Remedy {
    /// What several say, in their order, each once.
    pub fn each_once(remedies: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut kept = Vec::new();
        for remedy in remedies {
            if !kept.contains(&remedy) {
                kept.push(remedy);
            }
        }
        kept
    }
}
