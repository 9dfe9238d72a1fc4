use std::sync::{Arc, Mutex, PoisonError};

use portunus::credential::Credential;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// What became of credentials where they were shown, for one pull, push or choice: however many
/// sources hold a wrong password, and however many hosts of a plan lead to one place, it is sent
/// there once.
#[derive(Debug, Default)]
pub(crate) struct Verdicts(Mutex<Vec<Held>>);

#[derive(Debug)]
struct Held {
    /// An origin, or what lies below a path of it.
    place: String,
    credential: Credential,
    verdict: Arc<AsyncMutex<Verdict>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Verdict {
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

/// The first request with a credential. Dropped without a verdict, the next one is the first.
#[derive(Debug)]
pub(crate) struct Trial(OwnedMutexGuard<Verdict>);

impl Trial {
    pub(crate) fn accept(&mut self) {
        *self.0 = Verdict::Accepted;
    }

    pub(crate) fn reject(&mut self) {
        *self.0 = Verdict::Rejected;
    }
}

impl Verdicts {
    /// Waits until it is known whether the credential may be shown at a place.
    pub(crate) async fn turn(&self, place: &str, credential: &Credential) -> Turn {
        let verdict = self.verdict(place, credential).lock_owned().await;
        match *verdict {
            Verdict::Unknown => Turn::First(Trial(verdict)),
            Verdict::Accepted => Turn::Free,
            Verdict::Rejected => Turn::Rejected,
        }
    }

    /// Notes a rejection that no request is waited for with.
    pub(crate) fn reject(&self, place: &str, credential: &Credential) {
        if let Ok(mut verdict) = self.verdict(place, credential).try_lock() {
            *verdict = Verdict::Rejected;
        }
    }

    /// Whether the credential is known to be rejected at a place; nobody is waited for.
    pub(crate) fn is_rejected(&self, place: &str, credential: &Credential) -> bool {
        let verdict = self.verdict(place, credential);
        let verdict = verdict.try_lock();
        verdict.is_ok_and(|verdict| *verdict == Verdict::Rejected)
    }

    fn verdict(&self, place: &str, credential: &Credential) -> Arc<AsyncMutex<Verdict>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |held: &&Held| held.place == place && held.credential == *credential;
        if let Some(found) = held.iter().find(same) {
            return found.verdict.clone();
        }
        let verdict = Arc::default();
        held.push(Held {
            place: place.to_owned(),
            credential: credential.clone(),
            verdict: Arc::clone(&verdict),
        });
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_rejection_holds_for_one_credential_at_one_place() {
        let verdicts = Verdicts::default();
        let wrong = Credential::password("alice", "old");
        let Turn::First(mut trial) = verdicts.turn("https://reg.test", &wrong).await else {
            panic!("somebody was first");
        };
        trial.reject();
        drop(trial);
        let again = verdicts.turn("https://reg.test", &wrong).await;
        assert!(matches!(again, Turn::Rejected), "{again:?}");
        assert!(verdicts.is_rejected("https://reg.test", &wrong));
        for (place, user, password) in [
            ("https://reg.test", "alice", "new"),
            ("https://reg.test", "bob", "old"),
            ("https://reg.test:444", "alice", "old"),
        ] {
            let other = Credential::password(user, password);
            assert!(!verdicts.is_rejected(place, &other), "{user} at {place}");
            let turn = verdicts.turn(place, &other).await;
            assert!(matches!(turn, Turn::First(_)), "{user} at {place}");
        }
    }

    #[tokio::test]
    async fn without_a_verdict_the_next_request_is_the_first() {
        let verdicts = Verdicts::default();
        let login = Credential::password("alice", "wonder");
        drop(verdicts.turn("https://reg.test", &login).await);
        let Turn::First(mut trial) = verdicts.turn("https://reg.test", &login).await else {
            panic!("somebody was first");
        };
        trial.accept();
        drop(trial);
        let next = verdicts.turn("https://reg.test", &login).await;
        assert!(matches!(next, Turn::Free), "{next:?}");
    }
}
