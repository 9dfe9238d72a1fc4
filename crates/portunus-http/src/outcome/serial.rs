use portunus::remedy::Advise;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::outcome::report::HostReport;

impl Serialize for HostReport {
    /// The host, what it was asked for and shown, why it did not help, and what to do.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown: Vec<String> = self.shown.iter().map(ToString::to_string).collect();
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("host", &self.host)?;
        map.serialize_entry("phase", &self.phase.map(|phase| phase.as_str()))?;
        map.serialize_entry("outcome", &self.outcome.to_string())?;
        map.serialize_entry("shown", &shown)?;
        map.serialize_entry("remedies", &self.outcome.remedies())?;
        map.end()
    }
}
