use std::time::{Duration, SystemTime};

use crate::credential::Credential;
use crate::spread::part;
use crate::store::SourceError;

/// A credential is fetched again so long before it ends, and what it is shown for has the time.
const BEFORE_ITS_END: Duration = Duration::from_secs(5 * 60);
/// And by up to such a part of its time earlier, each of those that were fetched together by another.
const EARLIER: u32 = 10;
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
        let (Some(now), Some(at), Ok(Some(credential))) = (now, self.at, &self.fetched) else {
            return false;
        };
        let Some(ends) = credential.expires_at() else {
            return false;
        };
        match now.duration_since(at) {
            Ok(since) => {
                let lifetime = ends.duration_since(at).unwrap_or_default();
                let earlier = part(lifetime / EARLIER, credential.secret());
                since >= PAUSE && ends <= now + BEFORE_ITS_END + earlier
            }
            Err(back) => back.duration() >= PAUSE,
        }
    }
}
