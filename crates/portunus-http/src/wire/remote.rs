use std::sync::{Mutex, PoisonError};

use portunus::authorizer::{Authorizer, Call, Heard, HostFailure, Ledger, Next, Onward, Rules};
use portunus::resolve::PreparedOperation;
use portunus::token::Scopes;
use portunus::token::trust::Origin;
use reqwest::Response;
use tracing::info;

use crate::outcome::Outcome;
use crate::wire::client::Client;
use crate::wire::request::Request;

/// One host: what it is to be shown, and how it is reached.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) client: Client,
    pub(crate) authorizer: Authorizer,
    /// What was told of that it names and is not asked for.
    told: Mutex<Scopes>,
}

/// What a host answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    call: Call,
}

impl Client {
    /// What all hosts of one pull, push or choice share, by the rules and with the tokens of this
    /// client.
    pub fn ledger(&self, operation: &PreparedOperation) -> Ledger {
        let tokens = self.options().tokens.tokens();
        Ledger::new(operation, self.rules()).with_tokens(tokens)
    }

    /// For a host that is shown nothing stored.
    pub(crate) fn ledger_without_plan(&self) -> Ledger {
        Ledger::without_plan(self.rules()).with_tokens(self.options().tokens.tokens())
    }

    fn rules(&self) -> Rules {
        let options = self.options();
        let mut rules = Rules::default();
        rules.trust = options.trust.clone();
        rules.anonymous_fallback = options.anonymous_fallback;
        rules.client_id.clone_from(&options.client_id);
        rules
    }
}

impl Remote {
    pub(crate) fn new(client: &Client, authorizer: Authorizer) -> Self {
        Self {
            client: client.clone(),
            authorizer,
            told: Mutex::default(),
        }
    }

    /// Scheme and host in words.
    pub(crate) fn name(&self) -> String {
        self.authorizer.name()
    }

    fn tell_left_out(&self) {
        let left_out = self.authorizer.left_out();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told != left_out {
            let (host, scopes) = (self.name(), left_out.to_string());
            info!(host, scopes, "names what is not asked for");
            *told = left_out;
        }
    }

    /// Sends a request, and waits for the headers of the answer. Where it is the host's own, its
    /// status is none of 401 and 403, unless the request was only to be tried, or is preliminary.
    pub(crate) async fn ask(&self, request: &Request) -> Result<Answer, Outcome> {
        let clock = &self.client.options().clock;
        let mut call = self.authorizer.call(request.ask.clone());
        let mut falls_back = false;
        loop {
            let sending = match call.next(clock.now())? {
                Next::Send(sending) => sending,
                Next::Wait(ticket) => {
                    ticket.await;
                    continue;
                }
                Next::Work(work) => {
                    // A helper process or a keyring may take its time.
                    let done = tokio::task::spawn_blocking(move || work.run()).await;
                    done.map_err(|_| Outcome::bad_content("a credential source panicked"))?;
                    continue;
                }
            };
            let received = match self.client.carry(&sending, request).await {
                Ok(received) => received,
                Err(trouble) => {
                    call.failed(trouble)?;
                    falls_back = true;
                    continue;
                }
            };
            let heard = call.answered(&received, clock.now())?;
            self.tell_left_out();
            if std::mem::take(&mut falls_back) {
                info!(host = self.name(), "speaks no TLS: asked over http");
            }
            if let (Heard::Done, Some(response)) = (heard, received.response) {
                return Ok(Answer { response, call });
            }
        }
    }
}

/// Whether what became of a `HEAD` may be about the method alone: there are hosts that refuse it,
/// break off, never answer it or have other trouble with it, and give the manifest. A rejected
/// password, a realm without a token and a host that wants patience would say the same again.
pub(crate) fn is_no_verdict(asked: &Result<Answer, Outcome>) -> bool {
    match asked {
        Ok(answer) => answer.status() >= 400 && answer.status() != 429,
        Err(Outcome::Host(HostFailure::Status { .. } | HostFailure::Unanswerable { .. })) => true,
        Err(outcome) => outcome.broke_off() || outcome.is_late(),
    }
}

impl Answer {
    /// Its status.
    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Whether it is what was asked for.
    pub(crate) fn is_success(&self) -> bool {
        self.response.status().is_success()
    }

    /// Who gave it, where the host has sent us elsewhere.
    pub(crate) fn way(&self) -> Option<Origin> {
        match self.call.refusal() {
            HostFailure::Status { away, .. } => away,
            _ => None,
        }
    }

    /// What it means where it helps no further.
    pub(crate) fn refusal(&self) -> Outcome {
        self.call.refusal().into()
    }

    /// Where it leads.
    pub(crate) fn onward(&self) -> Result<Onward, Outcome> {
        Ok(self.call.onward()?)
    }
}
