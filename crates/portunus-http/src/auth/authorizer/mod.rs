mod account;
mod choose_account;
mod refusal;
mod rejected_before;

use std::sync::Arc;

use portunus::resolve::{Attempt, Candidate, Operation, Plan, Session};
use portunus::token::{Authentication, Scopes};
use reqwest::Response;
use tokio::sync::Mutex;

use self::account::{Account, wanted_scopes};
use crate::auth::credential_trials::{CredentialTrials, Trial, Turn};
use crate::options::tokens::Tokens;
use crate::outcome::shown::Shown;
use crate::outcome::token_failure::TokenFailure;
use crate::outcome::{Outcome, TokenProblem};
use crate::wire::authorization::Authorization;
use crate::wire::client::Client;
use crate::wire::remote::Remote;
use crate::wire::request::Request;

/// Answers the challenges of one host with the candidates of its attempt, best first. The answer
/// that the host accepted is kept for every later request.
#[derive(Debug)]
pub(crate) struct Authorizer {
    pub(crate) remote: Remote,
    tokens: Arc<Tokens>,
    trials: Arc<CredentialTrials>,
    session: Arc<Session>,
    candidates: Vec<Candidate>,
    /// Whether a rejected credential is followed by the next one; a push stops.
    rotates: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts changes, so that a late answer to an old credential changes nothing.
    generation: u64,
    authentication: Option<Authentication>,
    /// The candidate that is looked at next.
    next: usize,
    account: Option<Account>,
    shown: Vec<Shown>,
    /// Also those that were not sent, because the same login was rejected before.
    rejected: Vec<Shown>,
    lacking: Option<Outcome>,
    refused: Option<Outcome>,
    warnings: Vec<String>,
    failed: Option<Outcome>,
}

/// What is sent with a request.
#[derive(Debug)]
struct Authorized {
    generation: u64,
    header: Option<Authorization>,
    /// A kept token may be stale; a fresh one is not.
    kept: bool,
    /// Where the password itself is sent, for the first time.
    trial: Option<Trial>,
}

impl Client {
    /// Answers the challenges of one attempt.
    pub(crate) fn authorizer(
        &self,
        plan: &Plan,
        attempt: &Attempt,
        session: &Arc<Session>,
        tokens: &Arc<Tokens>,
        trials: &Arc<CredentialTrials>,
    ) -> Authorizer {
        let registry_namespace = plan.reference.registry_namespace();
        Authorizer::new(
            Remote::new(self, &attempt.host, registry_namespace),
            tokens.clone(),
            trials.clone(),
            session.clone(),
            attempt.candidates.clone(),
            plan.operation != Operation::Push,
        )
    }
}

impl Authorizer {
    pub(crate) fn new(
        remote: Remote,
        tokens: Arc<Tokens>,
        trials: Arc<CredentialTrials>,
        session: Arc<Session>,
        candidates: Vec<Candidate>,
        rotates: bool,
    ) -> Self {
        Self {
            remote,
            tokens,
            trials,
            session,
            candidates,
            rotates,
            state: Mutex::default(),
        }
    }

    /// The credentials that were sent to the host or its realm.
    pub(crate) async fn shown(&self) -> Vec<Shown> {
        self.state.lock().await.shown.clone()
    }

    /// The credentials that were not accepted, also those that were not sent because the same login
    /// was rejected before.
    pub(crate) async fn rejected(&self) -> Vec<Shown> {
        self.state.lock().await.rejected.clone()
    }

    /// The candidate in use, and what the host asks for.
    pub(crate) async fn account_in_use(&self) -> (Option<usize>, Option<Authentication>) {
        let state = self.state.lock().await;
        let candidate = state.account.as_ref().and_then(|account| account.candidate);
        (candidate, state.authentication.clone())
    }

