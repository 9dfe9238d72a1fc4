use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::SystemTime;

use portunus::name::ImageReference;
use portunus::resolve::Operation;
use portunus_http::Platform;

use crate::callback::limits::CallbackLimits;
use crate::callback::lookup::Lookup;
use crate::daemon::call::CallContext;
use crate::daemon::connection::Containerd;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::snapshotters;
use crate::transfer::deadlines::Deadlines;
use crate::transfer::ended::Ended;
use crate::transfer::ends::{Ends, image_store, registry};
use crate::transfer::error::TransferError;
use crate::transfer::observer::Observer;
use crate::transfer::report::TransferReport;
use crate::transfer::running::{Running, Transfer};

/// What is to be pulled, and how.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PullRequest {
    /// The image.
    pub reference: ImageReference,
    /// Where containerd puts it.
    pub containerd_namespace: ContainerdNamespace,
    /// The root of the host directory that the daemon reads, as an absolute path.
    pub host_dir: PathBuf,
    /// What each host is told.
    pub answers: Arc<dyn Lookup>,
    /// What the callback puts up with.
    pub limits: CallbackLimits,
    /// The platforms to fetch; empty: all that the image has.
    pub platforms: Vec<Platform>,
    /// Whether and how the layers are unpacked.
    pub unpack: Unpack,
    /// How long it may take.
    pub deadlines: Deadlines,
    /// When containerd may collect what was fetched, should the pull not be finished by then.
    pub lease_expires_at: SystemTime,
}

impl PullRequest {
    /// For the platform this program was built for, unpacked as the daemon is configured.
    pub fn new(
        reference: ImageReference,
        containerd_namespace: ContainerdNamespace,
        host_dir: impl Into<PathBuf>,
        answers: impl Lookup,
        lease_expires_at: SystemTime,
    ) -> Self {
        Self {
            reference,
            containerd_namespace,
            host_dir: host_dir.into(),
            answers: Arc::new(answers),
            limits: CallbackLimits::default(),
            platforms: vec![Platform::host()],
            unpack: Unpack::AsConfigured,
            deadlines: Deadlines::default(),
            lease_expires_at,
        }
    }
}

/// Whether and how layers are unpacked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unpack {
    /// Not at all.
    No,
    /// With containerd's default snapshotter, or else with what the daemon's transfer service is
    /// configured to unpack with. A load uses what the containerd namespace names by its label
    /// `containerd.io/defaults/snapshotter`, if it does.
    #[default]
    AsConfigured,
    /// With this snapshotter. The daemon takes only those that its transfer service is configured
    /// to unpack with.
    With(String),
}

impl Containerd {
    /// Pulls an image through the transfer service. When `cancelled` is done, or the future is
    /// dropped, the daemon stops, and the streams and the lease are given back. What was fetched
    /// until a pull fails is kept for the next pull of the image, as long as its lease would have
    /// been.
    ///
    /// # Errors
    /// Where the daemon cannot pull it, does not say anything for too long, is too old to read a
    /// host directory, or `cancelled` is done first.
    pub async fn pull(
        &self,
        request: PullRequest,
        observer: &mut dyn Observer,
        cancelled: impl Future<Output = ()>,
    ) -> Result<TransferReport, TransferError> {
        let cancelled = pin!(cancelled);
        let transfer = Transfer {
            operation: Operation::Pull,
            reference: request.reference.clone(),
            containerd_namespace: request.containerd_namespace.clone(),
            lookup: Arc::clone(&request.answers),
            limits: request.limits,
            deadlines: request.deadlines,
            lease_expires_at: request.lease_expires_at,
        };
        let mut running = Running::start(self, transfer, observer, cancelled);
        let result = self.pull_running(&request, &mut running).await;
        running.finish(result)
    }

    async fn pull_running(
        &self,
        request: &PullRequest,
        running: &mut Running<'_, impl Future<Output = ()>>,
    ) -> Result<String, Ended> {
        let ends = |snapshotters: Vec<String>| {
            move |stream_id: &str| Ends {
                source: registry(&request.reference, &request.host_dir, stream_id),
                destination: image_store(&request.reference, &request.platforms, &snapshotters),
            }
        };
        let first = match &request.unpack {
            Unpack::No => Vec::new(),
            Unpack::AsConfigured => vec![String::new()],
            Unpack::With(snapshotter) => vec![snapshotter.clone()],
        };
        match running.transfer(ends(first)).await {
            // Said after the digest was resolved and before anything was fetched.
            Err(Ended::Daemon(error))
                if request.unpack == Unpack::AsConfigured && error.is_about_unpacking() =>
            {
                let context = CallContext::new(request.containerd_namespace.clone());
                let others = running
                    .call(snapshotters::list_working(self, &context))
                    .await?;
                running.transfer(ends(others)).await?;
            }
            other => other?,
        }
        running.image_digest().await
    }
}
