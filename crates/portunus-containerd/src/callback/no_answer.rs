use std::fmt;

use portunus::remedy::Remedy;

use crate::callback::stored_under::{StoredUnder, list_stored};

/// Why a question was answered with none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoAnswer {
    /// The host is not in the plan: a redirect target, or a `hosts.toml` that the daemon reads
    /// differently.
    NotInPlan,
    /// The host was found to let anybody in, with or without an anonymous token.
    NotNeeded,
    /// The host has no part in the operation.
    NoPart,
    /// Nothing is stored that may be sent to it.
    NothingStored,
    /// It rejected what is stored for it.
    Rejected(Vec<StoredUnder>),
    /// A trust rule forbids it.
    Refused {
        /// The credential that stays at home.
        stored: StoredUnder,
        /// The rule, in words.
        reason: String,
        /// What would allow it.
        remedy: Option<Box<Remedy>>,
    },
    /// Whether a credential holds could not be found out, or not in time.
    Failed {
        /// What went wrong, in words.
        reason: String,
    },
    /// The credential is of a kind, or has a form, that containerd does not take.
    NotTaken {
        /// The credential that cannot be sent.
        stored: StoredUnder,
        /// Why, in words.
        reason: String,
    },
    /// The host asked more often than a transfer that goes well ever does.
    OverBudget,
    /// The question concerns another image, or is none.
    NotOurs,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInPlan => f.write_str(
                "it is not among the hosts of this image; a host redirected to it, or containerd reads other host files",
            ),
            Self::NotNeeded => f.write_str("it lets anybody in"),
            Self::NoPart => f.write_str("it has no part in this"),
            Self::NothingStored => f.write_str("nothing is stored that may be sent to it"),
            Self::Rejected(stored) => write!(f, "it rejected {}", list_stored(stored)),
            Self::Refused { stored, reason, .. } | Self::NotTaken { stored, reason } => {
                write!(f, "{stored} stays here: {reason}")
            }
            Self::Failed { reason } => f.write_str(reason),
            Self::OverBudget => f.write_str("it asked too often"),
            Self::NotOurs => f.write_str("the question does not concern this image"),
        }
    }
}
