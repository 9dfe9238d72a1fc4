use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::rules::Rules;
use super::single_flight::SingleFlight;
use super::tokens::Tokens;
use super::verdicts::Verdicts;
use super::work::{Work, WriteBack};
use crate::resolve::{SecretPlace, Session};

/// What the conversations of one ledger share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) session: Arc<Session>,
    pub(super) rules: Rules,
    pub(super) tokens: Tokens,
    pub(super) verdicts: Arc<Verdicts>,
    /// Who asks a source for the secret of an entry.
    pub(super) fetches: Arc<SingleFlight<SecretPlace>>,
    write_backs: Arc<Mutex<Vec<WriteBack>>>,
}

impl Shared {
    pub(super) fn new(
        session: Arc<Session>,
        rules: Rules,
        tokens: Tokens,
        verdicts: Arc<Verdicts>,
    ) -> Self {
        Self {
            session,
            rules,
            tokens,
            verdicts,
            fetches: Arc::default(),
            write_backs: Arc::default(),
        }
    }

    /// What is to be written to a store before anything else is done.
    pub(super) fn write_back(&self) -> Option<Work> {
        let next = self.write_backs().pop()?;
        Some(Work::write_back(
            Arc::clone(&self.session),
            next,
            Arc::clone(&self.write_backs),
        ))
    }

    pub(super) fn write_backs(&self) -> MutexGuard<'_, Vec<WriteBack>> {
        let write_backs = &self.write_backs;
        write_backs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
