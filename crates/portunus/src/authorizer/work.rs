use std::sync::{Arc, Mutex, PoisonError};

use super::identity::{IdentityLeave, LeaveSlot};
use super::shown::Shown;
use super::single_flight::Flight;
use super::tokens::Tokens;
use super::warnings::{Warning, Warnings};
use crate::resolve::{Candidate, SecretPlace, Session};
use crate::store::{Hold, Rotation};
use crate::token::trust::Origin;

/// Something that may block: a source is asked for a secret, or for the identity token that it has
/// by now, or is given the one that replaced it. What became of it is told by the next step.
#[derive(Debug)]
#[must_use = "the call goes on when it is done"]
pub struct Work(Option<Job>);

#[derive(Debug)]
enum Job {
    Fetch {
        session: Arc<Session>,
        candidate: Box<Candidate>,
        _flight: Flight<SecretPlace>,
    },
    Reread {
        session: Arc<Session>,
        candidate: Box<Candidate>,
        tokens: Tokens,
        leave: Box<IdentityLeave>,
        slot: LeaveSlot,
    },
    WriteBack {
        session: Arc<Session>,
        what: Box<WriteBack>,
        waiting: Arc<Mutex<Vec<WriteBack>>>,
    },
}

/// A replaced identity token that its source does not have yet.
#[derive(Debug)]
pub(super) struct WriteBack {
    pub(super) candidate: Candidate,
    pub(super) account: Shown,
    pub(super) realm: Origin,
    /// Where it is told that it could not be written.
    pub(super) warnings: Arc<Warnings>,
    /// Until it is written.
    pub(super) _hold: Option<Hold>,
}

impl Work {
    pub(super) fn fetch(
        session: Arc<Session>,
        candidate: Candidate,
        flight: Flight<SecretPlace>,
    ) -> Self {
        Self(Some(Job::Fetch {
            session,
            candidate: Box::new(candidate),
            _flight: flight,
        }))
    }

    pub(super) fn reread(
        session: Arc<Session>,
        candidate: Candidate,
        tokens: Tokens,
        leave: IdentityLeave,
        slot: LeaveSlot,
    ) -> Self {
        Self(Some(Job::Reread {
            session,
            candidate: Box::new(candidate),
            tokens,
            leave: Box::new(leave),
            slot,
        }))
    }

    pub(super) fn write_back(
        session: Arc<Session>,
        what: WriteBack,
        waiting: Arc<Mutex<Vec<WriteBack>>>,
    ) -> Self {
        Self(Some(Job::WriteBack {
            session,
            what: Box::new(what),
            waiting,
        }))
    }

    /// Does it. Blocks for as long as a helper process, a keyring or a lock takes: it may wait until
    /// another call has used an identity token of the same file, so never on the thread that drives
    /// that one.
    pub fn run(mut self) {
        match self.0.take() {
            Some(Job::Fetch {
                session, candidate, ..
            }) => {
                // The session remembers what came of it.
                let _ = session.credential(&candidate);
            }
            Some(Job::Reread {
                session,
                candidate,
                tokens,
                mut leave,
                slot,
            }) => {
                // What another program has been given is there once it lets go.
                leave.hold = session.hold(&candidate);
                if let Some((old, new)) = session.reread(&candidate) {
                    tokens.replace_identity(&old, &new);
                }
                slot.put(*leave);
            }
            Some(Job::WriteBack { session, what, .. }) => what.run(&session),
            None => {}
        }
    }
}

impl WriteBack {
    fn run(self, session: &Session) {
        let problem = match session.write_back(&self.candidate) {
            Ok(Rotation::Written | Rotation::Changed) => return,
            Ok(Rotation::NotKept) => None,
            Err(error) => Some(error),
        };
        self.warnings.add_once(Warning::NotKept {
            realm: self.realm,
            account: self.account,
            problem,
        });
    }
}

/// What is not written yet is the next call's to write.
impl Drop for Work {
    fn drop(&mut self) {
        if let Some(Job::WriteBack { what, waiting, .. }) = self.0.take() {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push(*what);
        }
    }
}
