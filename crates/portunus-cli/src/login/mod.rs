//! `portunus login`: nothing is stored before the host was asked and accepted the credential.

mod advice;
pub(crate) mod arguments;
mod input;
mod terminal;

use portunus::credential::Credential;
use tracing::info;

use crate::context::Context;
use crate::exit::Exit;
use crate::explain::client::{explain_target, explain_unknown_store};
use crate::explain::warnings::describe_kept;
use crate::failure::Failure;
use crate::output;
use crate::streams::Streams;
use arguments::LoginArguments;
use portunus_client::Settings;
use portunus_client::login::{
    Limits, Login, LoginError, LoginHost, LoginReport, LoginRequest, LoginTarget,
};
use terminal::AtTerminal;

pub(crate) fn run(arguments: &LoginArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let stored_by = context.streams.messages.program.stored_by();
    input::refuse_unusable(arguments)?;
    let request = request(arguments, &context.settings, stored_by)?;
    context.look_at_stores_of_login()?;
    context.look_at_hosts_directories();
    let (settings, streams) = (&context.settings, &mut *context.streams);
    let given = input::read_given(arguments, streams)?;
    if arguments.all_hosts {
        let hosts = LoginHost::find_all(&request, settings)?;
        let logins = hosts.iter().map(|at| Login::new(&request, at, settings));
        return Ok(log_in_to_each(logins, given.as_ref(), streams));
    }
    let host = LoginHost::find(&request, settings).map_err(advice::explain_missing_host)?;
    advice::warn_if_unlisted(&host, &request, streams);
    let mut login = Login::new(&request, &host, settings);
    log_in(&mut login, given, streams)?;
    match request.target.registry_namespace {
        None => advice::list_mirrors(&login, streams),
        Some(_) => Ok(Exit::Done),
    }
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
    let server = arguments.server.as_deref();
    let target = LoginTarget::read(server, limits);
    let target = target.map_err(|error| explain_target(error, "login", server))?;
    let mut request = LoginRequest::new(target);
    request.username.clone_from(&arguments.username);
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
    streams: &mut Streams,
) -> Exit {
    let mut first = Exit::Done;
    for mut login in logins {
        if let Err(failure) = log_in(&mut login, given.cloned(), streams) {
            let exit = output::failure(&failure, streams);
            if first == Exit::Done {
                first = exit;
            }
        }
    }
    first
}

fn log_in(
    login: &mut Login<'_>,
    given: Option<Credential>,
    streams: &mut Streams,
) -> Result<Exit, Failure> {
    info!(host = login.at.host.host, key = %login.key, "logging in");
    let done = login.carry_out(given, &mut AtTerminal::new(streams));
    let report = done.map_err(|error| match error {
        LoginError::Client(error) => advice::explain(login, error),
        LoginError::Person(failure) => failure,
        other => Failure::new(Exit::Failed, other.to_string()),
    })?;
    tell(&report, streams)?;
    advice::tell_of_http(login, streams)
}

fn tell(report: &LoginReport, streams: &mut Streams) -> Result<Exit, Failure> {
    let (key, location) = (&report.key, &report.location);
    info!(%key, %location, "stored");
    for note in &report.notes {
        output::warning(&note.to_string(), None, streams);
    }
    for warning in &report.warnings {
        let message = describe_kept(warning, "--store or PORTUNUS_STORE");
        output::warning(&message, None, streams);
    }
    if let Some(place) = &report.preceded_by {
        let message =
            format!("{place} holds a login for `{key}`, which comes first: this one is not used");
        output::warning(&message, Some("unset DOCKER_AUTH_CONFIG".into()), streams);
    }
    let outcome = match report.verified {
        Some(_) => "login succeeded",
        None => "stored, not checked",
    };
    let username = report.username.as_deref().unwrap_or("an identity token");
    let lines = [
        format!("{outcome}: {username} at {key}"),
        format!("stored in {location}"),
    ];
    output::result(lines, streams)
}
