use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use containerd_client::types::transfer;
use prost::Message;
use prost_types::Any;
use tokio::time::{Instant, sleep_until, timeout};
use tonic::Status;

use super::deadlines::Deadlines;
use super::ended::Ended;
use super::record::TransferRecord;
use crate::callback::credential_callback::CredentialCallback;
use crate::callback::question::Question;
use crate::daemon::stream::DaemonStream;
use crate::transfer::observer::Observer;
use crate::transfer::progress::ProgressReport;

/// How long the last reports may take to come in after the transfer has returned.
const LAST_REPORTS: Duration = Duration::from_millis(500);

/// Looks on while the daemon works, and tells the observer.
pub(super) struct Watch<'a> {
    callback: CredentialCallback,
    progress: DaemonStream,
    progress_open: bool,
    observer: &'a mut dyn Observer,
    record: &'a mut TransferRecord,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        callback: CredentialCallback,
        progress: DaemonStream,
        observer: &'a mut dyn Observer,
        record: &'a mut TransferRecord,
    ) -> Self {
        Self {
            callback,
            progress,
            progress_open: true,
            observer,
            record,
        }
    }

    /// Until the call returns, or a deadline has passed; then the call is dropped, and with it
    /// the work of the daemon.
    pub(super) async fn watch_until<T>(
        &mut self,
        call: impl Future<Output = Result<T, Status>>,
        deadlines: Deadlines,
        started: Instant,
    ) -> Result<(), Ended> {
        let mut call = pin!(call);
        let mut last_sign = Instant::now();
        loop {
            let idle = self.record.totals.is_waiting_for_bytes();
            let idle_at = idle.then(|| last_sign + deadlines.idle);
            let over_at = deadlines.overall.map(|limit| started + limit);
            tokio::select! {
                result = &mut call => {
                    return result.map(|_| ()).map_err(|status| Ended::Daemon(status.into()));
                }
                message = self.progress.receiver.message(), if self.progress_open => {
                    self.report(message);
                }
                Some(question) = self.callback.question() => self.record(question),
                () = sleep_until_some(idle_at) => return Err(Ended::Idle(deadlines.idle)),
                () = sleep_until_some(over_at) => {
                    return Err(Ended::TooLong(deadlines.overall.unwrap_or_default()));
                }
            }
            last_sign = Instant::now();
        }
    }

    /// Takes in what was sent before the end.
    pub(super) async fn finish(mut self) {
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

    fn report(&mut self, message: Result<Option<Any>, Status>) {
        let Ok(Some(message)) = message else {
            self.progress_open = false;
            return;
        };
        // A message of another type is one that we do not know yet.
        if let Ok(progress) = transfer::Progress::decode(message.value.as_slice()) {
            let progress = ProgressReport::from_message(progress);
            self.record.add(&progress);
            self.observer.progress(&progress);
        }
    }

    fn record(&mut self, question: Question) {
        self.observer.question(&question);
        self.record.questions.push(question);
    }
}

async fn sleep_until_some(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
