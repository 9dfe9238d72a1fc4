use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Remedy;

impl Serialize for Remedy {
    /// An object: `remedy` its name, `text` a sentence, `lowers_security`, `arguments` where a
    /// command does it; for a logout its `key`, for a login its `key` and consents, for `hosts.toml` its
    /// `file`, the `host`, the `lines` to write, and whether the key `extends` one that is there, for `[trust]` its `host` and
    /// `realms`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("remedy", self.as_str())?;
        map.serialize_entry("text", &self.to_string())?;
        map.serialize_entry("lowers_security", &self.lowers_security())?;
        if let Some(arguments) = self.arguments() {
            map.serialize_entry("arguments", &arguments)?;
        }
        if let Self::WriteHosts(entry) = self {
            map.serialize_entry("file", &entry.file)?;
            map.serialize_entry("host", &entry.origin.to_string())?;
            map.serialize_entry("lines", &entry.lines())?;
            map.serialize_entry("extends", &entry.extends)?;
        }
        if let Self::TrustRealms { host, realms } = self {
            let realms: Vec<_> = realms.iter().map(ToString::to_string).collect();
            map.serialize_entry("host", &host.to_string())?;
            map.serialize_entry("realms", &realms)?;
        }
        if let Self::LogOut(key) = self {
            map.serialize_entry("key", &key.to_string())?;
        }
        if let Self::LogIn(log_in) = self {
            map.serialize_entry("key", &log_in.key.to_string())?;
            let realm = log_in.trusted_realm.as_ref().map(ToString::to_string);
            map.serialize_entry("trusted_realm", &realm)?;
            map.serialize_entry("plain_http", &log_in.plain_http)?;
            map.serialize_entry("insecure_registry", &log_in.insecure_registry)?;
        }
        map.end()
    }
}
