//! What does a logout remove?
//!
//! What a login stored, in every spelling and every store.

use std::collections::BTreeSet;

use portunus::hosts::HostsTree;
use portunus::name::{CredentialKey, HostPattern};
use portunus::store::{Entry, Removal, SourceError, SourceErrorKind};

use crate::docker_folder::unknown_to_builders;
use crate::error::ClientError;
use crate::login::target::LoginTarget;
use crate::settings::Settings;

/// What is to be removed, always of the active profile only.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum LogoutRequest<'a> {
    /// The login that such a target names.
    Login(&'a LoginTarget),
    /// Every login at its host.
    Host(&'a LoginTarget),
    /// Every login.
    Everything,
}

/// What became of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct LogoutReport {
    /// What was removed.
    pub removed: Vec<Entry>,
    /// What the places that are never written to hold, as far as that is known without a helper.
    pub remaining: Vec<Entry>,
    /// Other logins at the host of the one that was named, where that is stored nowhere.
    pub others: Vec<CredentialKey>,
    /// What was passed over.
    pub warnings: Vec<SourceError>,
    /// What could not be removed, or read.
    pub errors: Vec<SourceError>,
}

/// Removes from every store that can be written to. What one of them cannot remove is in the report.
///
/// # Errors
/// As [`Settings::stores`].
pub fn log_out(
    request: LogoutRequest<'_>,
    settings: &Settings,
) -> Result<LogoutReport, ClientError> {
    unknown_to_builders(settings, || remove(request, settings))
}

fn remove(request: LogoutRequest<'_>, settings: &Settings) -> Result<LogoutReport, ClientError> {
    let hosts = settings.hosts();
    let keys = match request {
        LogoutRequest::Login(target) => {
            let named = target.registry_namespace.as_ref();
            let authorities = target.authorities(named, &hosts).into_iter();
            authorities.map(|it| target.key(it)).collect()
        }
        _ => Vec::new(),
    };
    let is_wanted = |key: &CredentialKey| match request {
        LogoutRequest::Login(_) => keys.contains(key),
        LogoutRequest::Host(target) => {
            *key.profile() == settings.profile && is_at(key, target, &hosts)
        }
        LogoutRequest::Everything => *key.profile() == settings.profile,
    };
    let mut warnings = Vec::new();
    let mut outcome = Removal::default();
    for store in settings.stores()?.all() {
        if let LogoutRequest::Login(_) = request {
            outcome.add_all(store.remove_all(&keys));
            continue;
        }
        let listed = match store.list() {
            Ok(listed) => listed,
            Err(error) => {
                outcome.errors.push(error);
                continue;
            }
        };
        match request {
            // What could not be read may be a login, and is still there.
            LogoutRequest::Everything => {
                let (unusable, unread): (Vec<_>, Vec<_>) = listed
                    .warnings
                    .into_iter()
                    .partition(|it| it.kind == SourceErrorKind::Unusable);
                warnings.extend(unusable);
                outcome.errors.extend(unread);
            }
            _ => warnings.extend(listed.warnings),
        }
        let keys = listed.entries.into_iter().map(|entry| entry.key);
        let keys: BTreeSet<CredentialKey> = keys.filter(|key| is_wanted(key)).collect();
        outcome.add_all(store.remove_all(&keys.into_iter().collect::<Vec<_>>()));
    }
    let others = match request {
        LogoutRequest::Login(target) if outcome.removed.is_empty() => {
            find_others(settings, target, &hosts)?
        }
        _ => Vec::new(),
    };
    Ok(LogoutReport {
        others,
        removed: outcome.removed,
        remaining: find_remaining(settings, is_wanted)?,
        warnings,
        errors: outcome.errors,
    })
}

/// Every login of the active profile that can be removed, as far as that is known.
///
/// # Errors
/// As [`Settings::stores`].
pub fn find_everything(settings: &Settings) -> Result<Vec<Entry>, ClientError> {
    let stores = settings.stores()?.all();
    let listed = stores.into_iter().filter_map(|store| store.list().ok());
    let entries = listed.flat_map(|it| it.entries);
    let of_profile = |entry: &Entry| *entry.key.profile() == settings.profile;
    Ok(entries.filter(of_profile).collect())
}

/// What is stored for the host of a target, whatever else it is limited to.
fn find_others(
    settings: &Settings,
    target: &LoginTarget,
    hosts: &HostsTree,
) -> Result<Vec<CredentialKey>, ClientError> {
    let stores = settings.stores()?.all();
    let listed = stores.into_iter().filter_map(|store| store.list().ok());
    let keys = listed.flat_map(|it| it.entries).map(|entry| entry.key);
    let keys: BTreeSet<CredentialKey> = keys.filter(|key| is_at(key, target, hosts)).collect();
    Ok(keys.into_iter().collect())
}

/// Whether a login is stored for this host, in any of its spellings. A glob that covers the host
/// serves others, too: it goes where it is named itself.
fn is_at(key: &CredentialKey, target: &LoginTarget, hosts: &HostsTree) -> bool {
    let Some(authority) = key.host().authority() else {
        return *key.host() == HostPattern::from(target.authority.clone());
    };
    authority.host() == target.authority.host()
        && target
            .authorities(key.registry_namespace(), hosts)
            .contains(authority)
}

fn find_remaining(
    settings: &Settings,
    is_wanted: impl Fn(&CredentialKey) -> bool,
) -> Result<Vec<Entry>, ClientError> {
    let listed = settings.stores()?.list_read_only().into_iter().flatten();
    let entries = listed.flat_map(|it| it.entries);
    Ok(entries
        .filter(|entry| entry.kind.is_some() && is_wanted(&entry.key))
        .collect())
}
