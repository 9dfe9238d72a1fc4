use std::str::FromStr;

use portunus::name::{Authority, CredentialKey, NameError, Profile};
use portunus::store::Entries;

use crate::error::ClientError;
use crate::settings::Settings;

/// Which logins are to be listed; by default all of them.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ListRequest {
    /// Those that may be sent to this host, and that are for what else the key says.
    pub key: Option<CredentialKey>,
    /// Those of this profile; `None`: of each.
    pub profile: Option<Profile>,
}

impl FromStr for ListRequest {
    type Err = NameError;

    /// A host, or more of a key as messages show it.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let key = match text.contains('?') {
            true => text.parse()?,
            false => CredentialKey::plain(Authority::parse(text)?),
        };
        Ok(Self {
            key: Some(key),
            profile: None,
        })
    }
}

/// What every place holds, by key. A place of others that cannot be read becomes a warning.
///
/// # Errors
/// Where one of our own cannot be read.
pub fn list(request: &ListRequest, settings: &Settings) -> Result<Entries, ClientError> {
    let mut all = Entries::default();
    for (is_own, listing) in settings.stores()?.list_each() {
        match listing {
            Ok(listed) => {
                all.warnings.extend(listed.warnings);
                all.entries.extend(listed.entries);
            }
            Err(error) if is_own => return Err(error.into()),
            Err(error) => all.warnings.push(error),
        }
    }
    all.entries.retain(|entry| request.names(&entry.key));
    // The sort is stable: equal keys keep the order of the places.
    all.entries.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(all)
}

impl ListRequest {
    /// Whether a login is one of those that are asked for: whatever is not said may be anything.
    fn names(&self, held: &CredentialKey) -> bool {
        let is_of_profile = |profile: &Profile| held.profile() == profile;
        let is_it = |asked: &CredentialKey| {
            let is_host = match asked.host().authority() {
                Some(host) => held.covers_host(host),
                None => held.host() == asked.host(),
            };
            let is_namespace = asked.registry_namespace().is_none()
                || held.registry_namespace() == asked.registry_namespace();
            let is_repository =
                asked.repository().is_none() || held.repository() == asked.repository();
            let is_profile = asked.profile().name().is_none() || is_of_profile(asked.profile());
            is_host && is_namespace && is_repository && is_profile
        };
        self.profile.as_ref().is_none_or(is_of_profile) && self.key.as_ref().is_none_or(is_it)
    }
}
