use portunus::name::Authority;
use portunus::token::trust::{Origin, RealmPair};
use url::Url;

use super::key::Key;
use super::reader::{Reader, Value};
use crate::error::config::{ConfigError, ConfigProblem};

/// `[trust]`: where secrets may go besides the built-in rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trust {
    /// `plain_http`: hosts that may see a secret over plain http.
    pub plain_http: Vec<Authority>,
    /// `realms`: pairs of a host and the host of a realm.
    pub realms: Vec<RealmPair>,
}

impl Trust {
    pub(super) fn read<'a>(
        reader: &mut Reader<'a>,
        value: &Value<'a>,
    ) -> Result<Self, ConfigError> {
        let mut trust = Self::default();
        let table = reader.table("trust", value)?;
        for (key, value) in reader.keys(table, "trust.", &Key::names_below("trust.")) {
            match key {
                "plain_http" => {
                    for item in reader.array("trust.plain_http", value)? {
                        trust
                            .plain_http
                            .push(host(reader, "trust.plain_http", item)?);
                    }
                }
                _ => {
                    for pair in reader.array("trust.realms", value)? {
                        trust.realms.push(realm(reader, pair)?);
                    }
                }
            }
        }
        Ok(trust)
    }
}

fn realm<'a>(reader: &mut Reader<'a>, value: &Value<'a>) -> Result<RealmPair, ConfigError> {
    let table = reader.table("trust.realms", value)?;
    let (mut registry, mut realm) = (None, None);
    for (key, value) in reader.keys(table, "trust.realms.", &["host", "realm"]) {
        match key {
            "host" => registry = Some(host(reader, "trust.realms.host", value)?),
            _ => realm = Some(host(reader, "trust.realms.realm", value)?),
        }
    }
    registry
        .zip(realm)
        .map(|(registry, realm)| RealmPair::new(registry, realm))
        .ok_or_else(|| reader.fail_at(value, ConfigProblem::HalfAPair))
}

/// `HOST[:PORT]`, or a URL, of which the origin counts, as with `login --trust-realm`.
fn host<'a>(reader: &Reader<'a>, key: &str, value: &Value<'a>) -> Result<Authority, ConfigError> {
    let text = reader.text(key, value)?;
    if !text.contains("://") {
        let authority = Authority::parse(&text);
        return authority.map_err(|error| reader.fail_at(value, error));
    }
    // What stands before an `@` may be a password: it is neither taken nor shown.
    let url = Url::parse(&text).ok();
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
    url.as_ref()
        .and_then(Origin::of)
        .and_then(|origin| origin.authority())
        .ok_or_else(|| {
            let wanted = "HOST[:PORT], or an http or https URL without a user";
            reader.wrong_value(key, value, wanted)
        })
}
