use std::sync::Arc;

use portunus::credential::Credential;
use portunus::resolve::{Candidate, Session};
use portunus::secret::Secret;
use portunus::token::trust::Consent;
use portunus::token::{Authentication, Bearer, Challenge, Scopes};
use reqwest::Response;
use reqwest::header::WWW_AUTHENTICATE;
use tokio::sync::Mutex;

use crate::endpoint::{Endpoint, Request};
use crate::tokens::TokenFailure;
use crate::{Outcome, Shown, Tokens, basic};

/// Answers the challenges of one host with the candidates of its attempt, best first. The answer
/// that the host accepted is kept for every later request.
#[derive(Debug)]
pub(crate) struct Authorizer {
    pub(crate) endpoint: Endpoint,
    tokens: Arc<Tokens>,
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
    rejected: Vec<Shown>,
    lacking: Option<Outcome>,
    refused: Option<Outcome>,
    warnings: Vec<String>,
    failed: Option<Outcome>,
}

/// Who is asking; without a credential: nobody in particular.
#[derive(Debug, Clone)]
struct Account {
    candidate: Option<usize>,
    credential: Option<Credential>,
    shown: Option<Shown>,
    /// For these scopes the host found the token too narrow, and those were asked for instead.
    widened: Option<(Scopes, Scopes)>,
}

/// What is sent with a request.
#[derive(Debug, Clone)]
struct Authorized {
    generation: u64,
    header: Option<Secret>,
    /// A kept token may be stale; a fresh one is not.
    kept: bool,
}

