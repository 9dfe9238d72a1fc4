use std::collections::HashMap;
use std::sync::Arc;

use containerd_client::to_any;
use containerd_client::types::transfer::AuthRequest;
use prost_types::Any;
use tokio::sync::mpsc;
use tokio_stream::{Stream, StreamExt};
use tonic::Status;

use crate::callback::host_answer::HostAnswer;
use crate::callback::limits::CallbackLimits;
use crate::callback::lookup::Lookup;
use crate::callback::no_answer::NoAnswer;
use crate::callback::question::{Given, Question};
use crate::callback::reply::Reply;

pub(super) async fn serve(
    mut requests: impl Stream<Item = Result<Any, Status>> + Unpin,
    responses: mpsc::Sender<Any>,
    mut responder: Responder,
    log: mpsc::UnboundedSender<Question>,
) {
    while let Some(Ok(message)) = requests.next().await {
        let reply = responder.reply(&message).await;
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
pub(super) struct Responder {
    reference: String,
    lookup: Arc<dyn Lookup>,
    limits: CallbackLimits,
    /// What was found for a host, so that it always gets the same answer.
    answers: HashMap<String, Option<HostAnswer>>,
    /// How often a host was given its credential.
    given: HashMap<String, u32>,
}

impl Responder {
    pub(super) fn new(reference: String, lookup: Arc<dyn Lookup>, limits: CallbackLimits) -> Self {
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

    async fn answer(&mut self, host: &str) -> Option<HostAnswer> {
        if let Some(known) = self.answers.get(host) {
            return known.clone();
        }
        let (lookup, asked) = (Arc::clone(&self.lookup), host.to_owned());
        let looking = tokio::task::spawn_blocking(move || lookup.answer(&asked));
        let failed = |reason: String| Some(HostAnswer::Nothing(NoAnswer::Failed { reason }));
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
