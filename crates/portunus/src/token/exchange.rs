use url::Url;
use url::form_urlencoded::Serializer;

use super::authentication::Bearer;
use super::realm_query::realm_alone;
use super::response::{self, ExchangeError, Token};
use super::scope::Scopes;
use crate::credential::Credential;
use containerd_hosts::Secret;

/// What a realm is told where nobody said who asks.
pub const CLIENT_ID: &str = "portunus";

/// Longer token requests are not made: no server takes them, and a hostile registry chooses most of
/// what stands in them.
const LONGEST_URL: usize = 16 << 10;

/// One conversation with a realm: which request to send, and what its answer means.
///
/// Username and password go by `GET` with Basic first, and by `POST` only where the realm knows
/// no `GET` (404, 405), so that a bad password is tried once. Identity tokens go by `POST`
/// ("OAuth2 token authentication" of the distribution project). Without a credential an
/// anonymous token is asked for by `GET`.
#[derive(Debug, Clone)]
pub(crate) struct Exchange<'a> {
    /// The challenge that is answered.
    pub bearer: &'a Bearer,
    /// What the token is to be good for.
    pub scopes: &'a Scopes,
    /// Who asks; `None`: nobody in particular.
    pub credential: Option<&'a Credential>,
    /// Whether to ask for an identity token as well, as a login does.
    pub wants_identity_token: bool,
    /// What the realm is told about the program that asks.
    pub client_id: &'a str,
}

/// What comes next in an [`Exchange`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send this request, without following a redirect, and pass its answer on.
    Send(TokenRequest),
    /// Done.
    Token(Token),
}

/// A request to a realm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenRequest {
    /// `GET` or `POST`.
    pub method: TokenMethod,
    /// Where to, query included. Holds no secret.
    pub url: Url,
    /// Username and password for an `Authorization: Basic` header.
    pub basic: Option<(String, Secret)>,
    /// The body of a `POST`, `application/x-www-form-urlencoded`.
    pub form: Option<Secret>,
}

/// The method of a [`TokenRequest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TokenMethod {
    /// `GET` with the scopes in the query.
    Get,
    /// `POST` with everything in the body.
    Post,
}

impl<'a> Exchange<'a> {
    /// An exchange that asks for no identity token.
    pub(crate) fn new(
        bearer: &'a Bearer,
        scopes: &'a Scopes,
        credential: Option<&'a Credential>,
    ) -> Self {
        Self {
            bearer,
            scopes,
            credential,
            wants_identity_token: false,
            client_id: CLIENT_ID,
        }
    }

    /// The first step. A registry token is never shown to a realm: it is the token.
    ///
    /// # Errors
    /// Where the registry wants to be asked for more than a request can hold.
    pub(crate) fn start(&self) -> Result<Step, ExchangeError> {
        let request = match self.credential {
            None => self.get(None),
            Some(Credential::Password { username, password }) => {
                self.get(Some((username.clone(), password.clone())))
            }
            Some(Credential::IdentityToken { token, .. }) => self.post(&[
                ("grant_type", "refresh_token"),
                ("refresh_token", token.expose()),
            ]),
            Some(Credential::RegistryToken { token }) => {
                return Ok(Step::Token(Token::fixed(token.clone())));
            }
        };
        match request.url.as_str().len() <= LONGEST_URL {
            true => Ok(Step::Send(request)),
            false => Err(ExchangeError::TooLong),
        }
    }

    /// The step after `sent` was answered with `status` and `body`, of which no more than
    /// [`super::MAX_RESPONSE`] bytes need to be read.
    ///
    /// # Errors
    /// Where the realm refuses the credential, or gives no token that can be read.
    pub(crate) fn next(
        &self,
        sent: &TokenRequest,
        status: u16,
        body: &[u8],
    ) -> Result<Step, ExchangeError> {
        if let (404 | 405, TokenMethod::Get, Some(Credential::Password { username, password })) =
            (status, sent.method, self.credential)
        {
            return Ok(Step::Send(self.post(&[
                ("grant_type", "password"),
                ("username", username),
                ("password", password.expose()),
            ])));
        }
        response::read(status, body).map(Step::Token)
    }

