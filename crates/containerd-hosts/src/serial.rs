use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::finding::Finding;
use crate::host::Place;

impl Serialize for Place {
    /// `file`, `line` and `column`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("file", &self.file.to_string_lossy())?;
        map.serialize_entry("line", &self.line)?;
        map.serialize_entry("column", &self.column)?;
        map.end()
    }
}

impl<C: std::fmt::Display, T: std::fmt::Display> Serialize for Finding<C, T> {
    /// `severity`, `code`, `place`, `message`, `help` and `subject`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let subject = self.subject.as_ref().map(ToString::to_string);
        let mut map = serializer.serialize_map(Some(6))?;
        map.serialize_entry("severity", self.severity.as_str())?;
        map.serialize_entry("code", &self.code.to_string())?;
        map.serialize_entry("place", &self.place)?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("help", &self.help)?;
        map.serialize_entry("subject", &subject)?;
        map.end()
    }
}
