use std::collections::HashSet;

use super::auth;
use super::auths_reader::AuthsReader;
use super::dialect::Dialect;
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::store::asked::Asked;
use crate::store::entry::Entry;
use crate::store::error::SourceError;
use crate::store::json::{Document, MemberPlace};
use crate::store::key_index::KeyIndex;
use crate::store::snapshot::{Matching, Snapshot};
use crate::store::source::Entries;
use crate::store::source_label::SourceLabel;
use containerd_hosts::Secret;

/// The `auths` of a file in docker's format: its text, and where in it each key is. An entry is read
/// again when it is asked for, since of thousands few are.
///
/// Several keys of the file may name the same host. One of them answers: the key docker would write
/// (podman in its own file), in a pull secret one that nodes look for, else the shortest, else the
/// first in the alphabet. In a pull secret each of the [others](Self::others) is tried after it.
#[derive(Debug)]
pub(crate) struct Auths {
    pub(super) label: SourceLabel,
    pub(super) text: Secret,
    pub(super) dialect: Dialect,
    /// In the order of the file.
    pub(super) places: Vec<MemberPlace>,
    /// The numbers of those that an earlier one of the same key has taken the place of.
    pub(super) merged: HashSet<u32>,
    /// Of those, what is tried where the one before it is refused.
    pub(super) others: Vec<MemberPlace>,
    pub(super) index: KeyIndex,
    /// Keys without a credential beside them: what docker writes where a helper has it.
    pub(super) markers: Vec<MemberPlace>,
    /// Entries that could not be read, and those that answer for nobody.
    pub(crate) warnings: Vec<SourceError>,
}

/// What an entry holds.
#[derive(Debug)]
struct Auth {
    credential: Credential,
    registry_token: Option<Credential>,
}

impl Auths {
    /// Those of a file that is absent or empty.
    pub(crate) fn empty(label: &SourceLabel) -> Self {
        let document = Document::new("");
        AuthsReader::new(label, &document, Dialect::Docker).finish(Secret::new(""))
    }

    /// Those whose keys are spelled otherwise than ones that go before them; `None`: there are none.
    pub(crate) fn others(&self) -> Option<Self> {
        if self.others.is_empty() {
            return None;
        }
        let document = &Document::new(self.text.expose());
        let mut reader = AuthsReader::new(&self.label, document, self.dialect);
        reader.take(&self.others);
        reader.order_globs();
        Some(reader.finish(self.text.clone()))
    }

    /// Whether it holds a credential for anybody.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The entries that may concern a host.
    pub(crate) fn entries(&self, host: &Authority) -> Entries {
        self.with_warnings(self.covering(self.index.of_host(host), host))
    }

    /// Every entry.
    pub(crate) fn all(&self) -> Entries {
        let numbered = (0..).zip(&self.places);
        let left = numbered.filter(|(number, _)| !self.merged.contains(number));
        let entries = left.filter_map(|(_, place)| self.entry_at(place));
        self.with_warnings(entries.collect())
    }

    /// The keys of the entries without a credential.
    pub(super) fn marked(&self) -> impl Iterator<Item = CredentialKey> {
        let keys = self.markers.iter().map(|place| self.key(place));
        keys.flatten()
    }

    /// The entry of a key.
    pub(super) fn entry(&self, key: &CredentialKey) -> Option<Entry> {
        self.entry_at(self.place_of(key)?)
    }

    /// The registry token of a key, also where there is a login beside it.
    pub(super) fn registry_token(&self, key: &CredentialKey) -> Option<Credential> {
        self.auth_of(key)?.registry_token
    }

    /// The credential of a key.
    pub(crate) fn credential(&self, key: &CredentialKey) -> Option<Credential> {
        self.auth_of(key).map(|auth| auth.credential)
    }

    fn auth_of(&self, key: &CredentialKey) -> Option<Auth> {
        self.auth(self.place_of(key)?)
    }

    fn place_of(&self, key: &CredentialKey) -> Option<&MemberPlace> {
        let places = self.index.of_key(key).map(|at| &self.places[at as usize]);
        let mut of_key = places.filter(|place| self.key(place).as_ref() == Some(key));
        of_key.next()
    }

    /// What one that was read before, without a fault, says without its secret.
    fn entry_at(&self, place: &MemberPlace) -> Option<Entry> {
        let document = &Document::new(place.value(self.text.expose()));
        let (kind, username) = auth::about(document, &document.root().ok()?).ok()??;
        let location = self.label.location.clone();
        let mut entry = Entry::new(self.key(place)?, self.label.kind, location);
        entry.username = username;
        entry.kind = Some(kind);
        Some(entry)
    }

    /// All of one that was read before.
    fn auth(&self, place: &MemberPlace) -> Option<Auth> {
        let document = &Document::new(place.value(self.text.expose()));
        let held = auth::read(document, &document.root().ok()?).ok()?;
        // Both may be there; containerd takes no registry token, so the login counts.
        let registry_token = held.registry_token;
        Some(Auth {
            credential: held.login.or_else(|| registry_token.clone())?,
            registry_token,
        })
    }

    fn key(&self, place: &MemberPlace) -> Option<CredentialKey> {
        self.dialect.key(&place.name(self.text.expose()))
    }

    fn covering(&self, numbers: Vec<u32>, host: &Authority) -> Vec<Entry> {
        let places = numbers
            .iter()
            .filter_map(|at| self.places.get(*at as usize));
        let entries = places.filter_map(|place| self.entry_at(place));
        entries
            .filter(|entry| entry.key.covers_host(host))
            .collect()
    }

    fn with_warnings(&self, entries: Vec<Entry>) -> Entries {
        Entries {
            entries,
            warnings: self.warnings.clone(),
        }
    }
}

impl Snapshot for Auths {
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