    fn get(&self, basic: Option<(String, Secret)>) -> TokenRequest {
        let (mut url, _) = realm_alone(self.bearer);
        {
            let mut query = url.query_pairs_mut();
            if !self.bearer.service.is_empty() {
                query.append_pair("service", &self.bearer.service);
            }
            for scope in self.scopes.iter() {
                query.append_pair("scope", &scope);
            }
            query.append_pair("client_id", self.client_id);
            if let Some((username, _)) = &basic {
                query.append_pair("account", username);
            }
            if self.wants_identity_token {
                query.append_pair("offline_token", "true");
            }
        }
        TokenRequest {
            method: TokenMethod::Get,
            url,
            basic,
            form: None,
        }
    }

    fn post(&self, grant: &[(&str, &str)]) -> TokenRequest {
        let (url, _) = realm_alone(self.bearer);
        let mut form = Serializer::new(String::new());
        form.extend_pairs(grant);
        form.append_pair("service", &self.bearer.service);
        form.append_pair("client_id", self.client_id);
        if !self.scopes.is_empty() {
            form.append_pair("scope", &self.scopes.to_string());
        }
        if self.wants_identity_token {
            form.append_pair("access_type", "offline");
        }
        TokenRequest {
            method: TokenMethod::Post,
            url,
            basic: None,
            form: Some(Secret::new(form.finish())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer() -> Bearer {
        Bearer {
            realm: Url::parse("https://auth.test/token?a=1#f").unwrap(),
            service: "reg.test".to_owned(),
            scopes: Vec::new(),
            error: None,
        }
    }

    fn sent(step: Step) -> TokenRequest {
        match step {
            Step::Send(request) => request,
            Step::Token(token) => panic!("{token:?}"),
        }
    }

    #[test]
    fn a_password_goes_by_get_and_by_post_only_where_get_is_unknown() {
        let bearer = bearer();
        let scopes = Scopes::parse("repository:a:pull repository:b:pull,push");
        let credential = Credential::password("alice", "p&w");
        let exchange = Exchange::new(&bearer, &scopes, Some(&credential));
        let get = sent(exchange.start().unwrap());
        assert_eq!(get.method, TokenMethod::Get);
        assert_eq!(
            get.url.as_str(),
            "https://auth.test/token?a=1&service=reg.test&scope=repository%3Aa%3Apull\
             &scope=repository%3Ab%3Apull%2Cpush&client_id=portunus&account=alice"
        );
        for status in [400, 401, 403, 429, 500] {
            assert!(exchange.next(&get, status, b"").is_err(), "{status}");
        }
        for status in [404, 405] {
            let post = sent(exchange.next(&get, status, b"").unwrap());
            assert_eq!(post.method, TokenMethod::Post);
            assert_eq!(
                post.form.as_ref().unwrap().expose(),
                "grant_type=password&username=alice&password=p%26w&service=reg.test\
                 &client_id=portunus&scope=repository%3Aa%3Apull+repository%3Ab%3Apull%2Cpush"
            );
            assert!(exchange.next(&post, status, b"").is_err());
        }
    }

    #[test]
    fn an_identity_token_goes_by_post_and_a_registry_token_nowhere() {
        let (bearer, scopes) = (bearer(), Scopes::none());
        let identity = Credential::IdentityToken {
            username: None,
            token: Secret::new("refresh"),
        };
        let post = sent(
            Exchange::new(&bearer, &scopes, Some(&identity))
                .start()
                .unwrap(),
        );
        assert_eq!(
            post.form.unwrap().expose(),
            "grant_type=refresh_token&refresh_token=refresh&service=reg.test&client_id=portunus"
        );
        let ready = Credential::RegistryToken {
            token: Secret::new("ready"),
        };
        let step = Exchange::new(&bearer, &scopes, Some(&ready))
            .start()
            .unwrap();
        assert!(matches!(step, Step::Token(token) if token.value.expose() == "ready"));
    }
}
