use portunus::authorizer::{Account, Conduct, HostFailure, Method, Target, Warning};
use portunus::credential::Credential;
use portunus::hosts::Host;
use portunus::name::{RegistryNamespace, Repository};
use portunus::token::trust::Consent;
use portunus::token::{Authentication, Scopes};

use crate::ask::web_page::refuse_web_page;
use crate::outcome::Outcome;
use crate::outcome::error::Error;
use crate::outcome::report::HostReport;
use crate::wire::client::Client;
use crate::wire::remote::{Answer, Remote};
use crate::wire::request::Request;

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
        /// What the user should be told.
        warnings: Vec<Warning>,
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
        let ledger = self.ledger_without_plan();
        let LoginCheck {
            host,
            registry_namespace,
            consent,
            credential,
            ..
        } = check;
        let begin = || {
            Remote::new(
                self,
                ledger.login(host, registry_namespace, credential, consent),
            )
        };
        let remote = begin();
        let answer = check_at(&remote, check.repository, begin).await;
        answer.map_err(|outcome| {
            // It may have been asked over http in the end.
            let name = remote.name();
            let report = HostReport {
                host: name.clone(),
                phase: None,
                outcome,
                shown: remote.authorizer.report().shown,
            };
            Error::of_hosts(format!("cannot log in to {name}"), vec![report])
        })
    }
}

/// `reader` asks as if nothing had been asked before.
async fn check_at(
    remote: &Remote,
    repository: Option<&Repository>,
    reader: impl FnOnce() -> Remote,
) -> Result<LoginAnswer, Outcome> {
    let mut door = Request::to(Method::Get, Target::Door);
    if let Some(repository) = repository {
        door = door.with_scopes(Scopes::repository(repository, &["pull"]));
    }
    let answer = remote.ask(&door).await?;
    refuse_web_page(&answer.response)?;
    if answer.is_success() && is_unasked(remote) {
        return match repository {
            Some(repository) => check_repository(remote, repository, reader).await,
            None => Ok(LoginAnswer::AsksForNothing),
        };
    }
    match answer.status() {
        200..=299 => Ok(accepted(remote)),
        // Below a path mirror there may be nothing at the path itself: after a challenge was
        // answered that is no rejection.
        404 if !is_unasked(remote) && remote.authorizer.path() != "/v2" => Ok(accepted(remote)),
        _ => Err(answer.refusal()),
    }
}

/// Checks a credential where anybody may read, by what only some may do: push; or read, where an
/// account may not push, what nobody without one may.
async fn check_repository(
    remote: &Remote,
    repository: &Repository,
    reader: impl FnOnce() -> Remote,
) -> Result<LoginAnswer, Outcome> {
    let path = remote.authorizer.path();
    let path = strip_host_path(&path, repository);
    let post = Request::new(Method::Post, format!("/{path}/blobs/uploads/"))
        .with_scopes(Scopes::repository(repository, &["pull", "push"]))
        .with_conduct(Conduct::Stay);
    let refusal = match remote.ask(&post).await {
        Ok(answer) if answer.is_success() => {
            cancel_upload(remote, &answer).await;
            return Ok(match is_unasked(remote) {
                true => LoginAnswer::AsksForNothing,
                false => accepted(remote),
            });
        }
        Ok(answer) => answer.refusal(),
        Err(outcome @ Outcome::Host(HostFailure::Rejected { .. })) => return Err(outcome),
        Err(outcome) => outcome,
    };
    let reader = reader();
    let list = Request::new(Method::Get, format!("/{path}/tags/list"))
        .with_scopes(Scopes::repository(repository, &["pull"]));
    let knock = list.clone().with_conduct(Conduct::Knock);
    if reader.ask(&knock).await?.status() == 401
        && reader
            .ask(&list)
            .await
            .is_ok_and(|answer| answer.is_success())
    {
        return Ok(accepted(&reader));
    }
    Err(refusal)
}

/// What is known of a host that accepted the credential.
fn accepted(remote: &Remote) -> LoginAnswer {
    let settled = remote.authorizer.settled();
    let scheme = settled.authentication.as_ref().map(Authentication::scheme);
    let realm = settled.realm.map(|mut realm| {
        realm.set_query(None);
        realm.set_fragment(None);
        realm.into()
    });
    LoginAnswer::Accepted {
        scheme: scheme.unwrap_or("Basic"),
        realm,
        identity_token: settled.identity_token,
        warnings: remote.authorizer.take_warnings(),
    }
}

fn is_unasked(remote: &Remote) -> bool {
    remote.authorizer.settled().account == Account::Unasked
}

/// Tidies up the upload that was started to see whether it may be; a failure leaves it to the
/// registry's own purge.
async fn cancel_upload(remote: &Remote, answer: &Answer) {
    if let Ok(target) = answer.onward()
        && !target.is_away()
    {
        let delete = Request::to(Method::Delete, Target::Onward(target));
        let _ = remote.ask(&delete.with_conduct(Conduct::Try)).await;
    }
}

/// A repository as it is requested at a host, without what the host's own path says already.
fn strip_host_path<'a>(path: &str, repository: &'a Repository) -> &'a str {
    let prefix = path.strip_prefix("/v2/").unwrap_or_default();
    let rest = repository.as_str().strip_prefix(prefix);
    let rest = rest.and_then(|rest| rest.strip_prefix('/'));
    rest.unwrap_or(repository.as_str())
}
