use std::cmp::Reverse;

use crate::name::{Authority, Profile, RegistryNamespace, Repository};
use crate::store::{Entry, SourceKind};

/// What is asked for at one host.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) authority: &'a Authority,
    pub(super) registry_namespace: &'a RegistryNamespace,
    pub(super) repository: &'a Repository,
    pub(super) profile: &'a Profile,
    /// Whether a named profile also sees the entries of the default profile.
    pub(super) inherit: bool,
}

/// What the rules say about one entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may be sent, and ranks there. The smallest rank goes first.
    Matches(Rank),
    /// It may not, and this rule says so.
    PassedOver(String),
}

/// The order of matching entries: own profile before inherited, exact host before glob, with
/// registry namespace before without, longer repository before shorter, then the source.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    inherited: bool,
    glob: bool,
    every_registry_namespace: bool,
    segments: Reverse<usize>,
    source: SourceKind,
}

impl Wanted<'_> {
    /// Judges one entry whose host covers the authority.
    pub(super) fn judge(&self, entry: &Entry) -> Verdict {
        let key = &entry.key;
        let passed_over = |reason: String| Verdict::PassedOver(reason);
        if !key.covers_host(self.authority) {
            return passed_over(format!("it is stored for host {}", key.host()));
        }
        let inherited = key.profile() != self.profile;
        if inherited && !(self.inherit && *key.profile() == Profile::DEFAULT) {
            return passed_over(format!("it belongs to the {} profile", key.profile()));
        }
        if let Some(stored) = key.registry_namespace()
            && !same_registry(stored, self.registry_namespace)
        {
            return passed_over(format!("it is stored for registry namespace {stored}"));
        }
        if let Some(prefix) = key.repository()
            && !prefix.covers(self.repository)
        {
            return passed_over(format!("it is stored for repositories under {prefix}"));
        }
        Verdict::Matches(Rank {
            inherited,
            glob: key.host().is_glob(),
            every_registry_namespace: key.registry_namespace().is_none(),
            segments: Reverse(key.repository().map_or(0, Repository::segments)),
            source: entry.source,
        })
    }

    /// Why a matching entry may be sent, in words.
    pub(super) fn reason(&self, entry: &Entry) -> String {
        let key = &entry.key;
        let host = match key.host().is_glob() {
            true => format!("stored for hosts {}", key.host()),
            false => "stored for this host".to_owned(),
        };
        let registry_namespace = match key.registry_namespace() {
            Some(stored) => format!(" and registry namespace {stored}"),
            None => String::new(),
        };
        let repository = match key.repository() {
            Some(prefix) => format!(", repositories under {prefix}"),
            None => String::new(),
        };
        let profile = match (key.profile() == self.profile, key.profile().name()) {
            (true, Some(name)) => format!(", in profile {name}"),
            (true, None) => String::new(),
            (false, _) => ", inherited from the default profile".to_owned(),
        };
        format!("{host}{registry_namespace}{repository}{profile}")
    }
}

fn same_registry(a: &RegistryNamespace, b: &RegistryNamespace) -> bool {
    let authority = Authority::of_registry_namespace;
    a == b || authority(a).is_some_and(|of_a| Some(of_a) == authority(b))
}
