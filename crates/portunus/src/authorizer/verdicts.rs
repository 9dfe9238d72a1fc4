use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::signal::{Signal, Ticket};
use crate::credential::Credential;

/// What became of logins where they were shown: however many sources hold a wrong password, and
/// however many hosts of a plan lead to one place, it is sent there once.
#[derive(Debug, Default)]
pub(super) struct Verdicts(Mutex<Vec<Held>>);

#[derive(Debug)]
struct Held {
    /// An origin, or what lies below a path of it.
    place: String,
    login: Credential,
    verdict: LoginVerdict,
    /// Somebody is finding out.
    asking: Option<Signal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginVerdict {
    Unknown,
    Accepted,
    Rejected,
}

/// Whether a login may be shown.
#[derive(Debug)]
pub(super) enum Leave {
    /// By this call, which finds out.
    First(Trial),
    /// Not before somebody else has found out.
    Wait(Ticket),
    /// By everybody: it was not rejected.
    Free,
    /// By nobody.
    Rejected,
}

/// The first time that a login is shown somewhere. Dropped without a verdict, the next one is the
/// first.
#[derive(Debug)]
pub(super) struct Trial {
    verdicts: Arc<Verdicts>,
    place: String,
    login: Credential,
    verdict: LoginVerdict,
}

impl Verdicts {
    /// Whether a login may be shown at a place.
    pub(super) fn ask(self: &Arc<Self>, place: &str, login: &Credential) -> Leave {
        let mut held = self.lock();
        let about = find(&mut held, place, login);
        match (about.verdict, &about.asking) {
            (LoginVerdict::Accepted, _) => Leave::Free,
            (LoginVerdict::Rejected, _) => Leave::Rejected,
            (LoginVerdict::Unknown, Some(signal)) => Leave::Wait(signal.ticket()),
            (LoginVerdict::Unknown, None) => {
                about.asking = Some(Signal::default());
                Leave::First(Trial {
                    verdicts: Arc::clone(self),
                    place: place.to_owned(),
                    login: login.clone(),
                    verdict: LoginVerdict::Unknown,
                })
            }
        }
    }

    /// Notes a verdict that nobody waits for.
    pub(super) fn note(&self, place: &str, login: &Credential, verdict: LoginVerdict) {
        find(&mut self.lock(), place, login).verdict = verdict;
    }

    pub(super) fn is_rejected(&self, place: &str, login: &Credential) -> bool {
        let held = self.lock();
        let mut about = held.iter().filter(|held| held.is_about(place, login));
        about.any(|held| held.verdict == LoginVerdict::Rejected)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn is_about(&self, place: &str, login: &Credential) -> bool {
        self.place == place && self.login == *login
    }
}

fn find<'h>(held: &'h mut Vec<Held>, place: &str, login: &Credential) -> &'h mut Held {
    let at = held.iter().position(|held| held.is_about(place, login));
    let at = at.unwrap_or_else(|| {
        held.push(Held {
            place: place.to_owned(),
            login: login.clone(),
            verdict: LoginVerdict::Unknown,
            asking: None,
        });
        held.len() - 1
    });
    &mut held[at]
}

impl Trial {
    /// Ends it: the place has judged the login.
    pub(super) fn end(mut self, verdict: LoginVerdict) {
        self.verdict = verdict;
    }

    pub(super) fn is_of(&self, place: &str, login: &Credential) -> bool {
        self.place == place && self.login == *login
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let signal = {
            let mut held = self.verdicts.lock();
            let about = find(&mut held, &self.place, &self.login);
            if self.verdict != LoginVerdict::Unknown {
                about.verdict = self.verdict;
            }
            about.asking.take()
        };
        if let Some(signal) = signal {
            signal.ring();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_holds_for_one_login_at_one_place() {
        let verdicts = Arc::new(Verdicts::default());
        let wrong = Credential::password("alice", "old");
        let Leave::First(trial) = verdicts.ask("https://reg.test", &wrong) else {
            panic!("somebody was first");
        };
        let Leave::Wait(ticket) = verdicts.ask("https://reg.test", &wrong) else {
            panic!("nobody waits");
        };
        trial.end(LoginVerdict::Rejected);
        ticket.wait();
        let again = verdicts.ask("https://reg.test", &wrong);
        assert!(matches!(again, Leave::Rejected), "{again:?}");
        assert!(verdicts.is_rejected("https://reg.test", &wrong));
        for (place, user, password) in [
            ("https://reg.test", "alice", "new"),
            ("https://reg.test", "bob", "old"),
            ("https://reg.test:444", "alice", "old"),
        ] {
            let other = Credential::password(user, password);
            assert!(!verdicts.is_rejected(place, &other), "{user} at {place}");
            let leave = verdicts.ask(place, &other);
            assert!(matches!(leave, Leave::First(_)), "{user} at {place}");
        }
    }

    #[test]
    fn without_a_verdict_the_next_one_is_the_first() {
        let verdicts = Arc::new(Verdicts::default());
        let login = Credential::password("alice", "wonder");
        drop(verdicts.ask("https://reg.test", &login));
        let Leave::First(trial) = verdicts.ask("https://reg.test", &login) else {
            panic!("somebody was first");
        };
        trial.end(LoginVerdict::Accepted);
        let next = verdicts.ask("https://reg.test", &login);
        assert!(matches!(next, Leave::Free), "{next:?}");
    }
}
