use portunus::hosts::Host;
use portunus::name::{Authority, CredentialKey};
use portunus::token::trust::{Consent, RefusalKind};
use portunus_http::{Client, Error, ErrorKind, Outcome};

use super::input::with_input;
use super::{Found, LoginArguments};
use crate::client::http;
use crate::commands::login_command;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::waiting::Waiting;

/// After a plain login: which mirrors of the same registry namespace have no login yet.
pub(super) fn after_plain_login(found: &Found, context: &mut Context<'_>) -> Result<(), Failure> {
    let mut lines = String::new();
    for host in mirrors(found) {
        match is_logged_in(host, found, context)? {
            true => lines.push_str(&format!("mirror {}: logged in\n", host.host)),
            false => {
                let command =
                    login_command(&found.registry_namespace, host, &context.settings.profile);
                lines.push_str(&format!("mirror {}: not logged in: {command}\n", host.host));
            }
        }
    }
    output::result(&lines, context.streams)
}

/// The registry lets anybody in.
pub(super) fn asks_for_nothing(found: &Found, key: &CredentialKey) -> Failure {
    let message = format!(
        "{} asks for no credential: nothing was stored",
        found.host.host
    );
    let failure = Failure::new(Exit::NotLoggedIn, message);
    match key.repository() {
        None => failure
            .help("add --repository NAME to be checked where you may push")
            .help("or --no-verify to store the login unchecked"),
        Some(_) => failure.help("add --no-verify to store the login unchecked"),
    }
}

/// Asks the person at the terminal whether a foreign realm is to be trusted; its URL if so.
pub(super) fn trusted_by_hand(
    error: &Error,
    client: &Client,
    found: &Found,
    key: &CredentialKey,
    answered: bool,
    context: &mut Context<'_>,
) -> Result<Option<String>, Failure> {
    let refused = error.hosts.iter().find_map(|report| match &report.outcome {
        Outcome::Refused(refusal) if refusal.kind == RefusalKind::ForeignRealm => Some(refusal),
        _ => None,
    });
    let Some(refusal) = refused.filter(|_| !answered && context.streams.terminals.stdin) else {
        return Ok(None);
    };
    let waiting = Waiting::new(format!("asking {}", found.authority), context.streams);
    let probe =
        http::block_on(client.probe(&found.host, &found.registry_namespace, &Consent::none(key)))?;
    drop(waiting);
    let Some(realm) = probe.realm else {
        return Ok(None);
    };
    let question = format!("{}\ntrust {realm} with this login? [y/N] ", refusal.message);
    let answer = context.streams.prompt.line(&question).unwrap_or_default();
    Ok(matches!(answer.trim(), "y" | "Y" | "yes").then_some(realm))
}

/// Why the login failed, and what to do. `stored` is where the credential that was rejected is
/// stored already.
pub(super) fn failed(
    error: &Error,
    stored: Option<&str>,
    found: &Found,
    key: &CredentialKey,
    arguments: &LoginArguments,
    context: &Context<'_>,
) -> Failure {
    let mut failure = http::failure(error, None);
    if arguments.insecure_registry && error.kind == ErrorKind::Trust {
        // The next try reaches the host the same way.
        let flag = " --insecure-registry";
        let next = failure.help.iter_mut();
        next.filter(|help| help.starts_with("portunus login") && !help.contains(flag))
            .for_each(|help| help.push_str(flag));
    }
    if let Some(location) = stored {
        failure.message =
            format!("the stored login {key} in {location} was rejected: it is left as it is");
        failure = failure.help(with_input(key));
    } else if error.kind == ErrorKind::Rejected {
        failure.message = format!("{key} rejected the credential: nothing was stored");
        failure = failure.help("check the username and the password, and log in again");
    } else if error.kind == ErrorKind::NotFound {
        // Neither an image nor an entry: nobody here speaks as a registry.
        failure.exit = Exit::Failed;
        failure = failure.help(format!(
            "see whether {} is a registry; a path before /v2/ belongs into hosts.toml",
            found.authority
        ));
    }
    let unreachable = matches!(error.kind, ErrorKind::Network);
    if unreachable && key.registry_namespace().is_none() {
        for host in mirrors(found) {
            if let Ok(false) = is_logged_in(host, found, context) {
                failure = failure.help(login_command(
                    &found.registry_namespace,
                    host,
                    &context.settings.profile,
                ));
            }
        }
    }
    failure
}

/// The other hosts of the registry namespace.
fn mirrors(found: &Found) -> impl Iterator<Item = &Host> {
    found
        .siblings
        .iter()
        .filter(|host| !host.is_server && host.host != found.host.host)
}

fn is_logged_in(host: &Host, found: &Found, context: &Context<'_>) -> Result<bool, Failure> {
    let Ok(authority) = Authority::of_host(&host.scheme, &host.host) else {
        return Ok(false);
    };
    let scoped = CredentialKey::plain(authority.clone())
        .with_registry_namespace(found.registry_namespace.clone());
    let plain = CredentialKey::plain(authority.clone());
    let wanted = [scoped, plain].map(|key| key.with_profile(context.settings.profile.clone()));
    for source in context.settings.sources()? {
        // A source that fails now is told about when it is needed.
        let Ok(entries) = source.entries(&authority) else {
            continue;
        };
        if entries
            .entries
            .iter()
            .any(|entry| wanted.contains(&entry.key))
        {
            return Ok(true);
        }
    }
    Ok(false)
}
