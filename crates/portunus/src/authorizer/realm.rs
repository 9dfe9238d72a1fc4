use url::Url;

use super::ask::Method;
use super::conversation::Conversation;
use super::failure::HostFailure;
use super::header;
use super::identity::IdentityLeave;
use super::onward::{self, MOST_REDIRECTS, RedirectProblem};
use super::permit::Permit;
use super::received::{Received, Trouble};
use super::route::Route;
use super::sending::{Payload, Sending};
use super::state::{InUse, State};
use super::tokens::{Asking, TokenFailure};
use crate::credential::Credential;
use crate::secret::Secret;
use crate::token::trust::{Origin, Refusal, TrustRule};
use crate::token::{
    Bearer, Exchange, ExchangeError, Scopes, Step, Token, TokenMethod, TokenRequest, redirected,
};

/// A token that is being asked for at a realm: one request after the other, until there is one.
#[derive(Debug)]
pub(super) struct TokenTalk {
    bearer: Bearer,
    scopes: Scopes,
    credential: Option<Credential>,
    wants_identity_token: bool,
    client_id: String,
    request: TokenRequest,
    redirects: u32,
    /// Who waits for it; `None`: nobody else has a use for it.
    pub(super) asking: Option<Asking>,
    /// Held while an identity token is under way.
    pub(super) leave: Option<IdentityLeave>,
    /// By which leave the credential is in the request.
    pub(super) permit: Option<Permit>,
    /// Who asks, and since which change.
    pub(super) asker: Option<(InUse, u64)>,
    /// Whether the account was noted as shown for this request alone, which is under way.
    noted: bool,
}

/// What a realm's answer means.
#[derive(Debug)]
pub(super) enum Told {
    /// There is another request to send.
    Again,
    /// A token.
    Token(Token),
}

/// What a token is asked for with.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) bearer: Bearer,
    pub(super) scopes: Scopes,
    pub(super) credential: Option<Credential>,
    pub(super) wants_identity_token: bool,
    pub(super) client_id: String,
}

impl TokenTalk {
    /// `None`: no realm is asked, the credential is the token itself.
    pub(super) fn new(wanted: Wanted) -> Result<Option<Self>, ExchangeError> {
        let Wanted {
            bearer,
            scopes,
            credential,
            wants_identity_token,
            client_id,
        } = wanted;
        let mut exchange = Exchange::new(&bearer, &scopes, credential.as_ref());
        exchange.wants_identity_token = wants_identity_token;
        exchange.client_id = &client_id;
        let request = match exchange.start()? {
            Step::Send(request) => request,
            Step::Token(_) => return Ok(None),
        };
        Ok(Some(Self {
            bearer,
            scopes,
            credential,
            wants_identity_token,
            client_id,
            request,
            redirects: 0,
            asking: None,
            leave: None,
            permit: None,
            asker: None,
            noted: false,
        }))
    }

    pub(super) fn url(&self) -> &Url {
        &self.request.url
    }

    /// The realm as the host names it.
    pub(super) fn named(&self) -> &Url {
        &self.bearer.realm
    }

    /// The realm, wherever it has led.
    pub(super) fn realm(&self) -> Option<Origin> {
        Origin::of(&self.bearer.realm)
    }

    /// Why the realm that was named is not asked, where it is not.
    pub(super) fn instead_of(&self) -> Option<Refusal> {
        let (in_use, _) = self.asker.as_ref()?;
        in_use.allowed.realm.as_ref()?.instead_of.clone()
    }

    /// Who is asked.
    pub(super) fn origin(&self) -> Option<Origin> {
        Origin::of(&self.request.url)
    }

    /// Whether a password found no realm there, by either way to ask for a token.
    pub(super) fn is_no_realm(&self, problem: ExchangeError) -> bool {
        let password = matches!(self.credential, Some(Credential::Password { .. }));
        let unknown = matches!(
            problem,
            ExchangeError::Status {
                status: 404 | 405,
                ..
            }
        );
        password && unknown
    }

    /// The token that was sent, where it was one.
    pub(super) fn secret(&self) -> Option<&Secret> {
        match self.credential.as_ref()? {
            Credential::Password { password, .. } => Some(password),
            Credential::IdentityToken { token, .. } | Credential::RegistryToken { token } => {
                Some(token)
            }
        }
    }

