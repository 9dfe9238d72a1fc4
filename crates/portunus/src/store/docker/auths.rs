use std::cmp::Reverse;
use std::collections::HashMap;

use super::dialect::Dialect;
use super::unusable::{Unusable, shown};
use super::{auth, key};
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::store::entry::Entry;
use crate::store::error::{SourceError, SourceErrorKind};
use crate::store::json::{Document, Member, Object};
use crate::store::source::Entries;
use crate::store::source_label::SourceLabel;

/// The `auths` of a file in docker's format.
///
/// Several keys of the file may name the same host. One of them answers: the key docker would
/// write (in a pull secret, no key before others), else the shortest, else the first in the
/// alphabet.
#[derive(Debug, Default)]
pub(crate) struct Auths {
    dialect: Dialect,
    /// In the order of the file.
    found: Vec<Auth>,
    by_key: HashMap<CredentialKey, usize>,
    by_host: HashMap<Authority, Vec<usize>>,
    /// Those whose key is a glob over hosts.
    globs: Vec<usize>,
    /// Keys without a credential beside them: what docker writes where a helper has it.
    pub(super) markers: Vec<Marker>,
    /// What answers for nobody, until it is told with its place.
    unusable: Vec<Unusable>,
    /// Entries that could not be read, and those that answer for nobody.
    pub(crate) warnings: Vec<SourceError>,
}

/// An entry without a credential.
#[derive(Debug)]
pub(super) struct Marker {
    pub(super) key: CredentialKey,
    at: usize,
    text: String,
}

#[derive(Debug)]
struct Auth {
    text: String,
    /// The offset of its name in the file.
    at: usize,
    entry: Entry,
    credential: Credential,
    registry_token: Option<Credential>,
}

impl Auths {
    fn of(dialect: Dialect) -> Self {
        Self {
            dialect,
            ..Self::default()
        }
    }

    /// Reads the `auths` of a document's root. They may stand there twice, then both count.
    pub(crate) fn read(
        label: &SourceLabel,
        document: &Document<'_>,
        root: &Object,
        dialect: Dialect,
    ) -> Result<Self, SourceError> {
        let mut auths = Self::of(dialect);
        for section in root.named_in_any_case("auths") {
            if document.is_null(&section.value_place) {
                auths = Self::of(dialect);
                continue;
            }
            let object = document
                .object(&section.value_place, "`auths`")
                .map_err(|problem| label.error_at(&problem))?;
            auths.read_members(label, document, &object);
        }
        Ok(auths)
    }

    /// Reads a `.dockercfg`: the entries stand in the root, without `auths` around them.
    pub(super) fn read_dockercfg(
        label: &SourceLabel,
        document: &Document<'_>,
        root: &Object,
        dialect: Dialect,
    ) -> Self {
        let mut auths = Self::of(dialect);
        auths.read_members(label, document, root);
        auths
    }

    fn read_members(&mut self, label: &SourceLabel, document: &Document<'_>, object: &Object) {
        let mut last: HashMap<&str, &Member> = HashMap::new();
        for member in &object.members {
            last.insert(&member.name, member);
        }
        for member in &object.members {
            // Of an entry that stands twice the last counts.
            if last
                .get(member.name.as_str())
                .is_some_and(|it| std::ptr::eq(*it, member))
            {
                self.read_member(label, document, member);
            }
        }
    }

    fn read_member(&mut self, label: &SourceLabel, document: &Document<'_>, member: &Member) {
        if document.is_null(&member.value_place) {
            return;
        }
        let entry = document.object(&member.value_place, "the entry");
        let held = match entry.and_then(|object| auth::read(document, &object)) {
            Ok(held) => held,
            Err(mut problem) => {
                // In a secret that came in base64, a line and a column are found by nobody.
                problem.problem = format!("`{}`: {}", shown(&member.name), problem.problem);
                self.warnings.push(label.error_at(&problem));
                return;
            }
        };
        let at = member.name_place.start;
        let Some(key) = self.dialect.key(&member.name) else {
            if !key::DOCKER_HUB_TOKENS.contains(&member.name.as_str()) {
                let why = self.dialect.why_none(&member.name);
                self.unusable.push(Unusable::key(at, &member.name, why));
            }
            return;
        };
        // Both may be there; containerd takes no registry token, so the login counts.
        let registry_token = held.registry_token;
        let Some(credential) = held.login.or_else(|| registry_token.clone()) else {
            let text = member.name.clone();
            self.markers.push(Marker { key, at, text });
            return;
        };
        let mut entry = Entry::new(key, label.kind, label.location.clone());
        entry.username = credential.username().map(str::to_owned);
        entry.kind = Some(credential.kind());
        self.add(Auth {
            text: member.name.clone(),
            at,
            entry,
            credential,
            registry_token,
        });
    }

