//! Stores an image that was pulled by ourselves, as containerd's own client stores one: content
//! with its labels, the image, and its snapshots. Works with every version of the daemon.

mod content;
mod image;
mod parts;
mod unpack;
mod writer;

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, SystemTime};

use portunus::name::ImageReference;
use portunus::resolve::Operation;
use portunus_http::{Descriptor, OciLayout, Platform};
use tokio::task::JoinError;
use tokio::time::{Instant, timeout};

use crate::daemon::connection::Containerd;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::daemon_error::{DaemonError, GrpcCode};
use crate::lease::Lease;
use crate::transfer::deadlines::Deadlines;
use crate::transfer::ended::Ended;
use crate::transfer::error::TransferError;
use crate::transfer::progress::Totals;
use crate::transfer::pull::Unpack;
use crate::transfer::record::OperationRecord;
use crate::transfer::report::TransferReport;
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
    /// The layout that it was pulled into.
    pub layout: OciLayout,
    /// Its manifest or index in the layout.
    pub manifest: Descriptor,
    /// Which of several images in the layout are unpacked. One alone is unpacked whatever it is for.
    pub platform: Platform,
    /// Whether and how the layers are unpacked.
    pub unpack: Unpack,
    /// How long it may take; `idle` does not count.
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
        manifest: Descriptor,
        lease_expires_at: SystemTime,
    ) -> Self {
        Self {
            reference,
            containerd_namespace,
            layout,
            manifest,
            platform: Platform::host(),
            unpack: Unpack::AsConfigured,
            deadlines: Deadlines::default(),
            lease_expires_at,
        }
    }
}

impl Containerd {
    /// Stores an image from an OCI layout. The daemon asks no registry for anything.
    ///
    /// # Errors
    /// Where the layout is not whole, the daemon does not take it, or `cancelled` is done first.
    pub async fn load(
        &self,
        request: LoadRequest,
        cancelled: impl Future<Output = ()>,
    ) -> Result<TransferReport, TransferError> {
        let started = Instant::now();
        let mut cancelled = pin!(cancelled);
        let call = request.deadlines.call;
        let lease = || {
            let lease = Lease::for_operation(
                self,
                &request.containerd_namespace,
                Operation::Pull,
                &request.reference,
                request.lease_expires_at,
            );
            within(call, lease)
        };
        let lease = match lease().await {
            // The daemon may have been started again while the layout was filled.
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::Unavailable => lease().await,
            lease => lease,
        };
        let result = match lease {
            Ok(lease) => {
                let load = Load {
                    containerd: self,
                    lease: &lease,
                    request: &request,
                };
                let overall = async {
                    match request.deadlines.overall {
                        Some(limit) => {
                            tokio::time::sleep(limit).await;
                            limit
                        }
                        None => std::future::pending().await,
                    }
                };
                let result = tokio::select! {
                    result = load.run() => result,
                    () = &mut cancelled => Err(Ended::Cancelled),
                    limit = overall => Err(Ended::TooLong(limit)),
                };
                lease.end(result.is_ok()).await;
                result
            }
            Err(ended) => Err(ended),
        };
        match result {
            Ok(()) => Ok(TransferReport {
                reference: request.reference,
                digest: request.manifest.digest,
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
        }
    }
}

/// A load under way.
struct Load<'a> {
    containerd: &'a Containerd,
    lease: &'a Lease,
    request: &'a LoadRequest,
}

impl Load<'_> {
    async fn run(&self) -> Result<(), Ended> {
        let clearing = async {
            self.lease.clear_up().await;
            Ok(())
        };
        within(self.request.deadlines.call, clearing).await?;
        let parts = self.read_parts().await?;
        // What refers to others comes after them.
        for part in parts.children_first() {
            self.store(part).await?;
        }
        self.unpack(&parts).await?;
        self.name_image().await
    }

    /// A call that the daemon answers by itself.
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, tonic::Status>>,
    ) -> Result<T, Ended> {
        let call = async { call.await.map_err(DaemonError::from) };
        within(self.request.deadlines.call, call).await
    }

    async fn read_parts(&self) -> Result<Parts, Ended> {
        let (layout, manifest) = (self.request.layout.clone(), self.request.manifest.clone());
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