    /// The identity token that was sent, where it was one.
    pub(super) fn identity_token(&self) -> Option<&Credential> {
        let credential = self.credential.as_ref();
        credential.filter(|held| matches!(held, Credential::IdentityToken { .. }))
    }

    /// Whether an identity token was asked for as well.
    pub(super) fn asks_for_identity_token(&self) -> bool {
        self.wants_identity_token
    }

    pub(super) fn sending(&self, route: Route) -> Sending {
        let basic = self.request.basic.as_ref();
        Sending {
            method: match self.request.method {
                TokenMethod::Get => Method::Get,
                TokenMethod::Post => Method::Post,
            },
            url: self.request.url.clone(),
            headers: Vec::new(),
            authorization: basic.map(|(user, password)| header::basic_of(user, password)),
            payload: Payload::Token(self.request.form.clone()),
            route,
            permit: self.permit.clone(),
        }
    }

    /// Notes that the account is on its way to the realm.
    pub(super) fn note_sent(&mut self, state: &mut State) {
        if let Some((in_use, _)) = &self.asker {
            self.noted |= Conversation::note_shown(state, in_use);
        }
    }

    /// The realm has not answered.
    pub(super) fn fail(mut self, state: &mut State, trouble: Trouble) -> HostFailure {
        if let (true, true, Some((in_use, _))) = (self.noted, trouble.reached_nobody(), &self.asker)
        {
            let shown = &mut state.report.shown;
            shown.retain(|held| Some(held) != in_use.shown.as_ref());
        }
        let failure = match (self.instead_of(), trouble) {
            (Some(refusal), _) | (None, Trouble::Refused(refusal)) => HostFailure::Refused(refusal),
            (None, trouble) => HostFailure::realm_trouble(self.url(), trouble),
        };
        if let Some(asking) = self.asking.take() {
            asking.fail(TokenFailure::Failed(failure.clone()));
        }
        failure
    }

    /// Reads an answer. `may_follow` judges where a redirect leads, and gives the rule.
    pub(super) fn answered<R>(
        &mut self,
        received: &Received<R>,
        may_follow: impl FnOnce(&Url) -> Result<TrustRule, HostFailure>,
    ) -> Result<Told, TokenError> {
        self.noted = false;
        if received.is_redirect() {
            self.follow(received, may_follow)
                .map_err(TokenError::Failed)?;
            return Ok(Told::Again);
        }
        let mut exchange = Exchange::new(&self.bearer, &self.scopes, self.credential.as_ref());
        exchange.wants_identity_token = self.wants_identity_token;
        exchange.client_id = &self.client_id;
        let step = exchange.next(&self.request, received.status, &received.body);
        match step.map_err(TokenError::Answer)? {
            Step::Token(token) => Ok(Told::Token(token)),
            Step::Send(request) => {
                self.request = request;
                Ok(Told::Again)
            }
        }
    }

    /// With everything that was sent, since the target was judged with it. A form is sent again:
    /// without it the request would be another one.
    fn follow<R>(
        &mut self,
        received: &Received<R>,
        may_follow: impl FnOnce(&Url) -> Result<TrustRule, HostFailure>,
    ) -> Result<(), HostFailure> {
        self.redirects += 1;
        if self.redirects > MOST_REDIRECTS {
            return Err(HostFailure::Redirect(RedirectProblem::TooMany));
        }
        let target = onward::target(&self.request.url, received.location());
        let (url, origin) = target.map_err(HostFailure::Redirect)?;
        // Before what trust might allow: that would not be followed either.
        onward::keep_tls(&self.request.url, &origin).map_err(HostFailure::Redirect)?;
        let rule = may_follow(&url)?;
        if let Some(permit) = &mut self.permit {
            permit.at = origin;
            permit.rule = rule;
        }
        self.request.url = redirected(&self.request.url, url);
        Ok(())
    }
}

/// Why a realm's answer is no token.
#[derive(Debug)]
pub(super) enum TokenError {
    Answer(ExchangeError),
    Failed(HostFailure),
}
