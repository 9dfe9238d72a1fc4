use std::time::{Duration, SystemTime};

use crate::credential::Credential;
use crate::store::SourceError;

/// A credential is fetched again so long before it ends, and what it is shown for has the time.
const BEFORE_ITS_END: Duration = Duration::from_secs(5 * 60);
/// A source that gives one that ends as soon is left alone for so long.
const PAUSE: Duration = Duration::from_secs(60);

/// What a source has answered.
pub(super) type Fetched = Result<Option<Credential>, SourceError>;

/// The same, and when.
#[derive(Debug, Clone)]
pub(super) struct FetchedAt {
    pub(super) fetched: Fetched,
    /// `None`: nobody tells the time here.
    pub(super) at: Option<SystemTime>,
}

impl FetchedAt {
    /// Whether its source is to be asked again: what it says of its own end has nearly come, or the
    /// clock was set back, and tells nothing of how near that is.
    pub(super) fn is_ending(&self, now: Option<SystemTime>) -> bool {
        let ends = || self.fetched.as_ref().ok()?.as_ref()?.expires_at();
        let (Some(now), Some(at)) = (now, self.at) else {
            return false;
        };
        match now.duration_since(at) {
            Ok(since) => {
                let is_near = |ends: SystemTime| ends <= now + BEFORE_ITS_END;
                since >= PAUSE && ends().is_some_and(is_near)
            }
            Err(back) => back.duration() >= PAUSE && ends().is_some(),
        }
    }
}
