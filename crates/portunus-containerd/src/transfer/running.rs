use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use containerd_client::services::v1::images_client::ImagesClient;
use containerd_client::services::v1::transfer_client::TransferClient;
use containerd_client::services::v1::{GetImageRequest, Image, TransferOptions, TransferRequest};
use containerd_client::types::Descriptor;
use portunus::resolve::Operation;
use tokio::time::{Instant, timeout};
use tonic::transport::Channel;

use super::ended::Ended;
use super::ends::Ends;
use super::record::{OperationRecord, TransferRecord};
use super::watch::Watch;
use crate::callback::credential_callback::CredentialCallback;
use crate::callback::lookup::Lookup;
use crate::daemon::call::CallContext;
use crate::daemon::connection::Containerd;
use crate::daemon::daemon_error::{DaemonError, GrpcCode};
use crate::daemon::stream::DaemonStream;
use crate::lease::Lease;
use crate::transfer::error::TransferError;
use crate::transfer::observer::Observer;
use crate::transfer::report::TransferReport;
use crate::transfer::terms::TransferTerms;
use crate::transfer::turn::TurnReport;

/// An operation under way: a transfer, and the calls around it.
pub(crate) struct Running<'a, C> {
    containerd: &'a Containerd,
    operation: Operation,
    terms: TransferTerms,
    observer: &'a mut dyn Observer,
    cancelled: Pin<&'a mut C>,
    started: Instant,
    has_transferred: bool,
    record: OperationRecord,
}

impl<'a, C: Future<Output = ()>> Running<'a, C> {
    pub(crate) fn start(
        containerd: &'a Containerd,
        operation: Operation,
        terms: &TransferTerms,
        observer: &'a mut dyn Observer,
        cancelled: Pin<&'a mut C>,
    ) -> Self {
        Self {
            containerd,
            operation,
            terms: terms.clone(),
            observer,
            cancelled,
            started: Instant::now(),
            has_transferred: false,
            record: OperationRecord::default(),
        }
    }

    /// Ends, with the digest of the image.
    pub(crate) fn finish(
        self,
        result: Result<String, Ended>,
    ) -> Result<TransferReport, TransferError> {
        let (operation, reference) = (self.operation, self.terms.reference);
        let record = self.record;
        match result {
            Ok(digest) => Ok(TransferReport {
                reference,
                digest,
                questions: record.questions,
                totals: record.totals,
                turns: record.turns,
                elapsed: self.started.elapsed(),
            }),
            Err(ended) => Err(TransferError::new(operation, reference, ended, record)),
        }
    }

    /// A call that the daemon answers by itself.
    pub(crate) async fn call<T>(
        &mut self,
        call: impl Future<Output = Result<T, DaemonError>>,
    ) -> Result<T, Ended> {
        let limit = self.terms.deadlines.call;
        tokio::select! {
            answer = timeout(limit, call) => Ok(answer.map_err(|_| Ended::Silent(limit))??),
            () = &mut self.cancelled => Err(Ended::Cancelled),
        }
    }

    /// The image of this name in containerd.
    pub(crate) async fn stored_image(&mut self) -> Result<Option<Image>, Ended> {
        let request = self.context().request(GetImageRequest {
            name: self.terms.reference.to_string(),
        });
        let mut images = ImagesClient::new(self.containerd.channel());
        let get = async { Ok(images.get(request).await?.into_inner().image) };
        match self.call(get).await {
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::NotFound => Ok(None),
            result => result,
        }
    }

    /// What the image of this name in containerd points at.
    pub(crate) async fn stored_target(&mut self) -> Result<Descriptor, Ended> {
        match self.stored_image().await? {
            Some(image) => Ok(image.target.unwrap_or_default()),
            None => Err(Ended::NoSuchImage(self.terms.containerd_namespace.clone())),
        }
    }

    /// Calls outside of a lease.
    pub(crate) fn context(&self) -> CallContext {
        CallContext::new(self.terms.containerd_namespace.clone())
    }

    pub(crate) fn channel(&self) -> Channel {
        self.containerd.channel()
    }

    /// A lease for all that follows.
    pub(crate) async fn open_lease(&mut self) -> Result<Lease, Ended> {
        let version = self.containerd.version();
        if !version.reads_host_directory() {
            return Err(Ended::TooOld(version.clone()));
        }
        let (operation, terms) = (self.operation, self.terms.clone());
        let lease = Lease::for_operation(
            self.containerd,
            &terms.containerd_namespace,
            operation,
            &terms.reference,
            terms.lease_expires_at,
        );
        self.call(lease).await
    }

    /// Transfers under a lease. The daemon asks hosts for `reference`; `ends` is given the id of the
    /// stream on which credentials are asked for.
    ///
    /// When this returns, the call and both streams are closed. The outer error is none of a host.
    pub(crate) async fn transfer(
        &mut self,
        lease: &Lease,
        reference: &str,
        lookup: Arc<dyn Lookup>,
        ends: impl FnOnce(&str) -> Ends,
    ) -> Result<(TransferRecord, Result<(), Ended>), Ended> {
        let progress_id = lease.stream_id("progress");
        let limits = self.terms.limits;
        let callback = CredentialCallback::open(lease, reference, lookup, limits);
        let progress = DaemonStream::open(lease.channel(), lease.context(), &progress_id);
        let is_first = !std::mem::replace(&mut self.has_transferred, true);
        let clearing = async {
            if is_first {
                lease.clear_up().await;
            }
        };
        // At the same time: none of them waits for another.
        let opening = async {
            let (callback, progress, ()) = tokio::join!(callback, progress, clearing);
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
        let mut record = TransferRecord::default();
        let mut watch = Watch::new(callback, progress, self.observer, &mut record);
        let (deadlines, started) = (self.terms.deadlines, self.started);
        let result = tokio::select! {
            result = watch.watch_until(call, deadlines, started) => result,
            () = &mut self.cancelled => Err(Ended::Cancelled),
        };
        watch.finish().await;
        self.record
            .questions
            .extend(record.questions.iter().cloned());
        self.record.totals.merge(&record.totals);
        match result {
            Err(ended) if !ended.is_of_host() => Err(ended),
            result => Ok((record, result)),
        }
    }

    /// Notes what became of a host.
    pub(crate) fn note_turn(&mut self, turn: TurnReport) {
        self.observer.turn(&turn);
        self.record.turns.push(turn);
    }
}
