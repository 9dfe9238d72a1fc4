use std::collections::HashSet;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use super::asked::Asked;
use crate::name::{Authority, CredentialKey, HostPattern, RegistryNamespace, Repository};

/// Which entries of a file may concern a host, and which a key, by their numbers in the file. It
/// holds no text: an entry that it names is read again, and may turn out to be of another key.
#[derive(Debug)]
pub(crate) struct KeyIndex {
    hasher: RandomState,
    /// By host, then by the rest of the key, then as in the file.
    keys: Vec<Indexed>,
    globs: Vec<(HostPattern, u32)>,
}

/// An entry: half of the hash of its host, of that of the rest of its key, and its number. Compared
/// as one number, in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Indexed(u128);

impl Indexed {
    fn new(host: u32, rest: u32, number: u32) -> Self {
        let key = u64::from(host) << 32 | u64::from(rest);
        Self(u128::from(key) << 32 | u128::from(number))
    }

    fn host(self) -> u32 {
        (self.0 >> 64) as u32
    }

    fn rest(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn number(self) -> u32 {
        self.0 as u32
    }
}

/// What of a key is not its host: registry namespace, repository, profile.
type Rest<'a> = [Option<&'a str>; 3];

impl Default for KeyIndex {
    fn default() -> Self {
        Self {
            hasher: RandomState::new(),
            keys: Vec::new(),
            globs: Vec::new(),
        }
    }
}

impl KeyIndex {
    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        make_room(&mut self.keys, more);
    }

    /// Adds the next entry. [`KeyIndex::finish`] makes them all to be found.
    pub(crate) fn add(&mut self, key: &CredentialKey, number: u32) {
        let (host, rest) = (
            self.hash_host(key.host().text()),
            self.hash_rest(rest_of(key)),
        );
        self.keys.push(Indexed::new(host, rest, number));
        if key.host().is_glob() {
            self.globs.push((key.host().clone(), number));
        }
    }

    /// Makes the entries to be found. Of several that are of one key, as `is_same` tells, only the
    /// first is; the others are given with it, in the order of the file.
    pub(crate) fn finish(&mut self, is_same: impl Fn(u32, u32) -> bool) -> Vec<(u32, u32)> {
        self.keys.sort_unstable();
        let mut merged = Vec::new();
        self.keys.dedup_by(|later, first| {
            let (first_number, number) = (first.number(), later.number());
            let equal = (later.host(), later.rest()) == (first.host(), first.rest());
            let same = equal && is_same(first_number, number);
            merged.extend(same.then_some((first_number, number)));
            same
        });
        let later: HashSet<u32> = merged.iter().map(|(_, later)| *later).collect();
        self.globs.retain(|(_, number)| !later.contains(number));
        merged
    }

    /// Puts the globs into another order than that of the file.
    pub(crate) fn order_globs<K: Ord>(&mut self, key: impl Fn(u32) -> K) {
        self.globs.sort_by_cached_key(|(_, number)| key(*number));
    }

    /// The globs over hosts, with the numbers of their entries.
    pub(crate) fn globs(&self) -> impl Iterator<Item = (&HostPattern, u32)> {
        self.globs.iter().map(|(glob, number)| (glob, *number))
    }

    /// The entries that may concern a host: those of it as in the file, then the globs.
    pub(crate) fn of_host(&self, host: &Authority) -> Vec<u32> {
        let exact = self.with_host(host).iter().map(|indexed| indexed.number());
        let mut numbers: Vec<u32> = exact.collect();
        numbers.sort_unstable();
        numbers.extend(self.of_globs(host));
        numbers
    }

    /// Of the entries that may concern a host, those that may be for what is asked;
    /// and how many others there are.
    pub(crate) fn matching(&self, asked: &Asked<'_>) -> (Vec<u32>, usize) {
        let of_host = self.with_host(asked.host);
        let mut numbers = Vec::new();
        for rest in asked.rests() {
            let rest = self.hash_rest(rest);
            numbers.extend(of_rest(of_host, rest).map(|indexed| indexed.number()));
        }
        let others = of_host.len() - numbers.len();
        numbers.sort_unstable();
        numbers.extend(self.of_globs(asked.host));
        (numbers, others)
    }

    /// The entries that may be of that key.
    pub(crate) fn of_key(&self, key: &CredentialKey) -> impl Iterator<Item = u32> {
        let of_host = self.with_hash(self.hash_host(key.host().text()));
        of_rest(of_host, self.hash_rest(rest_of(key))).map(|indexed| indexed.number())
    }

    fn of_globs(&self, host: &Authority) -> impl Iterator<Item = u32> {
        let covering = self.globs.iter().filter(|(glob, _)| glob.covers(host));
        covering.map(|(_, number)| *number)
    }

    fn with_host(&self, host: &Authority) -> &[Indexed] {
        self.with_hash(self.hash_host(host))
    }

    fn with_hash(&self, host: u32) -> &[Indexed] {
        let from = self.keys.partition_point(|indexed| indexed.host() < host);
        let of_host = &self.keys[from..];
        &of_host[..of_host.partition_point(|indexed| indexed.host() == host)]
    }

    fn hash_host(&self, host: &Authority) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(host.host().as_bytes());
        hasher.write_u16(host.port());
        half_of(hasher.finish())
    }

    fn hash_rest(&self, rest: Rest<'_>) -> u32 {
        // What most keys have besides their host.
        if rest == [None; 3] {
            return 0;
        }
        let mut hasher = self.hasher.build_hasher();
        for (place, text) in (0..).zip(rest) {
            if let Some(text) = text {
                // No part of a key holds such a byte.
                hasher.write_u8(place);
                hasher.write(text.as_bytes());
            }
        }
        half_of(hasher.finish())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "half of a hash is one")]
fn half_of(hash: u64) -> u32 {
    hash as u32
}

/// Makes room for so many more: for what stands in one section exactly, and in doublings where
/// there are more sections, since each would move all of those before it.
pub(super) fn make_room<T>(list: &mut Vec<T>, more: usize) {
    match list.is_empty() {
        true => list.reserve_exact(more),
        false => list.reserve(more),
    }
}

fn of_rest(of_host: &[Indexed], rest: u32) -> impl Iterator<Item = &Indexed> {
    let from = of_host.partition_point(|indexed| indexed.rest() < rest);
    of_host[from..]
        .iter()
        .take_while(move |it| it.rest() == rest)
}

fn rest_of(key: &CredentialKey) -> Rest<'_> {
    [
        key.registry_namespace().map(RegistryNamespace::as_str),
        key.repository().map(Repository::as_str),
        key.profile().name(),
    ]
}

impl Asked<'_> {
    /// What a key may have besides the host, each in the form in which keys have it.
    fn rests(&self) -> Vec<Rest<'_>> {
        let repository = self.repository.map_or("", Repository::as_str);
        let ends = repository.match_indices('/').map(|(at, _)| at);
        let ends = ends.chain(Some(repository.len()).filter(|end| *end > 0));
        let prefixes = ends.map(|end| Some(&repository[..end])).chain([None]);
        let mut rests = Vec::new();
        for prefix in prefixes {
            for profile in self.profiles {
                for name in [Some(self.registry_namespace), None] {
                    rests.push([name, prefix, profile.name()]);
                }
            }
        }
        rests
    }
}
