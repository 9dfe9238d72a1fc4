use std::collections::HashMap;

use super::auths::Auths;
use super::dialect::Dialect;
use super::key;
use super::unusable::{Unusable, find_stray};
use crate::name::{Authority, CredentialKey};
use crate::store::error::SourceError;
use crate::store::json::{Document, JsonProblem, Member, Object};
use crate::store::source_label::SourceLabel;

/// What docker's `config.json` says about credentials.
#[derive(Debug, Default)]
pub(super) struct ConfigDocument {
    pub(super) auths: Auths,
    /// In the order of the file; an empty name turns a helper off.
    credential_helpers: Vec<CredentialHelper>,
    /// Which of them answers for a host.
    helper_of: HashMap<Authority, usize>,
    credentials_store: Option<String>,
    /// Whether anything about credentials is in it; otherwise docker looks for a helper itself.
    pub(super) mentions_credentials: bool,
}

/// A member of `credHelpers`.
#[derive(Debug)]
struct CredentialHelper {
    key: String,
    name: String,
    /// The offset of its key in the file.
    at: usize,
}

impl ConfigDocument {
    /// Reads the text of the file.
    pub(super) fn read(label: &SourceLabel, text: &str) -> Result<Self, SourceError> {
        Self::read_with(label, text, true)
    }

    /// As [`ConfigDocument::read`], for programs that know no `credsStore`.
    pub(super) fn read_without_store(label: &SourceLabel, text: &str) -> Result<Self, SourceError> {
        Self::read_with(label, text, false)
    }

    fn read_with(label: &SourceLabel, text: &str, knows_store: bool) -> Result<Self, SourceError> {
        let document = &Document::new(text);
        if matches!(text.trim_ascii(), "" | "null") {
            return Ok(Self::default());
        }
        let at = |problem| label.error_at(&problem);
        let root = document.root().map_err(at)?;
        let mut auths = Auths::read(label, document, &root, Dialect::Docker)?;
        let credential_helpers = helpers(document, &root).map_err(at)?;
        let store = root.named_in_any_case("credsStore").last();
        let credentials_store = match store {
            Some(member) => document
                .string(&member.value_place, "`credsStore`")
                .map_err(at)?
                .filter(|name| !name.is_empty()),
            None => None,
        };
        let holds_entries = |member: &Member| {
            let object = document.object(&member.value_place, "`auths`");
            object.is_ok_and(|object| !object.members.is_empty())
        };
        let mentions_credentials = credentials_store.is_some()
            || !credential_helpers.is_empty()
            || root.named_in_any_case("auths").any(holds_entries);
        auths.pass_over(find_stray(document, &root));
        auths.pass_over(
            credential_helpers
                .iter()
                .filter_map(CredentialHelper::explain),
        );
        let mut config = Self {
            auths: Auths::default(),
            helper_of: index(&credential_helpers),
            credential_helpers,
            credentials_store: credentials_store.filter(|_| knows_store),
            mentions_credentials,
        };
        auths.pass_over_helped(|host| config.helper(host));
        config.auths = auths.with_warnings(label, document);
        Ok(config)
    }

    /// Reads a `.dockercfg`, which knows no helpers.
    pub(super) fn read_dockercfg(label: &SourceLabel, text: &str) -> Result<Self, SourceError> {
        let document = &Document::new(text);
        if matches!(text.trim_ascii(), "" | "null") {
            return Ok(Self::default());
        }
        let root = document
            .root()
            .map_err(|problem| label.error_at(&problem))?;
        let mut auths = Auths::read_dockercfg(label, document, &root, Dialect::Docker);
        auths.pass_over_helped(|_| None);
        Ok(Self {
            auths: auths.with_warnings(label, document),
            ..Self::default()
        })
    }

    /// The name of the helper that keeps the login of a host; `None`: the file does.
    pub(super) fn helper(&self, host: &Authority) -> Option<&str> {
        match self.helper_of.get(host) {
            Some(&at) => {
                let name = self.credential_helpers[at].name.as_str();
                Some(name).filter(|name| !name.is_empty())
            }
            None => self.credentials_store.as_deref(),
        }
    }

    /// Every host that has a helper of its own, with the helper's name.
    pub(super) fn hosts_with_helpers(&self) -> impl Iterator<Item = (Authority, &str)> {
        let with_host = self.credential_helpers.iter();
        let with_host = with_host.filter_map(|it| Some((it.host()?, it.name.as_str())));
        with_host.filter(|(_, name)| !name.is_empty())
    }

    /// The helper of every other host.
    pub(super) fn credentials_store(&self) -> Option<&str> {
        self.credentials_store.as_deref()
    }
}

impl CredentialHelper {
    /// The host whose login it keeps.
    fn host(&self) -> Option<Authority> {
        let key = key::credential_key(&self.key).filter(CredentialKey::is_plain)?;
        key.host().authority().cloned()
    }

    /// Why it is asked for no host, where it is not.
    fn explain(&self) -> Option<Unusable> {
        let problem = "names no host in `credHelpers`: a host stands there alone, without globs";
        match self.host() {
            Some(_) => None,
            None => Some(Unusable::new(self.at, &self.key, problem)),
        }
    }
}

/// Of several keys of one host the one that docker would write answers, else the shortest, else the
/// first in the alphabet.
fn index(helpers: &[CredentialHelper]) -> HashMap<Authority, usize> {
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

fn helpers(document: &Document<'_>, root: &Object) -> Result<Vec<CredentialHelper>, JsonProblem> {
    // Of one name the last counts, at its place.
    let mut last: HashMap<String, usize> = HashMap::new();
    let mut helpers: Vec<Option<CredentialHelper>> = Vec::new();
    for section in root.named_in_any_case("credHelpers") {
        if document.is_null(&section.value_place) {
            (last, helpers) = Default::default();
            continue;
        }
        let object = document.object(&section.value_place, "`credHelpers`")?;
        for member in object.members {
            let name = document.string(&member.value_place, "a helper's name")?;
            if let Some(before) = last.insert(member.name.clone(), helpers.len()) {
                helpers[before] = None;
            }
            helpers.push(Some(CredentialHelper {
                at: member.name_place.start,
                key: member.name,
                name: name.unwrap_or_default(),
            }));
        }
    }
    Ok(helpers.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::store::source_name::SourceName;

    #[test]
    fn a_hundred_thousand_helpers_are_read_and_asked_in_one_pass() {
        let members: Vec<String> = (0..100_000)
            .map(|at| format!("\"h{at}.test\": \"one\", \"h{at}.test\": \"n{at}\""))
            .collect();
        let text = format!("{{\"credHelpers\": {{{}}}}}", members.join(","));
        let label = SourceLabel::new(SourceName::DOCKER, "config.json");
        let started = Instant::now();
        let config = ConfigDocument::read(&label, &text).unwrap();
        for at in 0..100_000 {
            let host = Authority::parse(&format!("h{at}.test")).unwrap();
            assert_eq!(config.helper(&host), Some(format!("n{at}").as_str()));
        }
        // Where each is compared with each, this takes hours.
        assert!(started.elapsed() < Duration::from_secs(60));
    }
}
