use portunus::credential::Credential;
use portunus::hosts::Host;
use portunus::name::{RegistryNamespace, Repository};
use portunus::token::trust::Consent;
use portunus::token::{Authentication, Bearer, Exchange, Scopes};
use reqwest::{Method, Response};

use crate::ask::probe::ask_anonymously;
use crate::auth::authorizer::was_shown;
use crate::auth::challenge::authentication_of;
use crate::auth::exchange::exchange_at;
use crate::auth::redirect::read_location;
use crate::auth::trust::may_see;
use crate::outcome::Outcome;
use crate::outcome::error::Error;
use crate::outcome::report::HostReport;
use crate::outcome::shown::Shown;
use crate::outcome::token_failure::TokenFailure;
use crate::wire::authorization::Authorization;
use crate::wire::client::Client;
use crate::wire::remote::Remote;
use crate::wire::request::{Request, Target};

/// A credential that is to be checked at one host before it is stored.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct LoginCheck<'a> {
    /// The host, with the TLS settings, headers and path that `hosts.toml` gives it.
    pub host: &'a Host,
    /// What `?ns=` says, where the host is sent one.
    pub registry_namespace: &'a RegistryNamespace,
    /// A repository the account may push to, as it is requested at this host. With it, a
    /// registry that lets anybody read can be asked too.
    pub repository: Option<&'a Repository>,
    /// What the credential is to be kept under, and what the operator agreed to.
    pub consent: Consent<'a>,
    /// The credential.
    pub credential: &'a Credential,
}

impl<'a> LoginCheck<'a> {
    /// A check at a host, without a repository.
    pub fn new(
        host: &'a Host,
        registry_namespace: &'a RegistryNamespace,
        consent: Consent<'a>,
        credential: &'a Credential,
    ) -> Self {
        Self {
            host,
            registry_namespace,
            repository: None,
            consent,
            credential,
        }
    }
}

/// What a host said to a [`LoginCheck`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginAnswer {
    /// It asked, and accepted the answer.
    #[non_exhaustive]
    Accepted {
        /// `Basic` or `Bearer`.
        scheme: &'static str,
        /// The realm that saw the credential, without query; to be noted beside it.
        realm: Option<String>,
        /// The identity token that the realm gave in exchange, to be stored in place of the
        /// password.
        identity_token: Option<Credential>,
    },
    /// It lets anybody in, so that nothing was proved and nothing was sent.
    AsksForNothing,
}

impl Client {
    /// Checks a credential at one host. The first request is unauthenticated; then the
    /// credential is sent once, so that a wrong password never locks an account.
    ///
    /// # Errors
    /// Where the host cannot be asked, a trust rule forbids it, or the credential is not
    /// accepted. The error reports the one host.
    pub async fn verify(&self, check: &LoginCheck<'_>) -> Result<LoginAnswer, Error> {
        let mut shown = None;
        let remote = Remote::new(self, check.host, check.registry_namespace);
        let name = remote.name();
        let answer = check_at(remote, check, &mut shown).await;
        answer.map_err(|outcome| {
            let report = HostReport {
                host: name.clone(),
                phase: None,
                outcome,
                shown: shown.into_iter().collect(),
            };
            Error::of_hosts(format!("cannot log in to {name}"), vec![report])
        })
    }
}

async fn check_at(
    remote: Remote,
    check: &LoginCheck<'_>,
    shown: &mut Option<Shown>,
) -> Result<LoginAnswer, Outcome> {
    let (remote, mut response) = ask_anonymously(remote).await?;
    let mut request = Request::new(Method::GET, "/");
    if response.status().is_success() {
        let Some(repository) = check.repository else {
            return Ok(LoginAnswer::AsksForNothing);
        };
        let path = strip_host_path(remote.path(), repository);
        request = Request::new(Method::POST, format!("/{path}/blobs/uploads/"));
        response = remote.send(&request, None).await?;
        if response.status().is_success() {
            cancel_upload(&remote, &response, None).await;
            return Ok(LoginAnswer::AsksForNothing);
        }
    }
    let status = response.status().as_u16();
    let authentication = match authentication_of(&response)? {
        Some(authentication) if status == 401 => authentication,
        _ if status == 401 => return Err(Outcome::BadChallenge { error: None }),
        _ => return Err(Outcome::Status { status }),
    };
    may_see(&remote, check.credential, &authentication, &check.consent)?;
    match &authentication {
        Authentication::Bearer(bearer) => {
            check_with_token(&remote, &request, check, bearer, shown).await
        }
        _ => {
            *shown = Some(describe_login(check));
            check_with_password(&remote, &request, check).await
        }
    }
}