impl Authorizer {
    pub(crate) fn new(
        endpoint: Endpoint,
        tokens: Arc<Tokens>,
        session: Arc<Session>,
        candidates: Vec<Candidate>,
        rotates: bool,
    ) -> Self {
        Self {
            endpoint,
            tokens,
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

    /// The credentials among them that were not accepted.
    pub(crate) async fn rejected(&self) -> Vec<Shown> {
        self.state.lock().await.rejected.clone()
    }

    /// The candidate in use, and what the host asks for.
    pub(crate) async fn settled(&self) -> (Option<usize>, Option<Authentication>) {
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
        loop {
            let authorized = self.authorize(scopes).await?;
            let response = self
                .endpoint
                .send(request, authorized.header.as_ref())
                .await?;
            match response.status().as_u16() {
                401 | 403 => self.refused(&authorized, &response, scopes).await?,
                _ => return Ok(response),
            }
        }
    }

    async fn authorize(&self, scopes: &Scopes) -> Result<Authorized, Outcome> {
        loop {
            let (generation, bearer, account) = {
                let mut state = self.state.lock().await;
                if let Some(outcome) = &state.failed {
                    return Err(outcome.clone());
                }
                let Some(authentication) = state.authentication.clone() else {
                    return Ok(Authorized {
                        generation: state.generation,
                        header: None,
                        kept: false,
                    });
                };
                let account = match state.account.clone() {
                    Some(account) => account,
                    None => self.next_account(&mut state, &authentication).await?,
                };
                let Authentication::Bearer(bearer) = authentication else {
                    return Ok(Authorized {
                        generation: state.generation,
                        header: account.credential.as_ref().and_then(basic_header),
                        kept: false,
                    });
                };
                (state.generation, bearer, account)
            };
            let wanted = wanted_scopes(&bearer, &account, scopes);
            let credential = account.credential.as_ref();
            let obtained = self
                .tokens
                .get(&self.endpoint, &bearer, &wanted, credential);
            match obtained.await {
                Ok(obtained) => {
                    return Ok(Authorized {
                        generation,
                        header: Some(bearer_header(&obtained.token.value)),
                        kept: !obtained.fresh,
                    });
                }
                Err(TokenFailure::Failed(outcome)) => return Err(outcome),
                Err(TokenFailure::Rejected) => {
                    let mut state = self.state.lock().await;
                    if state.generation == generation {
                        self.reject(&mut state)?;
                    }
                }
            }
        }
    }

    /// Works out what to do after a 401 or 403: an error ends it, else the request is repeated.
    async fn refused(
        &self,
        authorized: &Authorized,
        response: &Response,
        scopes: &Scopes,
    ) -> Result<(), Outcome> {
        let status = response.status().as_u16();
        let found = authentication_of(response);
        let mut state = self.state.lock().await;
        if state.generation != authorized.generation {
            // Somebody else has changed the answer meanwhile.
            return Ok(());
        }
        if state.authentication.is_none() {
            if status == 403 {
                return Err(Outcome::Status { status });
            }
            let authentication = found?.ok_or(Outcome::BadChallenge { error: None })?;
            state.authentication = Some(authentication);
            state.generation += 1;
            return Ok(());
        }
        let challenged = match found {
            Ok(Some(Authentication::Bearer(bearer))) => Some(bearer),
            _ => None,
        };
        let account = state.account.clone();
        if let (Some(Authentication::Bearer(bearer)), Some(account)) =
            (state.authentication.clone(), account)
        {
            let wanted = wanted_scopes(&bearer, &account, scopes);
            let credential = account.credential.as_ref();
            self.tokens
                .forget(&self.endpoint, &bearer, &wanted, credential);
            let narrow = challenged
                .as_ref()
                .is_some_and(Bearer::is_insufficient_scope);
            if narrow || (status == 403 && challenged.is_some()) {
                let needed = challenged.map(|bearer| Scopes::parse(&bearer.scopes.join(" ")));
                let needed = needed.filter(|needed| !needed.is_empty());
                let needed = needed.unwrap_or_else(|| scopes.clone());
                return self.widen(&mut state, account, scopes, needed);
            }
            if authorized.kept && status == 401 {
                // The token may have been withdrawn: one fresh token before the next account.
                state.generation += 1;
                return Ok(());
            }
        }
        if status == 403 {
            return self.lacks(&mut state, scopes.clone());
        }
        self.reject(&mut state)
    }

    /// Asks once for exactly the scopes that the host misses, then goes to the next account.
    fn widen(
        &self,
        state: &mut State,
        account: Account,
        scopes: &Scopes,
        needed: Scopes,
    ) -> Result<(), Outcome> {
        if account
            .widened
            .as_ref()
            .is_some_and(|(_, asked)| *asked == needed)
        {
            return self.lacks(state, needed);
        }
        state.generation += 1;
        state.account = Some(Account {
            widened: Some((scopes.clone(), needed)),
            ..account
        });
        Ok(())
    }

    /// The account in use is known, and may not do this: the next one.
    fn lacks(&self, state: &mut State, scopes: Scopes) -> Result<(), Outcome> {
        state.generation += 1;
        let Some(account) = state.account.take() else {
            return Err(Outcome::Status { status: 403 });
        };
        let outcome = match account.shown {
            Some(account) => Outcome::LacksScope {
                account: Box::new(account),
                scopes,
            },
            None => Outcome::NotLoggedIn,
        };
        if account.candidate.is_none() || self.candidates.len() <= state.next {
            state.failed = Some(outcome.clone());
            return Err(outcome);
        }
        state.lacking = Some(outcome);
        Ok(())
    }

    /// The account in use is not accepted: the next one on a pull, the end of a push.
    fn reject(&self, state: &mut State) -> Result<(), Outcome> {
        state.generation += 1;
        let Some(account) = state.account.take() else {
            return Err(Outcome::NotLoggedIn);
        };
        let Some(shown) = account.shown else {
            state.failed = Some(Outcome::NotLoggedIn);
            return Err(Outcome::NotLoggedIn);
        };
        state
            .warnings
            .push(format!("{} rejected {shown}", self.endpoint.name()));
        state.rejected.push(shown);
        if !self.rotates {
            state.failed = Some(Outcome::Rejected);
            return Err(Outcome::Rejected);
        }
        Ok(())
    }

    /// The next candidate that the host may be shown; after the last one nobody in particular,
    /// where the host takes that.
    async fn next_account(
        &self,
        state: &mut State,
        authentication: &Authentication,
    ) -> Result<Account, Outcome> {
        while let Some(candidate) = self.candidates.get(state.next) {
            let at = state.next;
            state.next += 1;
            let credential = match self.fetch(candidate).await {
                Ok(Some(credential)) => credential,
                Ok(None) => continue,
                Err(outcome) => {
                    state.warnings.push(outcome.to_string());
                    state.refused.get_or_insert(outcome);
                    continue;
                }
            };
            if let Err(outcome) = self.may_see(candidate, &credential, authentication) {
                state.warnings.push(outcome.to_string());
                state.refused = Some(outcome);
                continue;
            }
            let shown = Shown::of(candidate, credential.username());
            state.shown.push(shown.clone());
            let account = Account {
                candidate: Some(at),
                credential: Some(credential),
                shown: Some(shown),
                widened: None,
            };
            state.account = Some(account.clone());
            return Ok(account);
        }
        let outcome = self.after_the_last(state);
        let anonymous = matches!(authentication, Authentication::Bearer(_));
        let fallback = self.endpoint.client().options().anonymous_fallback;
        match outcome {
            Outcome::NotLoggedIn | Outcome::Source(_) if anonymous => {}
            Outcome::Rejected if anonymous && fallback => {
                state
                    .warnings
                    .push(format!("asking {} anonymously", self.endpoint.name()));
            }
            outcome => {
                state.failed = Some(outcome.clone());
                return Err(outcome);
            }
        }
        let account = Account {
            candidate: None,
            credential: None,
            shown: None,
            widened: None,
        };
        state.account = Some(account.clone());
        Ok(account)
    }

    fn after_the_last(&self, state: &State) -> Outcome {
        let lacking = state.lacking.clone();
        let rejected = (!state.rejected.is_empty()).then_some(Outcome::Rejected);
        let outcome = lacking.or(rejected).or_else(|| state.refused.clone());
        outcome.unwrap_or(Outcome::NotLoggedIn)
    }

    async fn fetch(&self, candidate: &Candidate) -> Result<Option<Credential>, Outcome> {
        let session = self.session.clone();
        let candidate = candidate.clone();
        // A helper process or a keyring may take its time.
        let fetched = tokio::task::spawn_blocking(move || session.credential(&candidate)).await;
        let fetched = fetched.map_err(|_| Outcome::bad_content("a credential source panicked"))?;
        fetched.map_err(Outcome::Source)
    }

    fn may_see(
        &self,
        candidate: &Candidate,
        credential: &Credential,
        authentication: &Authentication,
    ) -> Result<(), Outcome> {
        let entry = &candidate.entry;
        let mut consent = Consent::none(&entry.key);
        // What was agreed to for the key's own host says nothing about a host that
        // `credential_domain` lends the credential to.
        if entry.key.covers_host(&self.endpoint.authority()?) {
            consent.pinned_realm = entry.provenance.realm.as_deref();
            consent.plain_http = entry.provenance.plain_http;
        }
        may_see(&self.endpoint, credential, authentication, &consent)
    }
}

/// Whether a credential can answer a host at all, and whether host and realm may see it.
pub(crate) fn may_see(
    endpoint: &Endpoint,
    credential: &Credential,
    authentication: &Authentication,
    consent: &Consent<'_>,
) -> Result<(), Outcome> {
    let trust = &endpoint.client().options().trust;
    let host = endpoint.origin()?;
    let bearer = match (authentication, credential) {
        (Authentication::Bearer(bearer), _) => bearer,
        (_, Credential::Password { .. }) => {
            let rule = trust.host_may_see(&host, consent);
            return rule.map(drop).map_err(Outcome::Refused);
        }
        _ => {
            let key = consent.key;
            let problem = format!("wants a password, and `{key}` holds a token");
            return Err(Outcome::BadContent { problem });
        }
    };
    let rule = match credential {
        Credential::RegistryToken { .. } => trust.host_may_see(&host, consent),
        _ => trust.realm_may_see(&host, &bearer.realm, consent),
    };
    rule.map(drop).map_err(Outcome::Refused)
}

/// What the challenges of an answer ask for.
pub(crate) fn authentication_of(response: &Response) -> Result<Option<Authentication>, Outcome> {
    let headers = response.headers().get_all(WWW_AUTHENTICATE).iter();
    let challenges = Challenge::parse_all(headers.map(|value| value.as_bytes()));
    Authentication::choose(&challenges)
        .map_err(|error| Outcome::BadChallenge { error: Some(error) })
}

fn wanted_scopes(bearer: &Bearer, account: &Account, scopes: &Scopes) -> Scopes {
    if let Some((_, needed)) = account
        .widened
        .as_ref()
        .filter(|(asked, _)| asked == scopes)
    {
        return needed.clone();
    }
    let mut wanted = Scopes::parse(&bearer.scopes.join(" "));
    wanted.merge(scopes);
    wanted
}

pub(crate) fn basic_header(credential: &Credential) -> Option<Secret> {
    match credential {
        Credential::Password { username, password } => {
            Some(basic::authorization(username, password))
        }
        _ => None,
    }
}

pub(crate) fn bearer_header(token: &Secret) -> Secret {
    Secret::new(format!("Bearer {}", token.expose()))
}
