use portunus::name::{Authority, RegistryNamespace};
use portunus::remedy::{Advise, HostsKey, LogIn, Remedy};
use portunus::resolve::{hosts_entry, missing_login};
use portunus_http::{Error, ErrorKind, HostFailure, Outcome, TlsProblem};

use super::input::with_input;
use crate::exit::Exit;
use crate::explain::explain_hosts;
use crate::failure::Failure;
use crate::help::Help;
use crate::output;
use crate::streams::Streams;
use portunus_client::ClientError;
use portunus_client::login::Login;
use portunus_client::login::LoginHost;
use portunus_client::login::LoginRequest;

/// Why there is no host to log in to, and those that there are.
pub(super) fn explain_missing_host(error: ClientError, request: &LoginRequest) -> Failure {
    let message = error.to_string();
    let listed = match error {
        ClientError::Unlisted { listed, .. } => listed,
        other => return other.into(),
    };
    let failure = Failure::new(Exit::Usage, message).detail(match &listed.dir {
        Some(dir) => format!("{} lists:", dir.display()),
        None => "no hosts directory has an entry for it; its only host is:".to_owned(),
    });
    let lines = listed
        .hosts
        .iter()
        .map(|host| format!("  {}://{}", host.scheme, host.host));
    let failure = lines.fold(failure, Failure::detail);
    // Whoever means a mirror is not to show its password to the registry itself.
    let own = Authority::of_registry_namespace(&listed.registry_namespace);
    let others = listed.hosts.iter().filter(|host| {
        let authority = Authority::of_host(&host.scheme, &host.host);
        authority.ok() != own
    });
    let logins =
        others.map(|host| missing_login(&listed.registry_namespace, host, &request.target.profile));
    let file = match &listed.dir {
        Some(dir) => dir.join("hosts.toml").display().to_string(),
        None => format!("certs.d/{}/hosts.toml", listed.registry_namespace),
    };
    let host = &request.target.host;
    logins.fold(failure, Failure::help).help(format!(
        "list it in {file}: [host.\"https://{host}\"]; other hosts directories are named with --hosts-dir"
    ))
}

/// Tells that a login at this host will not be used, where that is so.
pub(super) fn warn_if_unlisted(at: &LoginHost, request: &LoginRequest, streams: &mut Streams) {
    if at.is_listed {
        return;
    }
    let name = &at.registry_namespace;
    if request.target.registry_namespace.is_some() {
        return output::warning(&is_no_host(request, name), None, streams);
    }
    let message =
        format!("a pull of {name} does not ask that host, so this login will not be used");
    let hosts = at.siblings.iter();
    let scoped = hosts.map(|host| missing_login(name, host, &request.target.profile).into());
    output::warning_with(&message, &scoped.collect::<Vec<_>>(), streams);
}