    /// What the user should be told; each thing once.
    pub(crate) async fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().await.warnings)
    }

    /// Sends a request that needs `scopes`, and answers what the host asks for. The status of
    /// the answer is none of 401 and 403.
    pub(crate) async fn send(
        &self,
        request: &Request,
        scopes: &Scopes,
    ) -> Result<Response, Outcome> {
        // Each candidate may be rejected, found too narrow, and have a stale token; a host that
        // goes on asking after that asks for ever.
        for _ in 0..4 + 3 * self.candidates.len() {
            let mut authorized = self.authorize(scopes).await?;
            let response = self
                .remote
                .send(request, authorized.header.as_ref())
                .await?;
            match response.status().as_u16() {
                status @ (401 | 403) => {
                    authorized.record_judgement(status != 401);
                    self.handle_refusal(&authorized, &response, scopes).await?;
                }
                _ => {
                    authorized.record_judgement(true);
                    return Ok(response);
                }
            }
        }
        Err(Outcome::Rejected)
    }

    /// Sends a request once, with the account in use. `None`: the host or its realm refuses,
    /// which changes nothing for later requests.
    pub(crate) async fn try_send(&self, request: &Request, scopes: &Scopes) -> Option<Response> {
        let (authentication, account) = {
            let state = self.state.lock().await;
            (state.authentication.clone(), state.account.clone())
        };
        let header = match (authentication, account) {
            (None, _) => None,
            (Some(Authentication::Bearer(bearer)), Some(account)) => {
                let credential = account.credential.as_ref();
                let obtained = self.tokens.get(&self.remote, &bearer, scopes, credential);
                let token = obtained.await.ok()?.token;
                Some(Authorization::bearer(&token.value, account.key()))
            }
            (Some(_), account) => account?.basic(),
        };
        let response = self.remote.send(request, header.as_ref()).await.ok()?;
        response.status().is_success().then_some(response)
    }

    async fn authorize(&self, scopes: &Scopes) -> Result<Authorized, Outcome> {
        loop {
            let (generation, authentication, account) = {
                let mut state = self.state.lock().await;
                if let Some(outcome) = &state.failed {
                    return Err(outcome.clone());
                }
                let Some(authentication) = state.authentication.clone() else {
                    return Ok(Authorized {
                        generation: state.generation,
                        header: None,
                        kept: false,
                        trial: None,
                    });
                };
                let account = match state.account.clone() {
                    Some(account) => account,
                    None => self.choose_account(&mut state, &authentication).await?,
                };
                (state.generation, authentication, account)
            };
            let mut trial = match self.await_turn(&authentication, &account).await {
                Turn::First(trial) => Some(trial),
                Turn::Free => None,
                Turn::Rejected => {
                    let mut state = self.state.lock().await;
                    if state.generation == generation {
                        self.pass_over_account(&mut state, &authentication)?;
                    }
                    continue;
                }
            };
            let Authentication::Bearer(bearer) = authentication else {
                note_shown(&mut *self.state.lock().await, &account);
                return Ok(Authorized {
                    generation,
                    header: account.basic(),
                    kept: false,
                    trial,
                });
            };
            let wanted = wanted_scopes(&bearer, &account, scopes);
            let credential = account.credential.as_ref();
            let obtained = self.tokens.get(&self.remote, &bearer, &wanted, credential);
            let obtained = obtained.await;
            if was_shown(&obtained) {
                note_shown(&mut *self.state.lock().await, &account);
            }
            match obtained {
                Ok(obtained) => {
                    if let Some(trial) = &mut trial {
                        trial.accept();
                    }
                    return Ok(Authorized {
                        generation,
                        header: Some(Authorization::bearer(&obtained.token.value, account.key())),
                        kept: !obtained.fresh,
                        trial: None,
                    });
                }
                Err(TokenFailure::Failed(outcome)) => return Err(outcome),
                Err(TokenFailure::Rejected { status }) => {
                    // 403 may be about what was asked for.
                    if let (Some(trial), 400 | 401) = (&mut trial, status) {
                        trial.reject();
                    }
                    let mut state = self.state.lock().await;
                    if state.generation == generation {
                        self.reject(&mut state)?;
                    }
                }
            }
        }
    }
}

impl Authorized {
    /// The host has judged the password that was sent.
    fn record_judgement(&mut self, accepted: bool) {
        match &mut self.trial {
            Some(trial) if accepted => trial.accept(),
            Some(trial) => trial.reject(),
            None => {}
        }
    }
}

/// Whether a credential has reached the realm.
pub(crate) fn was_shown<T>(obtained: &Result<T, TokenFailure>) -> bool {
    match obtained {
        Ok(_) | Err(TokenFailure::Rejected { .. }) => true,
        Err(TokenFailure::Failed(Outcome::TokenServer { problem, .. })) => {
            matches!(problem, TokenProblem::Answer(_))
        }
        Err(TokenFailure::Failed(_)) => false,
    }
}

fn note_shown(state: &mut State, account: &Account) {
    if let Some(shown) = &account.shown
        && !state.shown.contains(shown)
    {
        state.shown.push(shown.clone());
    }
}
