use std::time::Duration;

use crate::outcome::Outcome;

/// Waits for an answer, no longer than `limit`.
pub(crate) async fn within<T>(
    limit: Option<Duration>,
    future: impl Future<Output = T>,
) -> Result<T, Outcome> {
    match limit {
        None => Ok(future.await),
        Some(limit) => tokio::time::timeout(limit, future)
            .await
            .map_err(|_| Outcome::unreachable("no answer in time")),
    }
}