/// After a plain login: which mirrors of the same registry namespace have no login yet.
pub(super) fn list_mirrors(login: &Login<'_>, streams: &mut Streams) -> Result<(), Failure> {
    let (name, profile) = (&login.at.registry_namespace, &login.settings.profile);
    let mut lines: Vec<String> = Vec::new();
    for host in login.at.mirrors() {
        let line = match login.is_logged_in_at(host)? {
            true => format!("mirror {}: logged in", host.host),
            false => {
                let command = Help::from(missing_login(name, host, profile));
                let command = command.text(streams.messages.program());
                let command = command.map_or_else(String::new, |it| format!(": {it}"));
                format!("mirror {}: not logged in{command}", host.host)
            }
        };
        // It may be listed for both schemes, and for more than one path.
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    output::result(lines, streams)
}

/// After a login over plain http: what `hosts.toml` must hold, where pulls would ask over https.
pub(super) fn tell_of_http(login: &Login<'_>, streams: &mut Streams) -> Result<(), Failure> {
    let (host, name) = (&login.at.host, &login.at.registry_namespace);
    if host.scheme != "http" || login.at.is_pulled_over_http(login.settings)? {
        return Ok(());
    }
    let entry = hosts_entry(host, name, HostsKey::PlainHttp);
    let told = entry.map(|entry| format!("pulls ask {} over https: {entry}", host.host));
    output::result(told, streams)
}

/// Why nobody is logged in, and what to do.
pub(super) fn explain(login: &Login<'_>, error: ClientError) -> Failure {
    let message = error.to_string();
    match error {
        ClientError::OpenHost(_) => explain_open_host(login, error.into()),
        ClientError::Registry(error) => explain_host(login, &error, None),
        ClientError::StoredRejected { error, .. } => explain_host(login, &error, Some(message)),
        ClientError::NobodyToAsk(key) => {
            let problem = "there is no terminal to ask for the password";
            Failure::new(Exit::Usage, problem)
                .help(with_input(&key, login.request.username.as_deref()))
        }
        other => other.into(),
    }
}

/// The registry lets anybody in.
fn explain_open_host(login: &Login<'_>, failure: Failure) -> Failure {
    match login.key.repository() {
        None => failure
            .help("add --repository NAME to be checked where you may push")
            .help("or --no-verify to store the login unchecked"),
        Some(_) => failure.help("add --no-verify to store the login unchecked"),
    }
}

/// Why the host did not accept the login, and what to do. `stored`: that it is the one that is stored
/// already.
fn explain_host(login: &Login<'_>, error: &Error, stored: Option<String>) -> Failure {
    let key = &login.key;
    let mut failure = explain_hosts(error, None);
    if login.request.insecure_registry {
        failure.help = insecurely(error).into_iter().map(Help::from).collect();
    }
    if let Some(message) = stored {
        failure.message = message;
        failure = failure.help(with_input(key, None));
    } else if let Some(repository) = denied(error, login) {
        failure.message =
            format!("{key}: the account may not use {repository}: nothing was stored");
        failure = failure
            .help("name a repository that it may use with --repository NAME")
            .help("or add --no-verify to store the login unchecked");
    } else if error.kind == ErrorKind::Rejected {
        failure.message = format!("{key} rejected the credential: nothing was stored");
        failure = failure.help("check the username and the password, and log in again");
        if login.at.authority.is_docker_hub() {
            failure = failure.help(
                "Docker Hub wants a personal access token in place of the password where two-factor \
                 authentication or single sign-on is set up",
            );
        }
    } else if error.kind == ErrorKind::NotFound {
        // Neither an image nor an entry: nobody here speaks as a registry.
        failure.exit = Exit::Failed;
        failure = failure.help(format!(
            "see whether {} is a registry; a path before /v2/ belongs into hosts.toml",
            login.at.authority
        ));
    }
    for report in &error.hosts {
        let Some(problem) = report.outcome.tls_problem() else {
            continue;
        };
        if matches!(problem, TlsProblem::NoTls) {
            let again = Help::from(Remedy::from(LogIn::new(key.clone())));
            failure = failure.help(again.followed_by(" --plain-http"));
        }
        let remedy = problem.remedy(&login.at.host, &login.at.registry_namespace);
        failure = remedy.into_iter().fold(failure, Failure::help);
    }
    let unreachable = matches!(error.kind, ErrorKind::Network);
    if unreachable && key.registry_namespace().is_none() {
        let (name, profile) = (&login.at.registry_namespace, &login.settings.profile);
        for host in login.at.mirrors() {
            if let Ok(false) = login.is_logged_in_at(host) {
                failure = failure.help(missing_login(name, host, profile));
            }
        }
    }
    failure
}

/// What the host does not let the account do, where it says no more than that.
fn denied(error: &Error, login: &Login<'_>) -> Option<String> {
    let is_denied = |outcome: &Outcome| {
        matches!(
            outcome,
            Outcome::Host(HostFailure::Denied { .. } | HostFailure::LacksScope { .. })
        )
    };
    let repository = login.key.repository();
    let repository = repository.map_or_else(|| "this host".to_owned(), ToString::to_string);
    let denied = error.hosts.iter().any(|report| is_denied(&report.outcome));
    denied.then_some(repository)
}

/// The next try reaches the host as this one did, without its certificate being verified.
fn insecurely(error: &Error) -> Vec<Remedy> {
    let again = |remedy| match remedy {
        Remedy::LogIn(log_in) => log_in.with_insecure_registry(true).into(),
        other => other,
    };
    error.remedies().into_iter().map(again).collect()
}

fn is_no_host(request: &LoginRequest, registry_namespace: &RegistryNamespace) -> String {
    let host = &request.target.host;
    format!("{host} is no host of registry namespace {registry_namespace}")
}
