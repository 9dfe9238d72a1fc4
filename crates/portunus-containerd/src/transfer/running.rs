use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use containerd_client::services::v1::images_client::ImagesClient;
use containerd_client::services::v1::transfer_client::TransferClient;
use containerd_client::services::v1::{GetImageRequest, TransferOptions, TransferRequest};
use portunus::name::ImageReference;
use portunus::resolve::Operation;
use tokio::time::{Instant, timeout};

use super::ended::Ended;
use super::ends::Ends;
use super::record::TransferRecord;
use super::watch::Watch;
use crate::callback::credential_callback::CredentialCallback;
use crate::callback::limits::CallbackLimits;
use crate::callback::lookup::Lookup;
use crate::daemon::call::CallContext;
use crate::daemon::connection::Containerd;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::daemon_error::{DaemonError, GrpcCode};
use crate::daemon::stream::DaemonStream;
use crate::lease::Lease;
use crate::transfer::deadlines::Deadlines;
use crate::transfer::error::TransferError;
use crate::transfer::observer::Observer;
use crate::transfer::report::TransferReport;

/// What a transfer is made of.
#[derive(Debug)]
pub(crate) struct Transfer {
    pub(crate) operation: Operation,
    pub(crate) reference: ImageReference,
    pub(crate) containerd_namespace: ContainerdNamespace,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) limits: CallbackLimits,
    pub(crate) deadlines: Deadlines,
    pub(crate) lease_expires_at: SystemTime,
}

/// An operation under way: a transfer, and the calls around it.
pub(crate) struct Running<'a, C> {
    containerd: &'a Containerd,
    transfer: Transfer,
    observer: &'a mut dyn Observer,
    cancelled: Pin<&'a mut C>,
    started: Instant,
    record: TransferRecord,
}

impl<'a, C: Future<Output = ()>> Running<'a, C> {
    pub(crate) fn start(
        containerd: &'a Containerd,
        transfer: Transfer,
        observer: &'a mut dyn Observer,
        cancelled: Pin<&'a mut C>,
    ) -> Self {
        Self {
            containerd,
            transfer,
            observer,
            cancelled,
            started: Instant::now(),
            record: TransferRecord::default(),
        }
    }

    /// Ends, with the digest of the image.
    pub(crate) fn finish(
        self,
        result: Result<String, Ended>,
    ) -> Result<TransferReport, TransferError> {
        let Transfer {
            operation,
            reference,
            ..
        } = self.transfer;
        let TransferRecord { questions, totals } = self.record;
        match result {
            Ok(digest) => Ok(TransferReport {
                reference,
                digest,
                questions,
                totals,
                elapsed: self.started.elapsed(),
            }),
            Err(ended) => Err(TransferError::new(operation, reference, ended, questions)),
        }
    }

    /// A call that the daemon answers by itself.
    pub(crate) async fn call<T>(
        &mut self,
        call: impl Future<Output = Result<T, DaemonError>>,
    ) -> Result<T, Ended> {
        let limit = self.transfer.deadlines.call;
        tokio::select! {
            answer = timeout(limit, call) => Ok(answer.map_err(|_| Ended::Silent(limit))??),
            () = &mut self.cancelled => Err(Ended::Cancelled),
        }
    }

    /// The digest of the image in containerd.
    pub(crate) async fn image_digest(&mut self) -> Result<String, Ended> {
        let containerd_namespace = self.transfer.containerd_namespace.clone();
        let request = CallContext::new(containerd_namespace.clone()).request(GetImageRequest {
            name: self.transfer.reference.to_string(),
        });
        let mut images = ImagesClient::new(self.containerd.channel());
        let get = async { Ok(images.get(request).await?.into_inner().image) };
        match self.call(get).await {
            Ok(image) => Ok(image.and_then(|it| it.target).unwrap_or_default().digest),
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::NotFound => {
                Err(Ended::NoSuchImage(containerd_namespace))
            }
            Err(ended) => Err(ended),
        }
    }

    /// Transfers. `ends` is given the id of the stream on which credentials are asked for.
    ///
    /// When this returns, the call and both streams are closed and the lease is deleted.
    pub(crate) async fn transfer(&mut self, ends: impl FnOnce(&str) -> Ends) -> Result<(), Ended> {
        let version = self.containerd.version();
        if !version.reads_host_directory() {
            return Err(Ended::TooOld(version.clone()));
        }
        let transfer = &self.transfer;
        let (containerd_namespace, reference) = (
            transfer.containerd_namespace.clone(),
            transfer.reference.clone(),
        );
        let lease = Lease::for_operation(
            self.containerd,
            &containerd_namespace,
            transfer.operation,
            &reference,
            transfer.lease_expires_at,
        );
        let lease = self.call(lease).await?;
        let result = self.transfer_leased(&lease, ends).await;
        lease.end(result.is_ok()).await;
        result
    }

    async fn transfer_leased(
        &mut self,
        lease: &Lease,
        ends: impl FnOnce(&str) -> Ends,
    ) -> Result<(), Ended> {
        let progress_id = format!("{}-progress", lease.id());
        let callback = CredentialCallback::open(
            lease,
            self.transfer.reference.to_string(),
            self.transfer.lookup.clone(),
            self.transfer.limits,
        );
        let progress = DaemonStream::open(lease.channel(), lease.context(), &progress_id);
        // At the same time: none of them waits for another.
        let opening = async {
            let (callback, progress, ()) = tokio::join!(callback, progress, lease.clear_up());
            Ok((callback?, progress?))
        };
        let (callback, progress) = self.call(opening).await?;
        let Ends {
            source,
            destination,
        } = ends(callback.stream_id());
        let request = TransferRequest {
            source: Some(source),
            destination: Some(destination),
            options: Some(TransferOptions {
                progress_stream: progress_id,
            }),
        };
        let mut client = TransferClient::new(lease.channel().clone());
        let call = client.transfer(lease.context().request(request));
        let mut watch = Watch::new(callback, progress, self.observer, &mut self.record);
        let result = tokio::select! {
            result = watch.watch_until(call, self.transfer.deadlines) => result,
            () = &mut self.cancelled => Err(Ended::Cancelled),
        };
        watch.finish().await;
        result
    }
}
