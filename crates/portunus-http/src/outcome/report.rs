use std::fmt;

use portunus::authorizer::Shown;
use portunus::resolve::Phase;

use crate::outcome::Outcome;

/// What one host was asked, shown, and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostReport {
    /// The host as `hosts.toml` has it, with its scheme.
    pub host: String,
    /// What it was asked for; `None`: only whether it accepts a credential.
    pub phase: Option<Phase>,
    /// Why it did not help.
    pub outcome: Outcome,
    /// The credentials that were sent to it or to its realm.
    pub shown: Vec<Shown>,
}

impl fmt::Display for HostReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        if let Some(phase) = self.phase {
            write!(f, " ({})", phase.as_str())?;
        }
        write!(f, ": {}", self.outcome)?;
        if self.shown.is_empty() {
            return f.write_str("; no credential was sent");
        }
        f.write_str("; sent: ")?;
        for (at, shown) in self.shown.iter().enumerate() {
            let comma = if at == 0 { "" } else { "; " };
            write!(f, "{comma}{shown}")?;
        }
        Ok(())
    }
}
