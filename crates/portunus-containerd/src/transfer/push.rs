use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::SystemTime;

use portunus::name::ImageReference;
use portunus::resolve::Operation;
use portunus_http::Platform;

use crate::callback::lookup::Lookup;
use crate::daemon::connection::Containerd;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::lease::Lease;
use crate::transfer::ended::Ended;
use crate::transfer::ends::{Ends, image_store, registry};
use crate::transfer::error::TransferError;
use crate::transfer::observer::Observer;
use crate::transfer::report::TransferReport;
use crate::transfer::running::Running;
use crate::transfer::terms::TransferTerms;

/// What is to be pushed, and how.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PushRequest {
    /// What it has in common with a pull.
    pub terms: TransferTerms,
    /// The root of the host directory that the daemon reads, as an absolute path. containerd
    /// pushes to the first host that has the capability, and to no other.
    pub host_dir: PathBuf,
    /// What each host is told.
    pub answers: Arc<dyn Lookup>,
    /// The platforms to push; empty: all that the image has.
    pub platforms: Vec<Platform>,
}

impl PushRequest {
    /// For all platforms of the image.
    pub fn new(
        reference: ImageReference,
        containerd_namespace: ContainerdNamespace,
        host_dir: impl Into<PathBuf>,
        answers: impl Lookup,
        lease_expires_at: SystemTime,
    ) -> Self {
        Self {
            terms: TransferTerms::new(reference, containerd_namespace, lease_expires_at),
            host_dir: host_dir.into(),
            answers: Arc::new(answers),
            platforms: Vec::new(),
        }
    }
}

impl Containerd {
    /// Pushes an image through the transfer service. When `cancelled` is done, or the future is
    /// dropped, the daemon stops.
    ///
    /// A daemon for which [`ReportedVersion::sends_ns_on_push`](crate::ReportedVersion::sends_ns_on_push)
    /// does not hold asks the host in its default registry namespace.
    ///
    /// # Errors
    /// Where the daemon does not have the image or cannot push it, does not say anything for too
    /// long, is too old to read a host directory, or `cancelled` is done first.
    pub async fn push(
        &self,
        request: PushRequest,
        observer: &mut dyn Observer,
        cancelled: impl Future<Output = ()>,
    ) -> Result<TransferReport, TransferError> {
        let cancelled = pin!(cancelled);
        let terms = &request.terms;
        let mut running = Running::start(self, Operation::Push, terms, observer, cancelled);
        let result = push_running(&request, &mut running).await;
        running.finish(result)
    }
}

async fn push_running(
    request: &PushRequest,
    running: &mut Running<'_, impl Future<Output = ()>>,
) -> Result<String, Ended> {
    // First, so that a missing image is not taken for a host that does not have it.
    let digest = running.stored_target().await?.digest;
    let lease = running.open_lease().await?;
    let result = push_leased(request, running, &lease).await;
    lease.end(result.is_ok()).await;
    result.map(|()| digest)
}

async fn push_leased(
    request: &PushRequest,
    running: &mut Running<'_, impl Future<Output = ()>>,
    lease: &Lease,
) -> Result<(), Ended> {
    let reference = request.terms.reference.to_string();
    let ends = |stream_id: &str| Ends {
        source: image_store(&request.terms.reference, &request.platforms, &[]),
        destination: registry(&reference, &request.host_dir, stream_id),
    };
    let lookup = Arc::clone(&request.answers);
    let (_, result) = running.transfer(lease, &reference, lookup, ends).await?;
    result
}
