use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use portunus::resolve::{Attempt, Phase, Plan, PreparedOperation};
use reqwest::Response;
use reqwest::header::RETRY_AFTER;
use tracing::{debug, info};

use crate::options::timeouts::Timeouts;
use crate::outcome::Outcome;
use crate::outcome::error::Error;
use crate::outcome::report::HostReport;
use crate::transfer::progress::{Event, Progress};
use crate::wire::client::Client;
use crate::wire::remote::{Answer, Remote};
use crate::wire::request::Request;

/// How often a step of a push is tried.
const PUSH_TRIES: u32 = 3;

/// Goes through the hosts of a plan in their order.
pub(crate) struct Walk<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) progress: &'a dyn Progress,
    stops: Vec<Stop<'a>>,
}

/// One host on the way.
pub(crate) struct Stop<'a> {
    pub(crate) attempt: &'a Attempt,
    pub(crate) remote: Remote,
    /// Why it is not asked again.
    final_outcome: Mutex<Option<Outcome>>,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        client: &Client,
        operation: &'a PreparedOperation,
        progress: &'a dyn Progress,
    ) -> Self {
        let ledger = client.ledger(operation);
        let stops = operation.attempts().map(|prepared| Stop {
            attempt: prepared.attempt(),
            remote: Remote::new(client, ledger.host(&prepared)),
            final_outcome: Mutex::default(),
        });
        Self {
            plan: operation.plan(),
            progress,
            stops: stops.collect(),
        }
    }

    /// What is being done, in words.
    pub(crate) fn context(&self) -> String {
        format!("cannot {} {}", self.plan.operation, self.plan.reference)
    }

    /// The first host that gives what is wanted, and what it gave.
    pub(crate) async fn try_hosts<'s, T>(
        &'s self,
        phase: Phase,
        visit: impl Fn(&'s Stop<'a>) -> BoxFuture<'s, Result<T, Outcome>> + Sync,
    ) -> Result<(T, String), Error> {
        let mut reports = Vec::new();
        let mut stops = self.stops_of(phase).peekable();
        while let Some(stop) = stops.next() {
            let is_last = stops.peek().is_none();
            let known = stop.final_outcome();
            let outcome = match &known {
                Some(outcome) => outcome.clone(),
                None => {
                    let answer = match phase {
                        Phase::Push => self.retry_push(stop, &visit).await,
                        _ => {
                            let answer = visit(stop).await;
                            match is_last && is_transient(&answer) {
                                true => visit(stop).await,
                                false => answer,
                            }
                        }
                    };
                    self.warn(stop);
                    match answer {
                        Ok(found) => {
                            let host = stop.remote.name();
                            debug!(host, phase = phase.as_str(), "host helps");
                            return Ok((found, host));
                        }
                        Err(outcome) => outcome,
                    }
                }
            };
            stop.note_final(&outcome);
            let local = outcome.is_local();
            let report = HostReport {
                host: stop.remote.name(),
                phase: Some(phase),
                outcome,
                shown: stop.remote.authorizer.report().shown,
            };
            if known.is_none() {
                let phase = phase.as_str();
                info!(host = report.host, phase, outcome = %report.outcome, "host does not help");
                self.progress.report(Event::HostFailed(&report));
            }
            reports.push(report);
            if local {
                break;
            }
        }
        Err(Error::of_hosts(self.context(), reports))
    }

    /// Tries a step of a push again where the host may be in transient trouble. There is no next
    /// host, and a step that is done is not done twice: a blob is looked for first, and a
    /// manifest may be put again.
    async fn retry_push<'s, T>(
        &'s self,
        stop: &'s Stop<'a>,
        visit: impl Fn(&'s Stop<'a>) -> BoxFuture<'s, Result<T, Outcome>> + Sync,
    ) -> Result<T, Outcome> {
        let mut pause = stop.timeouts().push_pause;
        for at in 1..PUSH_TRIES {
            let outcome = match visit(stop).await {
                Err(outcome) if is_transient_on_push(&outcome) => outcome,
                answer => return answer,
            };
            let host = stop.remote.name();
            let warning = format!("{host}: {outcome}: try {} of {PUSH_TRIES} follows", at + 1);
            self.progress.report(Event::Warning(&warning));
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        visit(stop).await
    }

    pub(crate) fn stops_of(&self, phase: Phase) -> impl Iterator<Item = &Stop<'a>> {
        self.stops.iter().filter(move |stop| {
            let pulls = stop.attempt.host.capabilities.pull;
            stop.attempt.phases.contains(&phase) && (phase != Phase::Fetch || pulls)
        })
    }

    pub(crate) fn warn(&self, stop: &Stop<'_>) {
        for warning in stop.remote.authorizer.take_warnings() {
            self.progress.report(Event::Warning(&warning.to_string()));
        }
    }
}

impl Stop<'_> {
    /// Sends a request. Where the host asks for patience, it is given once.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Outcome> {
        let answer = self.remote.ask(request).await?;
        match self.retry_after(&answer.response) {
            Some(wait) => {
                tokio::time::sleep(wait).await;
                self.remote.ask(request).await
            }
            None => Ok(answer),
        }
    }

    /// How long the host wants to be left alone, where that is not too long.
    fn retry_after(&self, response: &Response) -> Option<Duration> {
        if response.status().as_u16() != 429 {
            return None;
        }
        let asked_for = response.headers().get(RETRY_AFTER);
        let asked_for = asked_for.and_then(|value| value.to_str().ok()?.parse().ok());
        let wait = asked_for.map(Duration::from_secs);
        wait.filter(|wait| *wait <= self.timeouts().retry_after)
    }

    fn timeouts(&self) -> &Timeouts {
        &self.remote.client.options().timeouts
    }

    fn final_outcome(&self) -> Option<Outcome> {
        let known = self
            .final_outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    fn note_final(&self, outcome: &Outcome) {
        if outcome.is_final() {
            let mut known = self
                .final_outcome
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *known = Some(outcome.clone());
        }
    }
}

/// Trouble that is worth a second try where there is no next host, as in containerd
/// (`core/remotes/docker/resolver.go`).
fn is_transient<T>(answer: &Result<T, Outcome>) -> bool {
    let Err(outcome) = answer else {
        return false;
    };
    outcome.broke_off() || matches!(outcome.status(), Some(500 | 503 | 504))
}

/// The same for a push, which has no next host: also what asks for patience.
fn is_transient_on_push(outcome: &Outcome) -> bool {
    let may_pass = |status: u16| matches!(status, 408 | 429 | 500 | 502 | 503 | 504);
    outcome.broke_off() || outcome.status().is_some_and(may_pass)
}
