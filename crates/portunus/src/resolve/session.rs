use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::candidate::Candidate;
use super::fetched::{Fetched, FetchedAt};
use super::plan::Plan;
use super::replaced::Replaced;
use super::source_handle::{SecretPlace, SourceHandle};
use super::wall_clock::WallClock;
use crate::credential::Credential;
use crate::store::{Hold, Rotation, Source, SourceError};

/// Fetches secrets when their attempt is reached, each at most once.
///
/// One session serves one pull or push: a source is not asked again, so that a host always gets
/// the same answer; one that says itself when it ends is fetched again before, where somebody tells
/// the time (`Resolver::with_clock`). An identity token that a realm has replaced is the new one from then on,
/// whichever source held the old one.
#[derive(Debug)]
pub struct Session {
    sources: Vec<SourceHandle>,
    clock: Option<WallClock>,
    fetched: Mutex<HashMap<SecretPlace, Arc<Slot>>>,
    replaced: Replaced,
}

#[derive(Debug, Default)]
struct Slot {
    /// Held while the source is asked: sources do not wait for each other.
    fetching: Mutex<()>,
    answer: Mutex<Option<FetchedAt>>,
}

impl Session {
    /// A session that asks these sources, and no other.
    pub(crate) fn new(sources: &[Arc<dyn Source>]) -> Self {
        Self {
            sources: sources.iter().map(SourceHandle::of).collect(),
            clock: None,
            fetched: Mutex::default(),
            replaced: Replaced::default(),
        }
    }

    /// The same, in which a credential that says when it ends is fetched again before it does.
    pub(crate) fn with_clock(mut self, clock: Option<WallClock>) -> Self {
        self.clock = clock;
        self
    }

    /// A session in which one candidate has this credential, which no source holds.
    pub(crate) fn of(candidate: &Candidate, credential: Credential) -> Self {
        let session = Self::new(&[]);
        *lock(&session.slot(candidate).answer) = Some(FetchedAt {
            fetched: Ok(Some(credential)),
            at: None,
        });
        session
    }

    /// The credential of a candidate; `None` where its source no longer has it.
    ///
    /// # Errors
    /// Where the source cannot fetch it. The same error is given each time it is asked for. One that
    /// cannot be fetched again before it ends is given as it is.
    pub(crate) fn credential(
        &self,
        candidate: &Candidate,
    ) -> Result<Option<Credential>, SourceError> {
        let slot = self.slot(candidate);
        let _fetching = lock(&slot.fetching);
        let now = self.now();
        let before = lock(&slot.answer).clone();
        if let Some(before) = &before
            && !before.is_ending(now)
        {
            return before.fetched.clone();
        }
        let answer = match self.source(candidate) {
            Some(source) => source.credential(&candidate.entry),
            None => Ok(None),
        };
        let answer = answer.map(|found| found.map(|found| self.replaced.newest(found)));
        let fetched = match (answer, before) {
            (Err(_) | Ok(None), Some(before)) => before.fetched,
            (answer, _) => answer,
        };
        *lock(&slot.answer) = Some(FetchedAt {
            fetched: fetched.clone(),
            at: now,
        });
        fetched
    }

    /// What was fetched for a candidate; `None`: nothing so far.
    pub(crate) fn fetched(&self, candidate: &Candidate) -> Option<Fetched> {
        let held = lock(&self.slot(candidate).answer).clone()?;
        Some(held.fetched)
    }

    /// Whether a candidate is to be fetched, for the first time or because it is about to end.
    pub(crate) fn is_to_be_fetched(&self, candidate: &Candidate) -> bool {
        let slot = self.slot(candidate);
        let held = lock(&slot.answer);
        held.as_ref().is_none_or(|held| held.is_ending(self.now()))
    }

    /// Fetches every secret the plan may need now, so that none is waited for later.
    pub fn prepare(&self, plan: &Plan) {
        for candidate in plan.attempts.iter().flat_map(|attempt| &attempt.candidates) {
            // A failure is remembered and reported when the attempt is reached.
            let _ = self.credential(candidate);
        }
    }

    /// Puts an identity token in place of the one that a realm has replaced.
    pub(crate) fn replace(&self, old: &Credential, new: &Credential) {
        self.replaced.add(old, new);
        for slot in lock(&self.fetched).values() {
            let mut answer = lock(&slot.answer);
            if let Some(held) = &mut *answer
                && matches!(&held.fetched, Ok(Some(held)) if held == old)
            {
                held.fetched = Ok(Some(new.clone()));
            }
        }
    }

    /// Keeps other programs from the identity token of a candidate, where its source can.
    pub(crate) fn hold(&self, candidate: &Candidate) -> Option<Hold> {
        self.source(candidate)?.hold(&candidate.entry)
    }

    /// Reads an identity token again, and takes what another program was given in its place. The
    /// old one and the new one, where that was so.
    pub(crate) fn reread(&self, candidate: &Candidate) -> Option<(Credential, Credential)> {
        let source = self.source(candidate)?;
        let Ok(Some(ours)) = self.fetched(candidate)? else {
            return None;
        };
        let held = source.reread(&candidate.entry).ok()??;
        let is_other_login = held.kind() != ours.kind() || held.username() != ours.username();
        if is_other_login || held == ours || self.replaced.older(&ours).contains(&held) {
            return None;
        }
        self.replace(&ours, &held);
        Some((ours, held))
    }

    /// Writes the newest identity token of a candidate to where an older one of this session is.
    pub(crate) fn write_back(&self, candidate: &Candidate) -> Result<Rotation, SourceError> {
        let (Some(source), Some(Ok(Some(new)))) = (self.source(candidate), self.fetched(candidate))
        else {
            return Ok(Rotation::NotKept);
        };
        source.rotate(&candidate.entry, &self.replaced.older(&new), &new)
    }

    fn now(&self) -> Option<SystemTime> {
        self.clock.as_ref().map(WallClock::now)
    }

    fn source<'a>(&self, candidate: &'a Candidate) -> Option<&'a dyn Source> {
        let handle = candidate.source.as_ref()?;
        self.sources.contains(handle).then(|| handle.source())
    }

    fn slot(&self, candidate: &Candidate) -> Arc<Slot> {
        let at = candidate.secret_place();
        Arc::clone(lock(&self.fetched).entry(at).or_default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
