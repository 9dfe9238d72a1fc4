//! What helpers print, read as docker does (docker-credential-helpers `client/client.go`): the first
//! value, a field in any case, of several the last, and `null` as nothing.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Error, Map, Value};

use crate::credential::Credential;
use containerd_hosts::Secret;

/// The user name that says that the secret is an identity token.
pub(super) const TOKEN: &str = "<token>";

/// What `get` has printed; `None` where it has nothing.
pub(super) fn credential(output: &[u8]) -> Result<Option<Credential>, Error> {
    let Some(HelperCredential { username, secret }) = first_value(output)? else {
        return Ok(None);
    };
    let username = username.unwrap_or_default();
    let secret = secret.unwrap_or_else(|| Secret::new(""));
    Ok(match username.as_str() {
        // What `pass` of version 0.6 says where it has nothing.
        "" if secret.is_empty() => None,
        TOKEN => Some(Credential::IdentityToken {
            username: None,
            token: secret,
        }),
        _ => Some(Credential::Password {
            username,
            password: secret,
        }),
    })
}

/// What `list` has printed: keys and user names.
pub(super) fn list(output: &[u8]) -> Result<Vec<(String, String)>, Error> {
    // Go writes a map that was never made as `null`.
    let listed: Map<String, Value> = first_value(output)?.unwrap_or_default();
    let label = "Registry credentials for ";
    Ok(listed
        .into_iter()
        .map(|(key, user)| {
            // secretservice of version 0.9 gives its labels in place of its keys.
            let key = key.strip_prefix(label).unwrap_or(&key).to_owned();
            (key, user.as_str().unwrap_or_default().to_owned())
        })
        .collect())
}

fn first_value<'a, T: Deserialize<'a>>(output: &'a [u8]) -> Result<Option<T>, Error> {
    Option::<T>::deserialize(&mut serde_json::Deserializer::from_slice(output))
}

#[derive(Default)]
struct HelperCredential {
    username: Option<String>,
    secret: Option<Secret>,
}

impl<'de> Deserialize<'de> for HelperCredential {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = HelperCredential;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut found = HelperCredential::default();
        while let Some(field) = fields.next_key()? {
            match field {
                Field::Username => {
                    let username: Option<String> = fields.next_value()?;
                    found.username = username.or(found.username);
                }
                Field::Secret => {
                    let secret: Option<String> = fields.next_value()?;
                    found.secret = secret.map(Secret::new).or(found.secret);
                }
                Field::Other => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

enum Field {
    Username,
    Secret,
    Other,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(FieldName)
    }
}

struct FieldName;

impl Visitor<'_> for FieldName {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Field, E> {
        Ok(match name {
            _ if name.eq_ignore_ascii_case("Username") => Field::Username,
            _ if name.eq_ignore_ascii_case("Secret") => Field::Secret,
            _ => Field::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_read_as_docker_reads_it() {
        let alice = || Some(Credential::password("alice", "p"));
        for (output, expected) in [
            (r#"{"Username": "alice", "Secret": "p"}"#, alice()),
            (r#"{"USERNAME": "alice", "secreT": "p"}"#, alice()),
            (
                r#"{"Username": "bob", "Username": "alice", "Secret": "p"}"#,
                alice(),
            ),
            (
                r#"{"Secret": "p", "Secret": null, "Username": "alice", "x": {}}"#,
                alice(),
            ),
            ("{\"Username\": \"alice\", \"Secret\": \"p\"}\nbye", alice()),
            (r#"{"Username": "", "Secret": ""}"#, None),
            ("{}", None),
            ("null", None),
        ] {
            assert_eq!(credential(output.as_bytes()).unwrap(), expected, "{output}");
        }
        for output in ["", "[]", "p", r#"{"Secret": 1}"#, r#"{"Secret": "p""#] {
            assert!(credential(output.as_bytes()).is_err(), "{output}");
        }
    }

    #[test]
    fn a_list_of_nothing_is_null_or_empty_and_what_follows_a_list_is_passed_over() {
        for (output, keys) in [
            ("null\n", &[][..]),
            ("{}\n", &[]),
            ("{\"reg.test\": \"alice\"}\nbye", &["reg.test"]),
        ] {
            let listed = list(output.as_bytes()).unwrap();
            let found: Vec<&str> = listed.iter().map(|(key, _)| key.as_str()).collect();
            assert_eq!(found, keys, "{output}");
        }
        for output in ["", "[]", "bye"] {
            assert!(list(output.as_bytes()).is_err(), "{output}");
        }
    }
}
