use std::cmp::Reverse;

use super::rule::Mismatch;
use super::scope::Scope;
use crate::name::{Authority, Profile, RegistryNamespace, Repository};
use crate::store::Entry;

/// What is asked for at one host.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) authority: &'a Authority,
    pub(super) registry_namespace: &'a RegistryNamespace,
    /// As it is requested there; `None`: it has no valid name, and no prefix covers it.
    pub(super) repository: Option<&'a Repository>,
    pub(super) profile: &'a Profile,
    /// Whether a named profile also sees the entries of the default profile.
    pub(super) inherit: bool,
}

/// What the rules say about one entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may be sent, and ranks there. The smallest rank goes first.
    Matches(Rank, Scope),
    /// It may not, and this rule says so.
    PassedOver(Mismatch),
}

/// The order of matching entries: own profile before inherited, exact host before glob, with
/// registry namespace before without, longer repository before shorter, then the order in which the sources were added.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    inherited: bool,
    glob: bool,
    every_registry_namespace: bool,
    segments: Reverse<usize>,
    source: usize,
}

impl Wanted<'_> {
    /// Judges one entry of the source that was added at a position.
    pub(super) fn judge(&self, entry: &Entry, source: usize) -> Verdict {
        let key = &entry.key;
        if !key.covers_host(self.authority) {
            return Verdict::PassedOver(Mismatch::Host(key.host().clone()));
        }
        let inherited = key.profile() != self.profile;
        if inherited && !(self.inherit && *key.profile() == Profile::DEFAULT) {
            return Verdict::PassedOver(Mismatch::Profile(key.profile().clone()));
        }
        if let Some(stored) = key.registry_namespace()
            && !same_registry(stored, self.registry_namespace)
        {
            return Verdict::PassedOver(Mismatch::RegistryNamespace(stored.clone()));
        }
        if let Some(prefix) = key.repository()
            && !self.repository.is_some_and(|asked| prefix.covers(asked))
        {
            return Verdict::PassedOver(Mismatch::Repository(prefix.clone()));
        }
        let rank = Rank {
            inherited,
            glob: key.host().is_glob(),
            every_registry_namespace: key.registry_namespace().is_none(),
            segments: Reverse(key.repository().map_or(0, Repository::segments)),
            source,
        };
        Verdict::Matches(rank, Scope::of(key, self.profile))
    }
}

fn same_registry(a: &RegistryNamespace, b: &RegistryNamespace) -> bool {
    let authority = Authority::of_registry_namespace;
    a == b || authority(a).is_some_and(|of_a| Some(of_a) == authority(b))
}
