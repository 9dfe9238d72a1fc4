use std::fmt;

use super::attempt::Attempt;
use super::operation::Operation;
use super::plan::Plan;

/// What becomes of the last host of a plan that has mirrors: whether it is asked, and what would keep it
/// from being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Upstream {
    /// A host before it takes the push.
    NotPushedTo,
    /// No host before it may be pushed to.
    PushedTo,
    /// It is asked where no host before it has the image: `server` in this line names it.
    Named(u32),
    /// It is asked so because `server` names no other.
    Unnamed,
}

impl Plan {
    /// What becomes of that attempt where it is the last host, and has mirrors.
    pub fn upstream(&self, attempt: &Attempt) -> Option<Upstream> {
        let has_mirrors = self.attempts.len() > 1;
        let is_push = self.operation == Operation::Push;
        (attempt.host.is_server && has_mirrors).then_some(match &attempt.host.place {
            _ if is_push && attempt.phases.is_empty() => Upstream::NotPushedTo,
            _ if is_push => Upstream::PushedTo,
            Some(place) => Upstream::Named(place.line),
            None => Upstream::Unnamed,
        })
    }
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotPushedTo => "a host above takes the push: nothing reaches this one",
            Self::PushedTo => "no host above may be pushed to",
            Self::Named(line) => {
                return write!(
                    f,
                    "asked where no host above has the image: `server` in line {line} names it"
                );
            }
            Self::Unnamed => {
                "asked where no host above has the image: `server` names no other host. An air-gapped \
                 site names its mirror there"
            }
        })
    }
}
