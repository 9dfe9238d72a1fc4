use portunus::credential::CredentialKind;

use crate::callback::no_answer::NoAnswer;
use crate::callback::stored_under::StoredUnder;

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
