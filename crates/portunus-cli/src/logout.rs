//! `portunus logout`: removes what a login stored, in every spelling and every store.

use std::collections::BTreeSet;

use clap::Args;
use portunus::credential::printable_username;
use portunus::hosts::HostsTree;
use portunus::name::{CredentialKey, HostPattern};
use portunus::store::{Entry, Removal, SourceKind};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::target::{Flags, Target};

#[derive(Debug, Args)]
#[command(after_help = "\
Without SERVER it is Docker Hub. Only the active profile is touched.

Examples:
  portunus logout reg.test
  portunus logout --registry-namespace docker.io mirror.test:5000
  portunus logout 'mirror.test:5000?ns=docker.io&path=team'
  portunus logout --all mirror.test:5000
  portunus logout --all")]
pub(crate) struct LogoutArguments {
    /// The host, HOST[:PORT]; also a login as messages show it,
    /// HOST[:PORT]?ns=NAMESPACE&path=PREFIX, and endpoint://NAMESPACE/HOST[:PORT]
    server: Option<String>,
    /// Remove the login for this registry namespace only
    #[arg(long, value_name = "NAMESPACE", conflicts_with = "all")]
    registry_namespace: Option<String>,
    /// Remove the login for repositories under this prefix only
    #[arg(long, value_name = "PREFIX", conflicts_with = "all")]
    repository: Option<String>,
    /// Remove every login at the host, globs over hosts left out; without a host, every login
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(arguments: &LogoutArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let flags = Flags {
        registry_namespace: arguments.registry_namespace.as_deref(),
        repository: arguments.repository.as_deref(),
        profile: &context.profile,
    };
    let target = Target::read(arguments.server.as_deref(), flags)?;
    let limited = target.registry_namespace.is_some() || target.repository.is_some();
    if arguments.all && limited {
        let message = "--all removes every login at the host, not those of one registry namespace \
                       or repository";
        return Err(Failure::new(Exit::Usage, message)
            .help("leave --all out, or name nothing but the host"));
    }
    let (outcome, remaining) = if arguments.all {
        let at = arguments.server.as_ref().map(|_| &target);
        let (profile, hosts) = (context.profile.clone(), context.hosts());
        let wanted = |key: &CredentialKey| {
            *key.profile() == profile && at.is_none_or(|target| is_at(key, target, &hosts))
        };
        let outcome = remove(at.is_none(), context, wanted)?;
        (outcome, remaining(context, wanted)?)
    } else {
        let authorities = target.authorities(target.registry_namespace.as_ref(), &context.hosts());
        let keys = authorities.into_iter().map(|it| target.key(it));
        let keys: Vec<CredentialKey> = keys.collect();
        let mut outcome = Removal::default();
        for store in context.stores()?.all() {
            outcome.add_all(store.remove_all(&keys));
        }
        (outcome, remaining(context, |key| keys.contains(key))?)
    };
    let Removal {
        removed, errors, ..
    } = outcome;
    let lines: String = removed.iter().map(described).collect();
    output::result(&lines, context.streams)?;
    if removed.is_empty() && errors.is_empty() {
        return Err(nothing_removed(&remaining, &target, arguments, context)?);
    }
    for entry in &remaining {
        output::warning(&stays(entry), Some(way_out(entry)), context.streams);
    }
    let mut errors = errors.into_iter();
    if let Some(error) = errors.next() {
        context.warn_about(&errors.collect::<Vec<_>>());
        return Err(error.into());
    }
    Ok(Exit::Done)
}

/// Removes everything whose key satisfies a test; `everything` where that is every login there is.
fn remove(
    everything: bool,
    context: &mut Context<'_>,
    wanted: impl Fn(&CredentialKey) -> bool,
) -> Result<Removal, Failure> {
    let mut outcome = Removal::default();
    for store in context.stores()?.all() {
        let listed = match store.list() {
            Ok(listed) => listed,
            Err(error) => {
                outcome.errors.push(error);
                continue;
            }
        };
        match everything {
            // What was passed over may be a login, and is still there.
            true => outcome.errors.extend(listed.warnings),
            false => context.warn_about(&listed.warnings),
        }
        let keys = listed.entries.into_iter().map(|entry| entry.key);
        let keys: BTreeSet<CredentialKey> = keys.filter(|key| wanted(key)).collect();
        outcome.add_all(store.remove_all(&keys.into_iter().collect::<Vec<_>>()));
    }
    Ok(outcome)
}

/// Whether a login is stored for this host, in any of its spellings. A glob that covers the host
/// serves others, too: it goes where it is named itself.
fn is_at(key: &CredentialKey, target: &Target, hosts: &HostsTree) -> bool {
    let Some(authority) = key.host().authority() else {
        return *key.host() == HostPattern::from(target.authority.clone());
    };
    authority.host() == target.authority.host()
        && target
            .authorities(key.registry_namespace(), hosts)
            .contains(authority)
}

/// What the places that are never written to hold, as far as that is known without a helper.
fn remaining(
    context: &Context<'_>,
    wanted: impl Fn(&CredentialKey) -> bool,
) -> Result<Vec<Entry>, Failure> {
    let listed = context.stores()?.list_read_only().into_iter().flatten();
    let entries = listed.flat_map(|it| it.entries);
    Ok(entries
        .filter(|entry| entry.kind.is_some() && wanted(&entry.key))
        .collect())
}

fn stays(entry: &Entry) -> String {
    format!(
        "{} holds a login for `{}`, and is never written to",
        entry.location, entry.key
    )
}

fn way_out(entry: &Entry) -> &'static str {
    match entry.source {
        SourceKind::Environment => "unset DOCKER_AUTH_CONFIG",
        _ => "log out with the program that stored it there, such as `podman logout`",
    }
}

fn described(entry: &Entry) -> String {
    let username = printable_username(entry.username.as_deref().unwrap_or("?"));
    format!(
        "removed {username} at {} from {}\n",
        entry.key, entry.location
    )
}

fn nothing_removed(
    remaining: &[Entry],
    target: &Target,
    arguments: &LogoutArguments,
    context: &Context<'_>,
) -> Result<Failure, Failure> {
    let stored = match remaining {
        [] => "is stored",
        _ => "that can be removed is stored",
    };
    let message = match (arguments.all, &arguments.server) {
        (true, None) => format!("nothing {stored}"),
        (true, Some(_)) => format!("nothing {stored} for {}", target.authority),
        _ => {
            let key = target.key(target.authority.clone());
            format!("nothing {stored} for {key}")
        }
    };
    let mut failure = Failure::new(Exit::NotFound, message);
    if let Some(note) = context.stores()?.note_about_sudo() {
        failure = failure.detail(note);
    }
    if remaining.is_empty() {
        return Ok(failure.help("`portunus list` shows what is stored"));
    }
    for entry in remaining {
        failure = failure.detail(stays(entry));
        let help = way_out(entry);
        if !failure.help.iter().any(|given| given == help) {
            failure = failure.help(help);
        }
    }
    Ok(failure)
}
