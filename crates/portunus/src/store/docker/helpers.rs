//! Which helper has the login of a host, as docker's `config.json` says it.

use std::collections::HashMap;

use super::dialect::Dialect;
use super::key;
use super::unusable::Unusable;
use crate::name::{Authority, CredentialKey, HostPattern};
use crate::store::glob_index::GlobIndex;
use crate::store::helper::HelperHosts;
use crate::store::json::{Document, JsonProblem, Object, Text};

/// Which helper has the login of a host.
#[derive(Debug, Default)]
pub(super) struct Helpers {
    /// In the order of the file; an empty name turns a helper off.
    credential_helpers: Vec<CredentialHelper>,
    /// Which of them answers for a host.
    helper_of: HashMap<Authority, usize>,
    /// Those with globs, which docker does not know; the first that covers a host has it.
    globs: Vec<usize>,
    glob_index: GlobIndex,
    credentials_store: Option<String>,
}

/// A member of `credHelpers`.
#[derive(Debug)]
pub(super) struct CredentialHelper {
    key: String,
    name: String,
    /// The offset of its key in the file.
    at: usize,
}

impl Helpers {
    /// Those of `credHelpers`, and the one of every other host.
    pub(super) fn new(
        credential_helpers: Vec<CredentialHelper>,
        credentials_store: Option<String>,
        dialect: Dialect,
    ) -> Self {
        let with_glob = |(at, it): (usize, &CredentialHelper)| Some((it.glob()?, at));
        let globs = credential_helpers.iter().enumerate().filter_map(with_glob);
        let mut globs: Vec<(HostPattern, usize)> = globs.collect();
        globs.sort_by_cached_key(|(glob, _)| HelperHosts::from(glob.clone()).rank());
        Self {
            helper_of: index(&credential_helpers, dialect),
            globs: globs.iter().map(|(_, at)| *at).collect(),
            glob_index: GlobIndex::new(globs.into_iter().map(|(glob, _)| glob)),
            credential_helpers,
            credentials_store,
        }
    }

    /// The name of the helper of a host.
    pub(super) fn of(&self, host: &Authority) -> Option<&str> {
        match self.own(host) {
            Some(own) => Some(own.name.as_str()).filter(|name| !name.is_empty()),
            None => self.credentials_store(),
        }
    }

    /// Whether `credHelpers` says something of a host.
    pub(super) fn has_own(&self, host: &Authority) -> bool {
        self.own(host).is_some()
    }

    /// The helper of every host that has none of its own.
    pub(super) fn credentials_store(&self) -> Option<&str> {
        self.credentials_store.as_deref()
    }

    /// The hosts that have a helper of their own, with its name.
    pub(super) fn named(&self) -> impl Iterator<Item = (HostPattern, &str)> {
        let named = self.credential_helpers.iter();
        let named = named.filter_map(|it| Some((it.pattern()?, it.name.as_str())));
        named.filter(|(_, name)| !name.is_empty())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.credential_helpers.is_empty() && self.credentials_store.is_none()
    }

    fn own(&self, host: &Authority) -> Option<&CredentialHelper> {
        let exact = self.helper_of.get(host);
        let glob = || Some(&self.globs[self.glob_index.first(host)?]);
        exact.or_else(glob).map(|&at| &self.credential_helpers[at])
    }
}

impl CredentialHelper {
    /// The host whose login it keeps.
    fn host(&self) -> Option<Authority> {
        let key = key::credential_key(&self.key).filter(CredentialKey::is_plain)?;
        key.host().authority().cloned()
    }

    /// The hosts of a glob that is not for hosts of any name.
    fn glob(&self) -> Option<HostPattern> {
        let pattern = HostPattern::parse(&self.key).ok()?;
        let is_for_some = pattern.is_glob() && !pattern.covers_all_of_its_labels();
        is_for_some.then_some(pattern)
    }

    fn pattern(&self) -> Option<HostPattern> {
        self.host().map(HostPattern::from).or_else(|| self.glob())
    }

    /// Why it is asked for no host, where it is not.
    pub(super) fn explain(&self) -> Option<Unusable> {
        let problem = match HostPattern::parse(&self.key) {
            Ok(pattern) if pattern.covers_all_of_its_labels() => {
                "in `credHelpers` would be for hosts of any name, for which there is `credsStore`"
            }
            _ => {
                "names no host in `credHelpers`: a host stands there alone, or a glob over its labels"
            }
        };
        match self.pattern() {
            Some(_) => None,
            None => Some(Unusable::new(self.at, &self.key, problem)),
        }
    }
}

/// Of several keys of one host the one that is looked for first answers, else the shortest, else the
/// first in the alphabet.
fn index(helpers: &[CredentialHelper], dialect: Dialect) -> HashMap<Authority, usize> {
    let mut found: HashMap<Authority, usize> = HashMap::new();
    for (at, helper) in helpers.iter().enumerate() {
        let Some(host) = helper.host() else {
            continue;
        };
        let first = dialect.first_spelling(&host);
        let rank = |at: usize| {
            let text = &helpers[at].key;
            (*text != first, text.len(), text)
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
            if let Some(before) = last.insert(member.name().to_string(), helpers.len()) {
                helpers[before] = None;
            }
            helpers.push(Some(CredentialHelper {
                at: member.name_place().start,
                key: member.name().into_owned(),
                name: name.map(Text::into_string).unwrap_or_default(),
            }));
        }
    }
    Ok(helpers.into_iter().flatten().collect())
}
