use std::collections::HashMap;

use containerd_client::services::v1::Lease;

use super::labels::{REFERENCE_LABEL, REMAINS_LABEL};
use super::service::LeasesService;
use crate::daemon::daemon_error::DaemonError;

/// What a pull that failed has fetched: kept by a lease without a process, which expires like any
/// other, until the next pull of the image takes it over.
#[derive(Debug)]
pub(super) struct Remains {
    labels: HashMap<String, String>,
}

impl Remains {
    /// To be kept under a lease with these labels, and one that says what it is for.
    pub(super) fn new(mut labels: HashMap<String, String>) -> Self {
        labels.insert(REMAINS_LABEL.to_owned(), "true".to_owned());
        Self { labels }
    }

    /// Whether a lease is about the same image.
    pub(super) fn are_of(&self, lease: &Lease) -> bool {
        self.labels.get(REFERENCE_LABEL) == lease.labels.get(REFERENCE_LABEL)
    }

    /// Keeps what the lease of the pull holds. The lease itself cannot stay: the daemon remembers
    /// the streams that were opened under it as long as it is there.
    pub(super) async fn keep(
        &self,
        service: &LeasesService,
        lease: &str,
    ) -> Result<(), DaemonError> {
        if service.list_fetched(lease).await?.is_empty() {
            return Ok(());
        }
        let kept_under = service.create(self.labels.clone()).await?;
        service.copy_fetched(lease, &kept_under).await
    }
}
