//! `portunus login`: nothing is stored before the host was asked and accepted the credential.

mod advice;
mod arguments;
mod found;
mod input;

use portunus::credential::{Credential, printable_username};
use portunus::name::CredentialKey;
use portunus::store::Provenance;
use portunus::token::trust::Consent;
use portunus_http::{ErrorKind, LoginAnswer, LoginCheck};
use tracing::info;

use crate::client::http;
use crate::client::login::target::{Flags, Target};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::waiting::Waiting;
pub(crate) use arguments::LoginArguments;
use found::Found;
use input::Offered;

pub(crate) fn run(arguments: &LoginArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let flags = Flags {
        registry_namespace: arguments.registry_namespace.as_deref(),
        repository: arguments.repository.as_deref(),
        profile: &context.settings.profile,
    };
    let target = Target::read(arguments.server.as_deref(), flags)?;
    let given = input::given(arguments, context)?;
    if arguments.all_hosts {
        let every = Found::every_host(&target, arguments, context)?;
        return log_in_to_each(&every, given.as_ref(), &target, arguments, context);
    }
    let found = Found::host(&target, arguments, context)?;
    log_in(given.as_ref(), &target, &found, arguments, context)?;
    if target.registry_namespace.is_none() {
        advice::after_plain_login(&found, context)?;
    }
    Ok(Exit::Done)
}

/// Logs in to one host after the other. One that fails does not keep the others from being logged
/// in to; the program then ends as the first failure says.
fn log_in_to_each(
    every: &[Found],
    given: Option<&Credential>,
    target: &Target,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let mut first = Exit::Done;
    for found in every {
        if let Err(failure) = log_in(given, target, found, arguments, context) {
            let exit = output::failure(&failure, context.streams);
            if first == Exit::Done {
                first = exit;
            }
        }
    }
    Ok(first)
}

/// Logs in to one host: asks for the credential, checks it there, stores it.
fn log_in(
    given: Option<&Credential>,
    target: &Target,
    found: &Found,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let key = target.key(found.authority.clone());
    info!(host = found.host.host, %key, "logging in");
    let mut trusted_realm = arguments.trust_realm.clone();
    let store_for = |trusted_realm: &Option<String>, context: &Context<'_>| {
        let consented = trusted_realm.is_some() || arguments.plain_http;
        context
            .settings
            .stores()?
            .for_login(&key, arguments.store.as_deref(), consented)
    };
    // What cannot be stored is not asked for, nor shown to a host.
    store_for(&trusted_realm, context)?;
    let offered = input::credential(given, &key, found, arguments, context)?;
    let mut provenance = Provenance::default();
    provenance.stored_by = Some(concat!("portunus ", env!("CARGO_PKG_VERSION")).to_owned());
    provenance.stored_at = Some((context.settings.environment.now)());
    provenance.plain_http = arguments.plain_http;
    let stored = if arguments.no_verify {
        output::warning(
            "the credential was not checked (--no-verify)",
            None,
            context.streams,
        );
        offered.credential
    } else {
        let trusted = &mut trusted_realm;
        verified(
            &key,
            found,
            offered,
            &mut provenance,
            trusted,
            arguments,
            context,
        )?
    };
    let username = printable_username(stored.username().unwrap_or("an identity token"));
    // Once more: a realm may have been trusted at the terminal meanwhile.
    let place = store_for(&trusted_realm, context)?.put(&key, &stored, &provenance)?;
    info!(%key, location = place.location, "stored");
    for warning in &place.warnings {
        output::warning(warning, None, context.streams);
    }
    if let Some(place) = context.settings.stores()?.coming_first(&key) {
        let message =
            format!("{place} holds a login for `{key}`, which comes first: this one is not used");
        output::warning(&message, Some("unset DOCKER_AUTH_CONFIG"), context.streams);
    }
    let text = format!(
        "login succeeded: {username} at {key}\nstored in {}\n",
        place.location
    );
    output::result(&text, context.streams)
}

/// Has the host accept the credential; what is to be stored is an identity token, where the host
/// gave one. `trusted` is the realm that the operator trusts, by option or at the terminal.
fn verified(
    key: &CredentialKey,
    found: &Found,
    mut offered: Offered,
    provenance: &mut Provenance,
    trusted: &mut Option<String>,
    arguments: &LoginArguments,
    context: &mut Context<'_>,
) -> Result<Credential, Failure> {
    let repository = key.repository().cloned();
    let client = http::client(context)?;
    loop {
        let mut consent = Consent::none(key);
        consent.pinned_realm = trusted.as_deref();
        consent.plain_http = arguments.plain_http;
        let credential = &offered.credential;
        let mut check =
            LoginCheck::new(&found.host, &found.registry_namespace, consent, credential);
        check.repository = repository.as_ref();
        let waiting = Waiting::new(format!("asking {}", found.authority), context.streams);
        let answer = http::block_on(client.verify(&check))?;
        drop(waiting);
        match answer {
            Ok(LoginAnswer::Accepted {
                realm,
                identity_token,
                ..
            }) => {
                provenance.verified_at = Some((context.settings.environment.now)());
                provenance.realm = realm.or_else(|| trusted.clone());
                return Ok(identity_token.unwrap_or(offered.credential));
            }
            Ok(_) => return Err(advice::asks_for_nothing(found, key)),
            Err(error) => {
                let answered = trusted.is_some();
                if let Some(realm) =
                    advice::trusted_by_hand(&error, &client, found, key, answered, context)?
                {
                    *trusted = Some(realm);
                    continue;
                }
                let location = offered.location.as_deref();
                let rejected = location.filter(|_| error.kind == ErrorKind::Rejected);
                if let Some(location) = rejected
                    && let Some(another) =
                        input::instead_of_rejected(location, key, arguments, context)?
                {
                    offered = another;
                    continue;
                }
                return Err(advice::failed(
                    &error, rejected, found, key, arguments, context,
                ));
            }
        }
    }
}
