//! `portunus login`: nothing is stored before the host was asked and accepted the credential.

mod advice;
pub(crate) mod arguments;
mod input;

use portunus::credential::Credential;
use portunus_http::{Client, Error, ErrorKind, LoginAnswer};
use tracing::info;

use crate::context::Context;
use crate::exit::Exit;
use crate::explain::client::{describe_kept, explain_unknown_store};
use crate::failure::Failure;
use crate::output;
use crate::streams::Streams;
use crate::waiting::Waiting;
use arguments::LoginArguments;
use portunus_client::Settings;
use portunus_client::http;
use portunus_client::login::LoginHost;
use portunus_client::login::LoginRequest;
use portunus_client::login::{Limits, LoginTarget};
use portunus_client::login::{Login, Offered, Verified};

pub(crate) fn run(arguments: &LoginArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let stored_by = context.streams.messages.program().stored_by();
    input::refuse_unusable(arguments)?;
    let request = request(arguments, &context.settings, stored_by)?;
    context.look_at_stores_of_login()?;
    let (settings, streams) = (&context.settings, &mut *context.streams);
    let given = input::read_given(arguments, streams)?;
    let username = arguments.username.as_deref();
    if arguments.all_hosts {
        let hosts = LoginHost::find_all(&request, settings)?;
        let logins = hosts.iter().map(|at| Login::new(&request, at, settings));
        return Ok(log_in_to_each(logins, given.as_ref(), username, streams));
    }
    let host = LoginHost::find(&request, settings)
        .map_err(|error| advice::explain_missing_host(error, &request))?;
    advice::warn_if_unlisted(&host, &request, streams);
    let mut login = Login::new(&request, &host, settings);
    log_in(&mut login, given.as_ref(), username, streams)?;
    if request.target.registry_namespace.is_none() {
        advice::list_mirrors(&login, streams)?;
    }
    Ok(Exit::Done)
}

fn request(
    arguments: &LoginArguments,
    settings: &Settings,
    stored_by: String,
) -> Result<LoginRequest, Failure> {
    let mut limits = Limits::of_profile(&settings.profile);
    limits.registry_namespace = arguments.registry_namespace.as_deref();
    limits.repository = arguments.repository.as_deref();
    let store = arguments.store.as_deref().map(str::parse).transpose();
    let store = store.map_err(|error| explain_unknown_store(&error))?;
    let mut request = LoginRequest::new(LoginTarget::read(arguments.server.as_deref(), limits)?);
    request.store = store;
    request.trusted_realm.clone_from(&arguments.trust_realm);
    request.plain_http = arguments.plain_http;
    request.insecure_registry = arguments.insecure_registry;
    request.verify = !arguments.no_verify;
    request.stored_by = Some(stored_by);
    Ok(request)
}

/// Logs in to one host after the other. One that fails does not keep the others from being logged
/// in to; the program then ends as the first failure says.
fn log_in_to_each<'a>(
    logins: impl Iterator<Item = Login<'a>>,
    given: Option<&Credential>,
    username: Option<&str>,
    streams: &mut Streams,
) -> Exit {
    let mut first = Exit::Done;
    for mut login in logins {
        if let Err(failure) = log_in(&mut login, given, username, streams) {
            let exit = output::failure(&failure, streams);
            if first == Exit::Done {
                first = exit;
            }
        }
    }
    first
}

/// Logs in to one host: asks for the credential, checks it there, stores it.
fn log_in(
    login: &mut Login<'_>,
    given: Option<&Credential>,
    username: Option<&str>,
    streams: &mut Streams,
) -> Result<(), Failure> {
    info!(host = login.at.host.host, key = %login.key, "logging in");
    // What cannot be stored is not asked for, nor shown to a host.
    login.choose_store()?;
    let offered = input::obtain(login, given, username, streams)?;
    let (credential, verified) = match login.request.verify {
        true => verify(login, offered, username, streams)?,
        false => (offered.credential, None),
    };
    let outcome = match verified {
        Some(_) => "login succeeded",
        None => "stored, not checked",
    };
    let stored = login.store(&credential, verified)?;
    let key = &login.key;
    info!(%key, location = %stored.location, "stored");
    for warning in &stored.warnings {
        output::warning(&describe_kept(warning), None, streams);
    }
    if let Some(place) = login.settings.stores()?.find_preceding(key) {
        let message =
            format!("{place} holds a login for `{key}`, which comes first: this one is not used");
        output::warning(&message, Some("unset DOCKER_AUTH_CONFIG".into()), streams);
    }
    let username = credential.username().unwrap_or("an identity token");
    let lines = [
        format!("{outcome}: {username} at {key}"),
        format!("stored in {}", stored.location),
    ];
    output::result(lines, streams)?;
    advice::tell_of_http(login, streams)
}

/// Has the host accept the credential; what is to be stored is an identity token, where the host
/// gave one.
fn verify(
    login: &mut Login<'_>,
    mut offered: Offered,
    username: Option<&str>,
    streams: &mut Streams,
) -> Result<(Credential, Option<Verified>), Failure> {
    let client = http::client(login.settings)?;
    loop {
        let waiting = Waiting::new(format!("asking {}", login.at.authority), streams);
        let answer = http::block_on(login.verify(&offered.credential, &client))?;
        drop(waiting);
        match answer {
            Ok(LoginAnswer::Accepted {
                realm,
                identity_token,
                warnings,
                ..
            }) => {
                for warning in &warnings {
                    output::warning(&warning.to_string(), None, streams);
                }
                let realm = realm.or_else(|| login.trusted_realm.clone());
                let verified = Verified::new((login.settings.environment().now)(), realm);
                let credential = identity_token.unwrap_or(offered.credential);
                return Ok((credential, Some(verified)));
            }
            Ok(_) => return Err(advice::explain_open_host(login)),
            Err(error) => offered = try_again(login, &error, offered, username, &client, streams)?,
        }
    }
}

/// What the next try is made with, after the person at the terminal trusted a realm or typed
/// another credential.
fn try_again(
    login: &mut Login<'_>,
    error: &Error,
    offered: Offered,
    username: Option<&str>,
    client: &Client,
    streams: &mut Streams,
) -> Result<Offered, Failure> {
    if let Some(realm) = input::ask_trust(login, error, client, streams)? {
        login.trusted_realm = Some(realm);
        return Ok(offered);
    }
    let location = offered.location.map(|it| it.to_string());
    let rejected = location
        .as_deref()
        .filter(|_| error.kind == ErrorKind::Rejected);
    if let Some(location) = rejected
        && let Some(another) = input::replace_rejected(login, location, username, streams)?
    {
        return Ok(another);
    }
    Err(advice::explain(login, error, rejected))
}