    fn add(&mut self, auth: Auth) {
        let key = auth.entry.key.clone();
        if let Some(&at) = self.by_key.get(&key) {
            let held = &mut self.found[at];
            let dialect = self.dialect;
            let rank = |auth: &Auth| dialect.rank(&auth.entry.key, &auth.text);
            let passed_over = match auth.text == held.text || rank(&auth) < rank(held) {
                true => std::mem::replace(held, auth),
                false => auth,
            };
            self.unusable.extend(passed_over.hidden_by(held));
            return;
        }
        let at = self.found.len();
        match key.host().authority() {
            Some(authority) => self.by_host.entry(authority.clone()).or_default().push(at),
            None => self.globs.push(at),
        }
        self.by_key.insert(key, at);
        self.found.push(auth);
    }

    /// Puts the globs into the kubelet's order, which tries `r*.test` before `*.test`.
    pub(super) fn order_globs(&mut self) {
        let found = &self.found;
        let text = |at: &usize| found[*at].entry.key.to_string();
        self.globs.sort_by_cached_key(|at| Reverse(text(at)));
    }

    /// Tells of the globs that cover every host with so many labels.
    pub(super) fn warn_of_wide_globs(&mut self, label: &SourceLabel, document: &Document<'_>) {
        let wide = self.globs.iter().map(|at| &self.found[*at]);
        let wide = wide.filter(|auth| auth.entry.key.host().covers_all_of_its_labels());
        let told = wide.map(|auth| {
            let problem = format!(
                "`{}` gives its credential to hosts of any name",
                shown(&auth.text)
            );
            (auth.at, problem)
        });
        let problems = document.problems(told.collect());
        self.warnings
            .extend(problems.iter().map(|it| label.error_at(it)));
    }

    /// Passes more over.
    pub(super) fn pass_over(&mut self, unusable: impl IntoIterator<Item = Unusable>) {
        self.unusable.extend(unusable);
    }

    /// Passes over the entries of hosts whose helper answers in their place, and those that are
    /// empty where nothing does.
    pub(super) fn pass_over_helped<'a>(&mut self, helper: impl Fn(&Authority) -> Option<&'a str>) {
        let helper =
            |key: &CredentialKey| helper(key.host().authority().filter(|_| key.is_plain())?);
        for marker in self.markers.iter().filter(|it| helper(&it.key).is_none()) {
            let problem = "is empty, and no helper is named that would have its credential";
            self.unusable
                .push(Unusable::new(marker.at, &marker.text, problem));
        }
        let hidden = self.found.iter().filter(|it| it.registry_token.is_none());
        for auth in hidden {
            if let Some(name) = helper(&auth.entry.key) {
                let problem = format!("is not read: docker-credential-{name} answers for its host");
                self.unusable
                    .push(Unusable::new(auth.at, &auth.text, &problem));
            }
        }
    }

    /// The same with everything that was passed over among the warnings, with its place.
    pub(super) fn with_warnings(mut self, label: &SourceLabel, document: &Document<'_>) -> Self {
        let unusable = std::mem::take(&mut self.unusable).into_iter();
        let problems = document.problems(unusable.map(|it| (it.at, it.problem)).collect());
        let told = problems.iter().map(|problem| {
            let error = label.error_at(problem);
            error.with_kind(SourceErrorKind::Unusable)
        });
        self.warnings.extend(told);
        self
    }

    /// Whether it holds a credential for anybody.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The entries that may concern a host.
    pub(crate) fn entries(&self, host: &Authority) -> Entries {
        let exact = self.by_host.get(host).into_iter().flatten();
        let positions = exact.chain(&self.globs);
        let entries = positions.map(|&at| &self.found[at].entry);
        Entries {
            entries: entries
                .filter(|entry| entry.key.covers_host(host))
                .cloned()
                .collect(),
            warnings: self.warnings.clone(),
        }
    }

    /// Every entry.
    pub(crate) fn all(&self) -> Entries {
        Entries {
            entries: self.found.iter().map(|auth| auth.entry.clone()).collect(),
            warnings: self.warnings.clone(),
        }
    }

    /// The entry of a key.
    pub(super) fn entry(&self, key: &CredentialKey) -> Option<&Entry> {
        self.by_key.get(key).map(|&at| &self.found[at].entry)
    }

    /// The registry token of a key, also where there is a login beside it.
    pub(super) fn registry_token(&self, key: &CredentialKey) -> Option<&Credential> {
        let at = self.by_key.get(key)?;
        self.found[*at].registry_token.as_ref()
    }

    /// The credential of a key.
    pub(crate) fn credential(&self, key: &CredentialKey) -> Option<&Credential> {
        self.by_key.get(key).map(|&at| &self.found[at].credential)
    }
}

impl Auth {
    /// What is to be told where another spelling of its key answers with something else.
    fn hidden_by(&self, other: &Self) -> Option<Unusable> {
        let is_other = self.text != other.text && self.credential != other.credential;
        let problem = format!(
            "is not read: `{}` names the same, and goes before",
            other.text
        );
        is_other.then(|| Unusable::new(self.at, &self.text, &problem))
    }
}
