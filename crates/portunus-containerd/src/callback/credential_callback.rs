//! The server side of containerd's credential callback (`core/transfer/registry/registry.go`).
//!
//! The daemon asks, and reads the next message of the stream as the answer: there is no number
//! that would join the two. One answer too many, or a late one, would be taken for the answer to
//! the next question and show the password of one host to another.

pub(crate) mod answer;
pub(crate) mod answers;
mod choices;
pub(crate) mod host_account;
pub(crate) mod question;
mod reply;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use containerd_client::to_any;
use containerd_client::types::transfer::AuthRequest;
use prost_types::Any;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::{Stream, StreamExt};
use tonic::Status;

use crate::callback::answer::Answer;
use crate::callback::question::{Given, NoAnswer, Question};
use crate::daemon::daemon_error::DaemonError;
use crate::daemon::stream::DaemonStream;
use crate::lease::Lease;
use reply::Reply;

/// Finds what a host is told. Asked once for each host of an operation, on a thread that may
/// block.
pub trait Lookup: std::fmt::Debug + Send + Sync + 'static {
    /// The answer for a host, by the text that containerd sends; `None` where the operation has
    /// no such host.
    fn answer(&self, host: &str) -> Option<Answer>;
}

/// What the callback puts up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackLimits {
    /// How often a host is given its credential. A pull that goes well asks twice, a push once
    /// for each parallel upload, and either again when a token has run out.
    pub answers_per_host: u32,
    /// How long a lookup may take. After that the host is told none, now and later.
    pub lookup: Duration,
}

impl Default for CallbackLimits {
    /// 32 answers a host, 10 s a lookup.
    fn default() -> Self {
        Self {
            answers_per_host: 32,
            lookup: Duration::from_secs(10),
        }
    }
}

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
        let stream_id = format!("{}-credentials", lease.id());
        let stream = DaemonStream::open(lease.channel(), lease.context(), &stream_id).await?;
        let (log, questions) = mpsc::unbounded_channel();
        let desk = Desk::new(reference.into(), lookup, limits);
        Ok(Self {
            stream_id,
            questions,
            server: tokio::spawn(serve(stream.receiver, stream.sender, desk, log)),
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

async fn serve(
    mut requests: impl Stream<Item = Result<Any, Status>> + Unpin,
    responses: mpsc::Sender<Any>,
    mut desk: Desk,
    log: mpsc::UnboundedSender<Question>,
) {
    while let Some(Ok(message)) = requests.next().await {
        let reply = desk.reply(&message).await;
        // Told first, so that a transfer that fails on this answer finds the question told.
        // Nobody may be listening, which is no reason to stop answering.
        let _ = log.send(reply.question);
        if responses.send(to_any(&reply.response)).await.is_err() {
            return;
        }
    }
}

/// Decides on one question at a time.
#[derive(Debug)]
struct Desk {
    reference: String,
    lookup: Arc<dyn Lookup>,
    limits: CallbackLimits,
    /// What was found for a host, so that it always gets the same answer.
    answers: HashMap<String, Option<Answer>>,
    /// How often a host was given its credential.
    given: HashMap<String, u32>,
}

impl Desk {
    fn new(reference: String, lookup: Arc<dyn Lookup>, limits: CallbackLimits) -> Self {
        Self {
            reference,
            lookup,
            limits,
            answers: HashMap::new(),
            given: HashMap::new(),
        }
    }

    async fn reply(&mut self, message: &Any) -> Reply {
        let Ok(request) = read_request(message) else {
            return Reply::none(String::new(), NoAnswer::NotOurs);
        };
        if request.reference != self.reference {
            return Reply::none(request.host, NoAnswer::NotOurs);
        }
        let reply = Reply::new(self.answer(&request.host).await, request.host);
        if matches!(reply.question.given, Given::Nothing(_)) {
            return reply;
        }
        let host = &reply.question.host;
        let given = self.given.entry(host.clone()).or_default();
        if *given >= self.limits.answers_per_host {
            return Reply::none(host.clone(), NoAnswer::OverBudget);
        }
        *given += 1;
        reply
    }

    async fn answer(&mut self, host: &str) -> Option<Answer> {
        if let Some(known) = self.answers.get(host) {
            return known.clone();
        }
        let (lookup, asked) = (Arc::clone(&self.lookup), host.to_owned());
        let looking = tokio::task::spawn_blocking(move || lookup.answer(&asked));
        let failed = |reason: String| Some(Answer::Nothing(NoAnswer::Failed { reason }));
        let answer = match tokio::time::timeout(self.limits.lookup, looking).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => failed("the lookup broke off".to_owned()),
            Err(_) => failed(format!(
                "the lookup took longer than {} ms",
                self.limits.lookup.as_millis()
            )),
        };
        self.answers.insert(host.to_owned(), answer.clone());
        answer
    }
}

fn read_request(message: &Any) -> Result<AuthRequest, ()> {
    use prost::{Message, Name};
    if message.type_url != AuthRequest::full_name() {
        return Err(());
    }
    AuthRequest::decode(message.value.as_slice()).map_err(|_| ())
}
