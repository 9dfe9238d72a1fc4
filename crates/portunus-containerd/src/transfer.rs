//! One run of the transfer service, the same for both directions.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use containerd_client::services::v1::transfer_client::TransferClient;
use containerd_client::services::v1::{TransferOptions, TransferRequest};
use containerd_client::types::transfer;
use prost::Message;
use prost_types::Any;
use tokio::time::{Instant, sleep_until, timeout};

use crate::stream::DaemonStream;
use crate::{
    CallbackLimits, Containerd, ContainerdNamespace, CredentialCallback, DaemonError, Lease,
    Lookup, Observer, Progress, Question, Totals,
};

/// How long a transfer may take. containerd itself waits without limit for a host that accepts a
/// connection and never answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For each call that prepares the transfer.
    pub preparation: Duration,
    /// Without any sign of life while bytes are awaited. Unpacking does not count.
    pub idle: Duration,
    /// In all; `None`: no limit.
    pub overall: Option<Duration>,
}

impl Default for Deadlines {
    /// 10 s to prepare, 60 s idle, no overall limit.
    fn default() -> Self {
        Self {
            preparation: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            overall: None,
        }
    }
}

/// What a transfer is made of.
pub(crate) struct Transfer {
    pub(crate) reference: String,
    pub(crate) containerd_namespace: ContainerdNamespace,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) limits: CallbackLimits,
    pub(crate) deadlines: Deadlines,
    pub(crate) lease_expires_at: SystemTime,
}

/// What was seen during a transfer, whether it succeeded or not.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) questions: Vec<Question>,
    pub(crate) totals: Totals,
}

/// Why a transfer ended without success.
#[derive(Debug)]
pub(crate) enum Ended {
    Daemon(DaemonError),
    NotPrepared(Duration),
    Idle(Duration),
    TooLong(Duration),
    Cancelled,
}

/// Source and destination of a transfer.
pub(crate) struct Ends {
    pub(crate) source: Any,
    pub(crate) destination: Any,
}

impl Transfer {
    /// Runs it. `ends` is given the id of the stream on which credentials are asked for.
    ///
    /// When this returns, the call and both streams are closed and the lease is deleted.
    pub(crate) async fn run(
        self,
        containerd: &Containerd,
        ends: impl FnOnce(&str) -> Ends,
        observer: &mut dyn Observer,
        cancelled: impl Future<Output = ()>,
    ) -> (Seen, Result<(), Ended>) {
        let mut seen = Seen::default();
        let mut cancelled = pin!(cancelled);
        let preparation = timeout(
            self.deadlines.preparation,
            Lease::create(
                containerd,
                &self.containerd_namespace,
                self.lease_expires_at,
            ),
        );
        let lease = match preparation.await {
            Ok(Ok(lease)) => lease,
            Ok(Err(error)) => return (seen, Err(Ended::Daemon(error))),
            Err(_) => return (seen, Err(Ended::NotPrepared(self.deadlines.preparation))),
        };
        let result = tokio::select! {
            result = self.run_leased(&lease, ends, observer, &mut seen) => result,
            () = &mut cancelled => Err(Ended::Cancelled),
        };
        // It expires by itself where this fails, and the transfer is over either way.
        let _ = lease.delete().await;
        (seen, result)
    }

    async fn run_leased(
        &self,
        lease: &Lease,
        ends: impl FnOnce(&str) -> Ends,
        observer: &mut dyn Observer,
        seen: &mut Seen,
    ) -> Result<(), Ended> {
        let progress_id = format!("{}-progress", lease.id());
        let streams = async {
            let (lookup, reference) = (Arc::clone(&self.lookup), self.reference.as_str());
            let callback = CredentialCallback::open(lease, reference, lookup, self.limits).await?;
            let progress = DaemonStream::open(lease.channel(), lease.context(), &progress_id);
            Ok((callback, progress.await?))
        };
        let (callback, progress) = timeout(self.deadlines.preparation, streams)
            .await
            .map_err(|_| Ended::NotPrepared(self.deadlines.preparation))?
            .map_err(Ended::Daemon)?;
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
        let mut watch = Watch {
            callback,
            progress,
            progress_open: true,
            observer,
            seen,
        };
        let result = watch.until(call, self.deadlines).await;
        watch.finish().await;
        result
    }
}

/// How long the last reports may take to come in after the transfer has returned.
const LAST_REPORTS: Duration = Duration::from_millis(500);

struct Watch<'a> {
    callback: CredentialCallback,
    progress: DaemonStream,
    progress_open: bool,
    observer: &'a mut dyn Observer,
    seen: &'a mut Seen,
}

impl Watch<'_> {
    async fn until<T>(
        &mut self,
        call: impl Future<Output = Result<T, tonic::Status>>,
        deadlines: Deadlines,
    ) -> Result<(), Ended> {
        let mut call = pin!(call);
        let started = Instant::now();
        let mut last_sign = started;
        loop {
            let idle = async {
                match self.seen.totals.is_waiting_for_bytes() {
                    true => sleep_until(last_sign + deadlines.idle).await,
                    false => std::future::pending().await,
                }
            };
            let overall = async {
                match deadlines.overall {
                    Some(limit) => sleep_until(started + limit).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                result = &mut call => {
                    return result.map(|_| ()).map_err(|status| Ended::Daemon(status.into()));
                }
                message = self.progress.receiver.message(), if self.progress_open => {
                    self.report(message);
                }
                Some(question) = self.callback.question() => self.record(question),
                () = idle => return Err(Ended::Idle(deadlines.idle)),
                () = overall => {
                    return Err(Ended::TooLong(deadlines.overall.unwrap_or_default()));
                }
            }
            last_sign = Instant::now();
        }
    }

    /// Takes in what was sent before the end.
    async fn finish(mut self) {
        let drain = async {
            while self.progress_open {
                let message = self.progress.receiver.message().await;
                self.report(message);
            }
        };
        // A daemon that does not close the stream has nothing more to say.
        let _ = timeout(LAST_REPORTS, drain).await;
        while let Some(question) = self.callback.answered_question() {
            self.record(question);
        }
    }

    fn report(&mut self, message: Result<Option<Any>, tonic::Status>) {
        let Ok(Some(message)) = message else {
            self.progress_open = false;
            return;
        };
        // A message of another type is one that we do not know yet.
        if let Ok(progress) = transfer::Progress::decode(message.value.as_slice()) {
            let progress = Progress::from_message(progress);
            self.seen.totals.add(&progress);
            self.observer.progress(&progress);
        }
    }

    fn record(&mut self, question: Question) {
        self.observer.question(&question);
        self.seen.questions.push(question);
    }
}
