//! Plans for scripts. Of a host only what tells whom is asked for what: header values may be
//! secrets.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::attempt::Attempt;
use super::candidate::{Candidate, PassedOver};
use super::note::Note;
use super::plan::Plan;
use crate::remedy::Advise;
use crate::store::{Entry, SourceError};

impl Serialize for Plan {
    /// What is to be done, the `attempts` in order, `findings` and `warnings`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("reference", &self.reference.to_string())?;
        map.serialize_entry("operation", self.operation.as_str())?;
        map.serialize_entry("profile", &self.profile.name())?;
        map.serialize_entry("attempts", &self.attempts)?;
        map.serialize_entry("findings", &self.findings)?;
        map.serialize_entry("warnings", &self.warnings)?;
        map.end()
    }
}

impl Serialize for Attempt {
    /// The host, what it is asked for, and what it may be shown.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let host = &self.host;
        let phases: Vec<&str> = self.phases.iter().map(|phase| phase.as_str()).collect();
        let repository = self.repository.as_ref().map(|it| it.as_str());
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("scheme", &host.scheme)?;
        map.serialize_entry("host", &host.host)?;
        map.serialize_entry("path", &host.path)?;
        map.serialize_entry("capabilities", &host.capabilities.names())?;
        map.serialize_entry("sends_ns", &host.sends_ns)?;
        map.serialize_entry("place", &host.place)?;
        map.serialize_entry("phases", &phases)?;
        map.serialize_entry("repository", &repository)?;
        map.serialize_entry("candidates", &self.candidates)?;
        map.serialize_entry("passed_over", &self.passed_over)?;
        map.serialize_entry("notes", &self.notes)?;
        map.end()
    }
}

impl Serialize for Candidate {
    /// The entry, with the name of the rule and the reason in words.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        judged(&self.entry, self.rule.as_str(), &self.rule, serializer)
    }
}

impl Serialize for PassedOver {
    /// The entry, with the name of the rule and the reason in words.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        judged(&self.entry, self.rule.as_str(), &self.rule, serializer)
    }
}

impl Serialize for Note {
    /// Its name, and the note in words.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("note", self.as_str())?;
        map.serialize_entry("text", &self.to_string())?;
        map.end()
    }
}

impl Serialize for SourceError {
    /// Where, what is wrong, and what to do.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("source", self.source_name.as_str())?;
        map.serialize_entry("location", &self.location.to_string())?;
        map.serialize_entry("problem", &self.problem)?;
        map.serialize_entry("remedies", &self.remedies())?;
        map.end()
    }
}

fn judged<S: Serializer>(
    entry: &Entry,
    rule: &str,
    reason: &impl ToString,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("key", &entry.key.to_string())?;
    map.serialize_entry("username", &entry.username)?;
    map.serialize_entry("kind", &entry.kind.map(|kind| kind.as_str()))?;
    map.serialize_entry("source", entry.source.as_str())?;
    map.serialize_entry("location", &entry.location.to_string())?;
    map.serialize_entry("rule", rule)?;
    map.serialize_entry("reason", &reason.to_string())?;
    map.end()
}
