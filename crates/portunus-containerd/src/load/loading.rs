use std::pin::{Pin, pin};

use futures_util::future::{Either, select};
use portunus::resolve::Operation;
use portunus_http::{Arriving, Descriptor};
use tokio::sync::OnceCell;
use tokio::sync::mpsc::UnboundedReceiver;

use super::ahead::Ahead;
use super::{Load, LoadRequest, within};
use crate::daemon::connection::Containerd;
use crate::daemon::daemon_error::GrpcCode;
use crate::lease::Lease;
use crate::transfer::ended::Ended;

/// A load from its first blob to the end of its lease.
pub(super) struct Loading<'a> {
    containerd: &'a Containerd,
    request: &'a LoadRequest,
    /// From the first blob on: where no host has the image, nothing is asked of the daemon.
    lease: OnceCell<Lease>,
    ahead: Ahead,
}

impl<'a> Loading<'a> {
    pub(super) fn new(containerd: &'a Containerd, request: &'a LoadRequest) -> Self {
        Self {
            containerd,
            request,
            lease: OnceCell::new(),
            ahead: Ahead::default(),
        }
    }

    /// Waits until the image is in the layout, and stores meanwhile what arrives there.
    pub(super) async fn pull<E>(
        &self,
        pulling: impl Future<Output = Result<Descriptor, E>>,
        arriving: UnboundedReceiver<Arriving>,
        cancelled: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Result<Descriptor, Ended>, E> {
        let (mut pulling, mut storing) = (pin!(pulling), pin!(self.store_arriving(arriving)));
        let whole = async {
            match select(pulling.as_mut(), storing.as_mut()).await {
                Either::Left((pulled, storing)) => {
                    if pulled.is_ok() {
                        storing.await;
                    }
                    pulled
                }
                Either::Right(((), pulling)) => pulling.await,
            }
        };
        let pulled = tokio::select! {
            pulled = whole => pulled.map(Ok),
            () = cancelled => Ok(Err(Ended::Cancelled)),
        };
        // While the streams are open, so that nobody else has begun to write the same.
        if !matches!(pulled, Ok(Ok(_)))
            && let Some(lease) = self.lease.get()
        {
            self.under(lease).abort_open().await;
        }
        pulled
    }

    /// Stores what is in the layout.
    pub(super) async fn store(
        &self,
        manifest: Descriptor,
        cancelled: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Descriptor, Ended> {
        let storing = async {
            let lease = self.lease().await?;
            self.under(lease).run(&manifest).await
        };
        let overall = async {
            match self.request.deadlines.overall {
                Some(limit) => {
                    tokio::time::sleep(limit).await;
                    limit
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            stored = storing => stored.map(|()| manifest.clone()),
            () = cancelled => Err(Ended::Cancelled),
            limit = overall => Err(Ended::TooLong(limit)),
        }
    }

    /// Gives the lease back. What was stored under it is kept for the next pull where that `keeps`.
    pub(super) async fn end(self, keeps: bool) {
        if let Some(lease) = self.lease.into_inner() {
            lease.end(!keeps).await;
        }
    }

    /// What goes wrong here is met again once the image is whole, and told.
    async fn store_arriving(&self, mut arriving: UnboundedReceiver<Arriving>) {
        if let Some(first) = arriving.recv().await
            && let Ok(lease) = self.lease().await
        {
            let _ = self.under(lease).store_arriving(first, arriving).await;
        }
    }

    fn under<'b>(&'b self, lease: &'b Lease) -> Load<'b> {
        Load {
            containerd: self.containerd,
            lease,
            request: self.request,
            ahead: &self.ahead,
        }
    }

    async fn lease(&self) -> Result<&Lease, Ended> {
        let creating = async || match self.create_lease().await {
            // The daemon may have been started again since it was called last.
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::Unavailable => {
                self.create_lease().await
            }
            lease => lease,
        };
        self.lease.get_or_try_init(creating).await
    }

    async fn create_lease(&self) -> Result<Lease, Ended> {
        let request = self.request;
        let creating = Lease::for_operation(
            self.containerd,
            &request.containerd_namespace,
            Operation::Pull,
            &request.reference,
            request.lease_expires_at,
        );
        within(request.deadlines.call, creating).await
    }
}
