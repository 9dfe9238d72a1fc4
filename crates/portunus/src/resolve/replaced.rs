use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::credential::Credential;

/// Identity tokens and what a realm has put in their place, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Replaced(Mutex<Vec<(Credential, Credential)>>);

/// Older ones are forgotten: a realm replaces one with each use.
const MOST: usize = 64;

impl Replaced {
    pub(crate) fn add(&self, old: &Credential, new: &Credential) {
        let mut pairs = self.lock();
        pairs.push((old.clone(), new.clone()));
        let over = pairs.len().saturating_sub(MOST);
        pairs.drain(..over);
    }

    /// What a credential has become.
    pub(crate) fn newest(&self, credential: Credential) -> Credential {
        let pairs = self.lock();
        let next = |held: Credential, (old, new): &(Credential, Credential)| match held == *old {
            true => new.clone(),
            false => held,
        };
        pairs.iter().fold(credential, next)
    }

    /// What has become a credential, the newest first.
    pub(crate) fn older(&self, credential: &Credential) -> Vec<Credential> {
        let mut older = Vec::new();
        for (old, new) in self.lock().iter().rev() {
            if new == credential || older.contains(new) {
                older.push(old.clone());
            }
        }
        older
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Credential, Credential)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
