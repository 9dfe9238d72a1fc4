//! `portunus logout`: removes what a login stored, in every spelling and every store.

use std::collections::BTreeSet;

use clap::Args;
use portunus::hosts::HostsDirectories;
use portunus::name::{CredentialKey, HostPattern};
use portunus::store::{Entry, Removal};

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
    let Removal {
        removed, errors, ..
    } = if arguments.all {
        let at = arguments.server.as_ref().map(|_| &target);
        let (profile, hosts) = (context.profile.clone(), context.hosts());
        remove(at.is_none(), context, |key| {
            *key.profile() == profile && at.is_none_or(|target| is_at(key, target, &hosts))
        })?
    } else {
        let authorities = target.authorities(target.registry_namespace.as_ref(), &context.hosts());
        let keys = authorities.into_iter().map(|it| target.key(it));
        let keys: Vec<CredentialKey> = keys.collect();
        let mut outcome = Removal::default();
        for store in context.stores()?.all() {
            outcome.add_all(store.remove_all(&keys));
        }
        outcome
    };
    let lines: String = removed.iter().map(described).collect();
    output::result(&lines, context.streams)?;
    let mut errors = errors.into_iter();
    if let Some(error) = errors.next() {
        context.warn_about(&errors.collect::<Vec<_>>());
        return Err(error.into());
    }
    if removed.is_empty() {
        return Err(nothing_removed(&target, arguments, context)?);
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
fn is_at(key: &CredentialKey, target: &Target, hosts: &HostsDirectories) -> bool {
    let Some(authority) = key.host().authority() else {
        return *key.host() == HostPattern::from(target.authority.clone());
    };
    authority.host() == target.authority.host()
        && target
            .authorities(key.registry_namespace(), hosts)
            .contains(authority)
}

fn described(entry: &Entry) -> String {
    let username = entry.username.as_deref().unwrap_or("?").escape_debug();
    format!(
        "removed {username} at {} from {}\n",
        entry.key, entry.location
    )
}

fn nothing_removed(
    target: &Target,
    arguments: &LogoutArguments,
    context: &Context<'_>,
) -> Result<Failure, Failure> {
    let message = match (arguments.all, &arguments.server) {
        (true, None) => "nothing is stored".to_owned(),
        (true, Some(_)) => format!("nothing is stored for {}", target.authority),
        _ => format!(
            "nothing is stored for {}",
            target.key(target.authority.clone())
        ),
    };
    let failure = Failure::new(Exit::NotFound, message);
    let failure = match context.stores()?.note_about_sudo() {
        Some(note) => failure.detail(note),
        None => failure,
    };
    Ok(failure.help("`portunus list` shows what is stored"))
}
