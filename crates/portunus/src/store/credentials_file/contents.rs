use std::collections::HashMap;

use super::SECTION;
use super::record::Record;
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::store::entry::Entry;
use crate::store::error::SourceError;
use crate::store::json::{Document, Member};
use crate::store::source::Entries;
use crate::store::source_label::SourceLabel;

/// The only version of the file there is.
const VERSION: &str = "1";

/// What stands in the file, ready to be asked for many hosts.
#[derive(Debug, Default)]
pub(super) struct Contents {
    records: Vec<Record>,
    by_key: HashMap<CredentialKey, usize>,
    by_host: HashMap<Authority, Vec<usize>>,
    globs: Vec<usize>,
    warnings: Vec<SourceError>,
}

impl Contents {
    /// Reads the text of the file. An entry that cannot be read becomes a warning.
    pub(super) fn read(label: &SourceLabel, text: &str) -> Result<Self, SourceError> {
        let mut contents = Self::default();
        if text.trim_ascii().is_empty() {
            return Ok(contents);
        }
        let document = &Document::new(text);
        let at = |problem| label.error_at(&problem);
        let root = document.only_root().map_err(at)?;
        let version = root.named("version").last();
        let missing = || at(document.problem(root.place.start, "`version` is missing"));
        let version = version.ok_or_else(missing)?;
        if document.text(&version.value_place) != VERSION {
            let problem = "this version of the file is not known; it may be of a newer portunus";
            return Err(at(document.problem(version.value_place.start, problem)));
        }
        // Written into, but not read, would be a login that is lost.
        let misspelt = |member: &&Member| {
            [SECTION, "version"]
                .iter()
                .any(|name| member.name != *name && member.name.eq_ignore_ascii_case(name))
        };
        if let Some(member) = root.members.iter().find(misspelt) {
            let problem = "the names of this file are in lower case";
            return Err(at(document.problem(member.name_place.start, problem)));
        }
        for section in root.named(SECTION) {
            let object = document
                .object(&section.value_place, "`credentials`")
                .map_err(at)?;
            for member in &object.members {
                match Record::read(label, document, member) {
                    Ok(record) => contents.add(record),
                    Err(problem) => contents.warnings.push(at(problem)),
                }
            }
        }
        Ok(contents)
    }

    /// The entries that may concern a host.
    pub(super) fn entries(&self, host: &Authority) -> Entries {
        let exact = self.by_host.get(host).into_iter().flatten();
        let globs = self.globs.iter();
        let mut positions: Vec<usize> = exact
            .chain(globs.filter(|&&at| self.records[at].entry.key.covers_host(host)))
            .copied()
            .collect();
        positions.sort_unstable();
        let entries = positions.into_iter().map(|at| &self.records[at].entry);
        self.with_warnings(entries.cloned().collect())
    }

    /// Every entry.
    pub(super) fn all(&self) -> Entries {
        self.with_warnings(self.records.iter().map(|r| r.entry.clone()).collect())
    }

    /// The entries of those keys that there are.
    pub(super) fn entries_of(&self, keys: &[CredentialKey]) -> Vec<Entry> {
        let positions = keys.iter().filter_map(|key| self.by_key.get(key));
        positions
            .map(|&at| self.records[at].entry.clone())
            .collect()
    }

    /// The credential of a key.
    pub(super) fn credential(&self, key: &CredentialKey) -> Option<&Credential> {
        self.by_key.get(key).map(|&at| &self.records[at].credential)
    }

    /// Adds a record; of two spellings of one key the last counts.
    fn add(&mut self, record: Record) {
        let key = record.entry.key.clone();
        if let Some(&at) = self.by_key.get(&key) {
            self.records[at] = record;
            return;
        }
        let at = self.records.len();
        match key.host().authority() {
            Some(authority) => self.by_host.entry(authority.clone()).or_default().push(at),
            None => self.globs.push(at),
        }
        self.by_key.insert(key, at);
        self.records.push(record);
    }

    fn with_warnings(&self, entries: Vec<Entry>) -> Entries {
        Entries {
            entries,
            warnings: self.warnings.clone(),
        }
    }
}
