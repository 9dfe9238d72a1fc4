//! `config.toml`: the operator's settings.

mod key;
mod origin;
mod reader;
#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::failure::Failure;
pub(crate) use key::Key;
pub(crate) use origin::Origin;
use reader::Reader;

/// The largest `config.toml` that is read.
const LARGEST: u64 = 1 << 20;

/// The settings of `config.toml`; an absent file has none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// `store`: where logins are kept.
    pub(crate) store: Option<String>,
    /// `profile`: whose credentials.
    pub(crate) profile: Option<String>,
    /// `hosts_dirs`: the hosts directories, in order.
    pub(crate) hosts_directories: Vec<PathBuf>,
    /// `anonymous_fallback`: whether a pull asks anonymously where every credential was rejected.
    pub(crate) anonymous_fallback: Option<bool>,
    /// `[trust]`.
    pub(crate) trust: Trust,
    /// Names of `[profiles.NAME]`.
    pub(crate) profiles: Vec<String>,
    /// Those of them with `inherit = true`.
    pub(crate) inheriting: Vec<String>,
    /// Unknown keys.
    pub(crate) warnings: Vec<ConfigWarning>,
}

/// `[trust]`: where secrets may go besides the built-in rules.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Trust {
    /// `plain_http`: hosts that may see a secret over plain http.
    pub(crate) plain_http: Vec<String>,
    /// `realms`: pairs of a host and the host of a realm.
    pub(crate) realms: Vec<(String, String)>,
}

/// Something in `config.toml` that is probably not meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ConfigWarning {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Config {
    /// Reads the file; an absent one is empty.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = |problem: String| {
            let message = format!("cannot read {}: {problem}", path.display());
            Failure::new(Exit::Configuration, message)
        };
        match std::fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(error.kind().to_string())),
            Ok(metadata) if !metadata.is_file() => return Err(unreadable("not a file".into())),
            Ok(metadata) if metadata.len() > LARGEST => {
                return Err(unreadable("it is larger than 1 MiB".into()));
            }
            Ok(_) => {}
        }
        let text = std::fs::read_to_string(path).map_err(|e| unreadable(e.kind().to_string()))?;
        Self::parse(path, &text)
    }

    /// Whether a profile also sees the default profile's credentials.
    pub(crate) fn inherits(&self, profile: &str) -> bool {
        self.inheriting.iter().any(|name| name == profile)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let mut reader = Reader::new(path, text);
        let root = reader.document()?;
        let mut config = Self::default();
        for (key, value) in reader.keys(&root, "", &Key::names_below("")) {
            match key {
                "store" => config.store = Some(reader.text(key, value)?),
                "profile" => config.profile = Some(reader.text(key, value)?),
                "hosts_dirs" => {
                    let paths = reader.texts(key, value)?;
                    config.hosts_directories = paths.into_iter().map(PathBuf::from).collect();
                }
                "anonymous_fallback" => {
                    config.anonymous_fallback = Some(reader.boolean(key, value)?);
                }
                "trust" => config.trust = trust(&mut reader, value)?,
                _ => profiles(&mut reader, value, &mut config)?,
            }
        }
        config.warnings = reader.into_warnings();
        Ok(config)
    }
}

fn trust<'a>(reader: &mut Reader<'a>, value: &reader::Value<'a>) -> Result<Trust, Failure> {
    let mut trust = Trust::default();
    let table = reader.table("trust", value)?;
    for (key, value) in reader.keys(table, "trust.", &Key::names_below("trust.")) {
        match key {
            "plain_http" => trust.plain_http = reader.texts("trust.plain_http", value)?,
            _ => {
                for pair in reader.array("trust.realms", value)? {
                    trust.realms.push(realm(reader, pair)?);
                }
            }
        }
    }
    Ok(trust)
}

fn realm<'a>(
    reader: &mut Reader<'a>,
    value: &reader::Value<'a>,
) -> Result<(String, String), Failure> {
    let table = reader.table("trust.realms", value)?;
    let (mut host, mut realm) = (None, None);
    for (key, value) in reader.keys(table, "trust.realms.", &["host", "realm"]) {
        match key {
            "host" => host = Some(reader.text("trust.realms.host", value)?),
            _ => realm = Some(reader.text("trust.realms.realm", value)?),
        }
    }
    host.zip(realm)
        .ok_or_else(|| reader.broken(value, "a trusted realm has `host` and `realm`"))
}

fn profiles<'a>(
    reader: &mut Reader<'a>,
    value: &reader::Value<'a>,
    config: &mut Config,
) -> Result<(), Failure> {
    for (name, profile) in reader.table("profiles", value)? {
        let name = name.get_ref().to_string();
        let table = reader.table("profiles", profile)?;
        let known = Key::names_below("profiles.NAME.");
        for (_, value) in reader.keys(table, &format!("profiles.{name}."), &known) {
            if reader.boolean("inherit", value)? {
                config.inheriting.push(name.clone());
            }
        }
        config.profiles.push(name);
    }
    config.profiles.sort();
    config.inheriting.sort();
    Ok(())
}
