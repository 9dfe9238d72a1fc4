use std::collections::HashSet;

use super::SECTION;
use super::record::Record;
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::store::asked::Asked;
use crate::store::entry::Entry;
use crate::store::error::{SourceError, SourceErrorKind};
use crate::store::json::{Document, Member, MemberPlace, Object};
use crate::store::key_index::KeyIndex;
use crate::store::snapshot::{Matching, Snapshot};
use crate::store::source::Entries;
use crate::store::source_label::SourceLabel;
use crate::store::warnings::Warnings;
use containerd_hosts::Secret;

/// The only version of the file there is.
const VERSION: &str = "1";

/// What stands in the file: its text, and where in it each key is. An entry is read again when it is
/// asked for, since of thousands few are.
#[derive(Debug)]
pub(super) struct Contents {
    label: SourceLabel,
    text: Secret,
    /// In the order of the file.
    places: Vec<MemberPlace>,
    /// The numbers of those that an earlier one of the same key has taken the place of.
    merged: HashSet<u32>,
    index: KeyIndex,
    warnings: Vec<SourceError>,
}

impl Contents {
    /// Reads the text of the file. An entry that cannot be read becomes a warning.
    pub(super) fn read(label: &SourceLabel, text: Secret) -> Result<Self, SourceError> {
        let mut contents = Self::empty(label);
        if text.expose().trim_ascii().is_empty() {
            return Ok(contents);
        }
        let document = &Document::new(text.expose());
        let at = |problem| label.error_at(&problem);
        let mut warnings = Warnings::default();
        document.read_entries(SECTION, |member| match Record::check(document, member) {
            Ok(key) => contents.add(&key, member),
            Err(problem) => warnings.add(SourceErrorKind::Unusable, || {
                at(problem).with_entry(member.name().parse().ok())
            }),
        });
        let root = document.only_root().map_err(at)?;
        check_root(label, document, &root)?;
        for section in root.named(SECTION) {
            document.object(&section, "`credentials`").map_err(at)?;
        }
        contents.warnings = warnings.into_list(label);
        contents.text = text.clone();
        contents.finish();
        Ok(contents)
    }

    /// What an absent file holds.
    pub(super) fn empty(label: &SourceLabel) -> Self {
        Self {
            label: label.clone(),
            text: Secret::new(""),
            places: Vec::new(),
            merged: HashSet::new(),
            index: KeyIndex::default(),
            warnings: Vec::new(),
        }
    }

    /// The entries that may concern a host.
    pub(super) fn entries(&self, host: &Authority) -> Entries {
        self.with_warnings(self.covering(self.index.of_host(host), host))
    }

    /// Every entry.
    pub(super) fn all(&self) -> Entries {
        let numbers = (0..).zip(&self.places).map(|(number, _)| number);
        let left = numbers.filter(|number| !self.merged.contains(number));
        self.with_warnings(left.filter_map(|number| self.entry(number)).collect())
    }

    /// The entries of those keys that there are.
    pub(super) fn entries_of(&self, keys: &[CredentialKey]) -> Vec<Entry> {
        let records = keys.iter().filter_map(|key| self.record(key));
        records.map(|record| record.entry).collect()
    }

    /// The credential of a key.
    pub(super) fn credential(&self, key: &CredentialKey) -> Option<Credential> {
        self.record(key).map(|record| record.credential)
    }

    fn add(&mut self, key: &CredentialKey, member: &Member<'_>) {
        let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.index.add(key, number);
        self.places.push(member.place());
    }

    /// Of two spellings of one key the last counts, in the place of the first.
    fn finish(&mut self) {
        let (text, places) = (self.text.expose(), &self.places);
        let key = |number: u32| Record::key(&places[number as usize], text);
        let merged = self.index.finish(|one, other| key(one) == key(other));
        for (first, later) in merged {
            self.places[first as usize] = self.places[later as usize];
            self.merged.insert(later);
        }
    }

    fn entry(&self, number: u32) -> Option<Entry> {
        let place = self.places.get(number as usize)?;
        Record::entry(&self.label, place, self.text.expose())
    }

    fn covering(&self, numbers: Vec<u32>, host: &Authority) -> Vec<Entry> {
        let entries = numbers.into_iter().filter_map(|at| self.entry(at));
        entries
            .filter(|entry| entry.key.covers_host(host))
            .collect()
    }

    fn record(&self, key: &CredentialKey) -> Option<Record> {
        let text = self.text.expose();
        let places = self.index.of_key(key).map(|at| &self.places[at as usize]);
        let mut of_key = places.filter(|place| Record::key(place, text).as_ref() == Some(key));
        Record::read(&self.label, of_key.next()?, text)
    }

    fn with_warnings(&self, entries: Vec<Entry>) -> Entries {
        Entries {
            entries,
            warnings: self.warnings.clone(),
        }
    }
}

impl Snapshot for Contents {
    fn entries(&self, host: &Authority) -> Result<Vec<Entry>, SourceError> {
        Ok(self.covering(self.index.of_host(host), host))
    }

    fn matching(&self, asked: &Asked<'_>) -> Result<Matching, SourceError> {
        let (numbers, others) = self.index.matching(asked);
        Ok(Matching::new(self.covering(numbers, asked.host), others))
    }

    fn warnings(&self) -> Vec<SourceError> {
        self.warnings.clone()
    }
}

/// That the file is of a version that is known, and spelt as it is read.
fn check_root(
    label: &SourceLabel,
    document: &Document<'_>,
    root: &Object<'_>,
) -> Result<(), SourceError> {
    let at = |problem| label.error_at(&problem);
    let version = root.named("version").last();
    let missing = || at(document.problem(root.place.start, "`version` is missing"));
    let version = version.ok_or_else(missing)?;
    if document.text(&version.value_place()) != VERSION {
        let problem = "this version of the file is not known; it may be of a newer portunus";
        return Err(at(document.problem(version.value_place().start, problem)));
    }
    // Written into, but not read, would be a login that is lost.
    let misspelt = |member: &Member<'_>| {
        [SECTION, "version"]
            .iter()
            .any(|name| member.name() != *name && member.name().eq_ignore_ascii_case(name))
    };
    match root.members().find(misspelt) {
        Some(member) => {
            let problem = "the names of this file are in lower case";
            Err(at(document.problem(member.name_place().start, problem)))
        }
        None => Ok(()),
    }
}