fn describe_login(check: &LoginCheck<'_>) -> Shown {
    Shown {
        key: check.consent.key.clone(),
        username: check.credential.username().map(str::to_owned),
        location: "this login".to_owned(),
    }
}

async fn check_with_password(
    remote: &Remote,
    request: &Request,
    check: &LoginCheck<'_>,
) -> Result<LoginAnswer, Outcome> {
    let header = Authorization::basic(check.credential, Some(check.consent.key));
    let header = header.ok_or(Outcome::Rejected)?;
    let response = remote.send(request, Some(&header)).await?;
    check_accepted(remote, request, &response, &header).await?;
    Ok(LoginAnswer::Accepted {
        scheme: "Basic",
        realm: None,
        identity_token: None,
    })
}

async fn check_with_token(
    remote: &Remote,
    request: &Request,
    check: &LoginCheck<'_>,
    bearer: &Bearer,
    shown: &mut Option<Shown>,
) -> Result<LoginAnswer, Outcome> {
    let mut scopes = Scopes::parse(&bearer.scopes.join(" "));
    if let Some(repository) = check.repository {
        let actions: &[&str] = match request.method {
            Method::POST => &["pull", "push"],
            _ => &["pull"],
        };
        scopes.merge(&Scopes::repository(repository, actions));
    }
    let mut exchange = Exchange::new(bearer, &scopes, Some(check.credential));
    exchange.wants_identity_token = matches!(check.credential, Credential::Password { .. });
    let token = exchange_at(remote, &exchange).await;
    *shown = was_shown(&token).then(|| describe_login(check));
    let token = token.map_err(|failure| match failure {
        TokenFailure::Rejected { .. } => Outcome::Rejected,
        TokenFailure::Failed(outcome) => outcome,
    })?;
    let header = Authorization::bearer(&token.value, Some(check.consent.key));
    let response = remote.send(request, Some(&header)).await?;
    check_accepted(remote, request, &response, &header).await?;
    let mut realm = bearer.realm.clone();
    realm.set_query(None);
    realm.set_fragment(None);
    let identity_token = token.identity_token.map(|token| Credential::IdentityToken {
        username: check.credential.username().map(str::to_owned),
        token,
    });
    Ok(LoginAnswer::Accepted {
        scheme: "Bearer",
        realm: Some(realm.into()),
        identity_token: identity_token.filter(|_| exchange.wants_identity_token),
    })
}

/// Below a path mirror there may be nothing at the path itself: 404 after a challenge was
/// answered is no rejection.
async fn check_accepted(
    remote: &Remote,
    request: &Request,
    response: &Response,
    header: &Authorization,
) -> Result<(), Outcome> {
    match response.status().as_u16() {
        200..=299 => {
            if request.method == Method::POST {
                cancel_upload(remote, response, Some(header)).await;
            }
            Ok(())
        }
        404 if remote.path() != "/v2" => Ok(()),
        401 => Err(Outcome::Rejected),
        status => Err(Outcome::Status { status }),
    }
}

/// Tidies up the upload that was started to see whether it may be; a failure leaves it to the
/// registry's own purge.
async fn cancel_upload(remote: &Remote, response: &Response, header: Option<&Authorization>) {
    let Ok(target) = read_location(response) else {
        return;
    };
    let own = portunus::token::trust::Origin::of(&target);
    if own.is_some() && own == remote.origin().ok() {
        let mut request = Request::new(Method::DELETE, "");
        request.target = Target::Given(target);
        let _ = remote.send(&request, header).await;
    }
}

/// A repository as it is requested at a host, without what the host's own path says already.
fn strip_host_path<'a>(path: &str, repository: &'a Repository) -> &'a str {
    let prefix = path.strip_prefix("/v2/").unwrap_or_default();
    let rest = repository.as_str().strip_prefix(prefix);
    let rest = rest.and_then(|rest| rest.strip_prefix('/'));
    rest.unwrap_or(repository.as_str())
}
