//! Stores an image that was pulled by ourselves, as containerd's own client stores one: content
//! with its labels, the image, and its snapshots. Works with every version of the daemon.

mod ahead;
mod content;
mod image;
mod loading;
mod parts;
mod unpack;
mod writer;

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::pin;
use std::time::{Duration, SystemTime};

use portunus::name::ImageReference;
use portunus::resolve::Operation;
use portunus_http::{Arriving, Descriptor, OciLayout, Platform};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinError;
use tokio::time::{Instant, timeout};

use crate::daemon::connection::Containerd;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::daemon_error::DaemonError;
use crate::lease::Lease;
use crate::transfer::deadlines::Deadlines;
use crate::transfer::ended::Ended;
use crate::transfer::error::TransferError;
use crate::transfer::progress::Totals;
use crate::transfer::pull::Unpack;
use crate::transfer::record::OperationRecord;
use crate::transfer::report::TransferReport;
use ahead::Ahead;
use loading::Loading;
use parts::Parts;

/// What is to be stored, and how.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoadRequest {
    /// The image: its name in containerd, and the registry namespace and repository that its
    /// content is noted to come from.
    pub reference: ImageReference,
    /// Where containerd puts it.
    pub containerd_namespace: ContainerdNamespace,
    /// The layout that it is pulled into.
    pub layout: OciLayout,
    /// Which of several images in the layout are unpacked. One alone is unpacked whatever it is for.
    pub platform: Platform,
    /// Whether and how the layers are unpacked.
    pub unpack: Unpack,
    /// How long it may take once the layout is whole; `idle` does not count.
    pub deadlines: Deadlines,
    /// When containerd may collect what was stored, should we be gone by then.
    pub lease_expires_at: SystemTime,
}

impl LoadRequest {
    /// For the platform this program was built for, unpacked as configured.
    pub fn new(
        reference: ImageReference,
        containerd_namespace: ContainerdNamespace,
        layout: OciLayout,
        lease_expires_at: SystemTime,
    ) -> Self {
        Self {
            reference,
            containerd_namespace,
            layout,
            platform: Platform::host(),
            unpack: Unpack::AsConfigured,
            deadlines: Deadlines::default(),
            lease_expires_at,
        }
    }
}

impl Containerd {
    /// Stores an image from an OCI layout, by its manifest or index there. The daemon asks no registry
    /// for anything.
    ///
    /// # Errors
    /// Where the layout is not whole, the daemon does not take it, or `cancelled` is done first.
    pub async fn load(
        &self,
        request: LoadRequest,
        manifest: Descriptor,
        cancelled: impl Future<Output = ()>,
    ) -> Result<TransferReport, TransferError> {
        let (_, nothing) = unbounded_channel();
        let pulled = ready(Ok::<_, Infallible>(manifest));
        let Ok(loaded) = self.load_pulling(request, pulled, nothing, cancelled).await;
        loaded
    }

    /// Stores an image while it is pulled into the layout. `pulling` ends with its manifest or index
    /// there, and what is `arriving` ends with it. The daemon is given a blob before anybody knows
    /// whether it is right, is told to keep it once that is known, and drops it where it never is.
    ///
    /// # Errors
    /// That of `pulling` on the outside; what goes wrong in the daemon meanwhile comes after it.
    /// Inside those of [`Containerd::load`].
    pub async fn load_pulling<E>(
        &self,
        request: LoadRequest,
        pulling: impl Future<Output = Result<Descriptor, E>>,
        arriving: UnboundedReceiver<Arriving>,
        cancelled: impl Future<Output = ()>,
    ) -> Result<Result<TransferReport, TransferError>, E> {
        let started = Instant::now();
        let mut cancelled = pin!(cancelled);
        let loading = Loading::new(self, &request);
        let pulled = loading.pull(pulling, arriving, cancelled.as_mut()).await;
        let is_whole = matches!(pulled, Ok(Ok(_)));
        let loaded = match pulled {
            Ok(Ok(manifest)) => Ok(loading.store(manifest, cancelled).await),
            stopped => stopped,
        };
        // What a pull has brought that did not come to its end is pulled again.
        loading.end(is_whole && matches!(loaded, Ok(Err(_)))).await;
        Ok(match loaded? {
            Ok(manifest) => Ok(TransferReport {
                reference: request.reference,
                digest: manifest.digest,
                questions: Vec::new(),
                totals: Totals::default(),
                turns: Vec::new(),
                elapsed: started.elapsed(),
            }),
            Err(ended) => Err(TransferError::new(
                Operation::Pull,
                request.reference,
                ended,
                OperationRecord::default(),
            )),
        })
    }
}

/// A load under way, under its lease.
struct Load<'a> {
    containerd: &'a Containerd,
    lease: &'a Lease,
    request: &'a LoadRequest,
    ahead: &'a Ahead,
}

impl Load<'_> {
    async fn run(&self, manifest: &Descriptor) -> Result<(), Ended> {
        let clearing = async {
            self.lease.clear_up().await;
            Ok(())
        };
        within(self.request.deadlines.call, clearing).await?;
        let parts = self.read_parts(manifest).await?;
        // What refers to others comes after them.
        for part in parts.children_first() {
            self.store(part).await?;
        }
        self.unpack(&parts).await?;
        self.name_image(manifest).await
    }

    /// A call that the daemon answers by itself.
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, tonic::Status>>,
    ) -> Result<T, Ended> {
        let call = async { call.await.map_err(DaemonError::from) };
        within(self.request.deadlines.call, call).await
    }

    async fn read_parts(&self, manifest: &Descriptor) -> Result<Parts, Ended> {
        let (layout, manifest) = (self.request.layout.clone(), manifest.clone());
        let reading = tokio::task::spawn_blocking(move || Parts::read(&layout, &manifest));
        let failed = |error: JoinError| Ended::Content(error.to_string());
        reading.await.map_err(failed)?
    }
}

/// What takes the daemon as long as it takes, with a large layer on a slow disk. As all of a load it
/// ends with the overall deadline, or when it is cancelled.
async fn work<T>(call: impl Future<Output = Result<T, tonic::Status>>) -> Result<T, Ended> {
    Ok(call.await.map_err(DaemonError::from)?)
}

async fn within<T>(
    limit: Duration,
    call: impl Future<Output = Result<T, DaemonError>>,
) -> Result<T, Ended> {
    match timeout(limit, call).await {
        Ok(answer) => answer.map_err(Ended::Daemon),
        Err(_) => Err(Ended::Silent(limit)),
    }
}
