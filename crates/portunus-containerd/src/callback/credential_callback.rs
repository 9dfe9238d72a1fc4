use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::callback::limits::CallbackLimits;
use crate::callback::lookup::Lookup;
use crate::callback::question::Question;
use crate::callback::responder::{Responder, serve};
use crate::daemon::daemon_error::DaemonError;
use crate::daemon::stream::DaemonStream;
use crate::lease::Lease;

/// Answers the daemon's questions for one operation, until it is dropped.
#[derive(Debug)]
pub struct CredentialCallback {
    stream_id: String,
    questions: mpsc::UnboundedReceiver<Question>,
    server: JoinHandle<()>,
}

impl CredentialCallback {
    /// Opens the stream under a lease, and answers on it in the background.
    ///
    /// `reference` is the text that the transfer will carry: a question about another one gets
    /// none.
    ///
    /// # Errors
    /// Where the daemon does not take the stream.
    pub async fn open(
        lease: &Lease,
        reference: impl Into<String>,
        lookup: Arc<dyn Lookup>,
        limits: CallbackLimits,
    ) -> Result<Self, DaemonError> {
        let stream_id = lease.stream_id("credentials");
        let stream = DaemonStream::open(lease.channel(), lease.context(), &stream_id).await?;
        let (log, questions) = mpsc::unbounded_channel();
        let responder = Responder::new(reference.into(), lookup, limits);
        Ok(Self {
            stream_id,
            questions,
            server: tokio::spawn(serve(stream.receiver, stream.sender, responder, log)),
        })
    }

    /// What goes into `RegistryResolver.auth_stream` of the transfer.
    pub fn stream_id(&self) -> &str {
        &self.stream_id
    }

    /// The next question that was answered; `None` when the daemon has closed the stream.
    pub async fn question(&mut self) -> Option<Question> {
        self.questions.recv().await
    }

    /// The next question that was answered already.
    pub fn answered_question(&mut self) -> Option<Question> {
        self.questions.try_recv().ok()
    }
}

impl Drop for CredentialCallback {
    /// Closes both halves of the stream.
    fn drop(&mut self) {
        self.server.abort();
    }
}
