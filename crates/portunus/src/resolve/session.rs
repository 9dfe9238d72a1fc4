use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::candidate::Candidate;
use super::plan::Plan;
use crate::credential::Credential;
use crate::name::CredentialKey;
use crate::store::{Source, SourceError};

/// Fetches secrets when their attempt is reached, each at most once.
///
/// One session serves one pull or push: a source is not asked again, so that a host always gets
/// the same answer.
#[derive(Debug)]
pub struct Session {
    sources: Vec<Arc<dyn Source>>,
    fetched: Mutex<HashMap<(usize, CredentialKey), Fetched>>,
}

type Fetched = Result<Option<Credential>, SourceError>;

impl Session {
    /// A session over the sources that a plan was made from, in the same order.
    pub fn new(sources: Vec<Arc<dyn Source>>) -> Self {
        Self {
            sources,
            fetched: Mutex::default(),
        }
    }

    /// The credential of a candidate; `None` where its source no longer has it.
    ///
    /// # Errors
    /// Where the source cannot fetch it. The same error is given each time it is asked for.
    pub fn credential(&self, candidate: &Candidate) -> Result<Option<Credential>, SourceError> {
        let at = (candidate.source_position, candidate.entry.key.clone());
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = fetched.get(&at) {
            return answer.clone();
        }
        let answer = match self.sources.get(candidate.source_position) {
            Some(source) => source.credential(&candidate.entry),
            None => Ok(None),
        };
        fetched.insert(at, answer.clone());
        answer
    }

    /// Fetches every secret the plan may need now, so that none is waited for later.
    pub fn prepare(&self, plan: &Plan) {
        for candidate in plan.attempts.iter().flat_map(|attempt| &attempt.candidates) {
            // A failure is remembered and reported when the attempt is reached.
            let _ = self.credential(candidate);
        }
    }
}
