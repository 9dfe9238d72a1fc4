//! Which helper has the login of a host, as docker's `config.json` says it.

use std::collections::HashMap;

use super::key;
use super::unusable::Unusable;
use crate::name::{Authority, CredentialKey};
use crate::store::json::{Document, JsonProblem, Object, Text};

/// Which helper has the login of a host.
#[derive(Debug, Default)]
pub(super) struct Helpers {
    /// In the order of the file; an empty name turns a helper off.
    pub(super) credential_helpers: Vec<CredentialHelper>,
    /// Which of them answers for a host.
    pub(super) helper_of: HashMap<Authority, usize>,
    pub(super) credentials_store: Option<String>,
}

/// A member of `credHelpers`.
#[derive(Debug)]
pub(super) struct CredentialHelper {
    key: String,
    pub(super) name: String,
    /// The offset of its key in the file.
    at: usize,
}

impl Helpers {
    pub(super) fn of(&self, host: &Authority) -> Option<&str> {
        match self.helper_of.get(host) {
            Some(&at) => {
                let name = self.credential_helpers[at].name.as_str();
                Some(name).filter(|name| !name.is_empty())
            }
            None => self.credentials_store.as_deref(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.credential_helpers.is_empty() && self.credentials_store.is_none()
    }
}

impl CredentialHelper {
    /// The host whose login it keeps.
    pub(super) fn host(&self) -> Option<Authority> {
        let key = key::credential_key(&self.key).filter(CredentialKey::is_plain)?;
        key.host().authority().cloned()
    }

    /// Why it is asked for no host, where it is not.
    pub(super) fn explain(&self) -> Option<Unusable> {
        let problem = "names no host in `credHelpers`: a host stands there alone, without globs";
        match self.host() {
            Some(_) => None,
            None => Some(Unusable::new(self.at, &self.key, problem)),
        }
    }
}

/// Of several keys of one host the one that docker would write answers, else the shortest, else the
/// first in the alphabet.
pub(super) fn index(helpers: &[CredentialHelper]) -> HashMap<Authority, usize> {
    let mut found: HashMap<Authority, usize> = HashMap::new();
    for (at, helper) in helpers.iter().enumerate() {
        let Some(host) = helper.host() else {
            continue;
        };
        let written = key::write_key(&host);
        let rank = |at: usize| {
            let text = &helpers[at].key;
            (*text != written, text.len(), text)
        };
        let best = found.entry(host).or_insert(at);
        if rank(at) < rank(*best) {
            *best = at;
        }
    }
    found
}

pub(super) fn helpers(
    document: &Document<'_>,
    root: &Object<'_>,
) -> Result<Vec<CredentialHelper>, JsonProblem> {
    // Of one name the last counts, at its place.
    let mut last: HashMap<String, usize> = HashMap::new();
    let mut helpers: Vec<Option<CredentialHelper>> = Vec::new();
    for section in root.named_in_any_case("credHelpers") {
        if document.is_null(&section) {
            (last, helpers) = Default::default();
            continue;
        }
        let object = document.object(&section, "`credHelpers`")?;
        for member in object.members() {
            let name = document.string(&member, "a helper's name")?;
            if let Some(before) = last.insert(member.name.to_string(), helpers.len()) {
                helpers[before] = None;
            }
            helpers.push(Some(CredentialHelper {
                at: member.name_place.start,
                key: member.name.into_owned(),
                name: name.map(Text::into_string).unwrap_or_default(),
            }));
        }
    }
    Ok(helpers.into_iter().flatten().collect())
}
