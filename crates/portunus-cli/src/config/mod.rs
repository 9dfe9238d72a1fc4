//! `config.toml`: the operator's settings.

mod origin;
mod reader;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::failure::Failure;
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
        let known = [
            "store",
            "profile",
            "hosts_dirs",
            "anonymous_fallback",
            "trust",
            "profiles",
        ];
        for (key, value) in reader.keys(&root, "", &known) {
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
    for (key, value) in reader.keys(table, "trust.", &["plain_http", "realms"]) {
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
        for (_, value) in reader.keys(table, &format!("profiles.{name}."), &["inherit"]) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, Failure> {
        Config::parse(Path::new("config.toml"), text)
    }

    #[test]
    fn every_key_is_read() {
        let config = parse(
            "store = 'file'\nhosts_dirs = ['/a', '/b']\nanonymous_fallback = true\n[trust]\nplain_http = ['m:5000']\n\
             realms = [{ host = 'reg.test', realm = 'auth.test' }]\n[profiles.ci]\ninherit = true",
        )
        .unwrap();
        assert_eq!(config.store.as_deref(), Some("file"));
        assert_eq!(
            config.hosts_directories,
            [PathBuf::from("/a"), PathBuf::from("/b")]
        );
        assert_eq!(
            config.trust.realms,
            [("reg.test".to_owned(), "auth.test".to_owned())]
        );
        assert_eq!(config.anonymous_fallback, Some(true));
        assert!(config.inherits("ci") && !config.inherits("work"));
        assert_eq!(config.warnings, []);
    }

    #[test]
    fn unknown_keys_are_warned_about_with_the_nearest_known_one() {
        let config = parse("stroe = 'file'\n").unwrap();
        assert_eq!(
            config.warnings[0].message,
            "config.toml:1:1: unknown key `stroe`"
        );
        assert_eq!(
            config.warnings[0].help.as_deref(),
            Some("did you mean `store`?")
        );
    }

    #[test]
    fn a_broken_file_is_named_with_its_place() {
        for (text, place) in [
            ("store = \n", "config.toml:1:9: "),
            ("[trust]\nplain_http = 'x'\n", "config.toml:2:14: "),
            ("store = 7", "config.toml:1:9: "),
        ] {
            let failure = parse(text).unwrap_err();
            assert!(failure.message.starts_with(place), "{}", failure.message);
            assert_eq!(failure.exit, Exit::Configuration);
        }
    }
}
