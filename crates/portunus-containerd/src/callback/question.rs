use portunus::credential::CredentialKind;

use crate::callback::answer::StoredUnder;

/// One question of the daemon, and what it was told. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Question {
    /// The host as the daemon wrote it; empty where the question could not be read.
    pub host: String,
    /// What was sent.
    pub given: Given,
}

/// What was sent in answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Given {
    /// A credential.
    Credential {
        /// Where it is stored.
        stored: StoredUnder,
        /// The account, where known.
        username: Option<String>,
        /// Its kind.
        kind: CredentialKind,
    },
    /// None; the daemon goes on anonymously, or to the next host.
    Nothing(NoAnswer),
}

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
        /// The command that would allow it.
        help: Option<String>,
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
