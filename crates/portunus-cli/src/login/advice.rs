use portunus::remedy::HostsKey;
use portunus::resolve::{hosts_entry, missing_login};
use portunus_http::{Error, ErrorKind, HostFailure, HostReport, Outcome};

use super::input::with_input;
use crate::each_once::each_once;
use crate::exit::Exit;
use crate::explain::explain_hosts;
use crate::failure::Failure;
use crate::help::Help;
use crate::output;
use crate::streams::Streams;
use portunus_client::ClientError;
use portunus_client::login::{Login, LoginHost, LoginRequest};

/// Why there is no host to log in to, and those that there are.
pub(super) fn explain_missing_host(error: ClientError) -> Failure {
    let (host, listed) = match &error {
        ClientError::Unlisted { host, listed, .. } => (host.clone(), listed.clone()),
        _ => return error.into(),
    };
    let (lists, file) = match &listed.dir {
        Some(dir) => {
            let file = dir.join("hosts.toml").display().to_string();
            (format!("{} lists:", dir.display()), file)
        }
        None => (
            "no hosts directory has an entry for it; its only host is:".to_owned(),
            format!("certs.d/{}/hosts.toml", listed.registry_namespace),
        ),
    };
    let hosts = listed.hosts.iter();
    let hosts = hosts.map(|host| format!("  {}://{}", host.scheme, host.host));
    hosts.fold(Failure::from(error).detail(lists), Failure::detail).help(format!(
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
        let host = &request.target.host;
        let message = format!("{host} is no host of registry namespace {name}");
        return output::warning(&message, None, streams);
    }
    let message =
        format!("a pull of {name} does not ask that host, so this login will not be used");
    let hosts = at.siblings.iter();
    let scoped = hosts.map(|host| missing_login(name, host, &request.target.profile).into());
    output::warning_with(&message, &scoped.collect::<Vec<_>>(), streams);
}

/// After a plain login: which mirrors of the same registry namespace have no login yet.
pub(super) fn list_mirrors(login: &Login<'_>, streams: &mut Streams) -> Result<Exit, Failure> {
    let mut lines = Vec::new();
    for host in login.at.mirrors() {
        lines.push(match login.is_logged_in_at(host)? {
            true => format!("mirror {}: logged in", host.host),
            false => {
                let command = Help::from(login.login_at(host));
                let command = command.text(&streams.messages.program);
                let command = command.map_or_else(String::new, |it| format!(": {it}"));
                format!("mirror {}: not logged in{command}", host.host)
            }
        });
    }
    // It may be listed for both schemes, and for more than one path.
    output::result(each_once(lines), streams)
}

/// After a login over plain http: what `hosts.toml` must hold, where pulls would ask over https.
pub(super) fn tell_of_http(login: &Login<'_>, streams: &mut Streams) -> Result<Exit, Failure> {
    let (host, name) = (&login.at.host, &login.at.registry_namespace);
    if host.scheme != "http" || login.at.is_pulled_over_http(login.settings)? {
        return Ok(Exit::Done);
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
    failure.help = login.remedies(error).into_iter().map(Help::from).collect();
    if let Some(message) = stored {
        failure.message = message;
        failure = failure.help(with_input(key, None));
    } else if error.hosts.iter().any(is_denied) {
        let repository = key.repository().map(ToString::to_string);
        let repository = repository.unwrap_or_else(|| "this host".to_owned());
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
    failure
}

/// Whether the host does not let the account do it, and says no more than that.
fn is_denied(report: &HostReport) -> bool {
    matches!(
        report.outcome,
        Outcome::Host(HostFailure::Denied { .. } | HostFailure::LacksScope { .. })
    )
}
