use std::sync::{Arc, Mutex, PoisonError};

use portunus::credential::Credential;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// What became of credentials where they were shown, for one pull, push or choice: however many
/// sources hold a wrong password, and however many hosts of a plan lead to one judge, it is
/// sent there once.
#[derive(Debug, Default)]
pub(crate) struct CredentialTrials(Mutex<Vec<TrialRecord>>);

#[derive(Debug)]
struct TrialRecord {
    /// Who said so: an origin, or what lies below a path of it.
    judge: String,
    credential: Credential,
    result: Arc<AsyncMutex<TrialResult>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum TrialResult {
    #[default]
    Unknown,
    Accepted,
    Rejected,
}

/// Whether a credential may be shown.
#[derive(Debug)]
pub(crate) enum Turn {
    /// By the first request, while the others wait for what becomes of it.
    First(Trial),
    /// By everybody: it was not rejected.
    Free,
    /// By nobody.
    Rejected,
}

/// The first request with a credential. Dropped without a result, the next one is the first.
#[derive(Debug)]
pub(crate) struct Trial(OwnedMutexGuard<TrialResult>);

impl Trial {
    pub(crate) fn accept(&mut self) {
        *self.0 = TrialResult::Accepted;
    }

    pub(crate) fn reject(&mut self) {
        *self.0 = TrialResult::Rejected;
    }
}

impl CredentialTrials {
    /// Waits until it is known whether the credential may be shown to a judge.
    pub(crate) async fn begin(&self, judge: &str, credential: &Credential) -> Turn {
        let result = self.result(judge, credential).lock_owned().await;
        match *result {
            TrialResult::Unknown => Turn::First(Trial(result)),
            TrialResult::Accepted => Turn::Free,
            TrialResult::Rejected => Turn::Rejected,
        }
    }

    /// Notes a rejection that no request is waited for with.
    pub(crate) fn note_rejection(&self, judge: &str, credential: &Credential) {
        if let Ok(mut result) = self.result(judge, credential).try_lock() {
            *result = TrialResult::Rejected;
        }
    }

    /// Whether the credential is known to be rejected by a judge; nobody is waited for.
    pub(crate) fn is_rejected(&self, judge: &str, credential: &Credential) -> bool {
        let result = self.result(judge, credential);
        let result = result.try_lock();
        result.is_ok_and(|result| *result == TrialResult::Rejected)
    }

    fn result(&self, judge: &str, credential: &Credential) -> Arc<AsyncMutex<TrialResult>> {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |it: &&TrialRecord| it.judge == judge && it.credential == *credential;
        if let Some(found) = records.iter().find(same) {
            return found.result.clone();
        }
        let result = Arc::default();
        records.push(TrialRecord {
            judge: judge.to_owned(),
            credential: credential.clone(),
            result: Arc::clone(&result),
        });
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_rejection_holds_for_one_credential_at_one_place() {
        let trials = CredentialTrials::default();
        let wrong = Credential::password("alice", "old");
        let Turn::First(mut trial) = trials.begin("https://reg.test", &wrong).await else {
            panic!("somebody was first");
        };
        trial.reject();
        drop(trial);
        let again = trials.begin("https://reg.test", &wrong).await;
        assert!(matches!(again, Turn::Rejected), "{again:?}");
        assert!(trials.is_rejected("https://reg.test", &wrong));
        for (judge, user, password) in [
            ("https://reg.test", "alice", "new"),
            ("https://reg.test", "bob", "old"),
            ("https://reg.test:444", "alice", "old"),
        ] {
            let other = Credential::password(user, password);
            assert!(!trials.is_rejected(judge, &other), "{user} at {judge}");
            let turn = trials.begin(judge, &other).await;
            assert!(matches!(turn, Turn::First(_)), "{user} at {judge}");
        }
    }

    #[tokio::test]
    async fn without_a_verdict_the_next_request_is_the_first() {
        let trials = CredentialTrials::default();
        let login = Credential::password("alice", "wonder");
        drop(trials.begin("https://reg.test", &login).await);
        let Turn::First(mut trial) = trials.begin("https://reg.test", &login).await else {
            panic!("somebody was first");
        };
        trial.accept();
        drop(trial);
        let next = trials.begin("https://reg.test", &login).await;
        assert!(matches!(next, Turn::Free), "{next:?}");
    }
}
