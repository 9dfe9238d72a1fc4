use std::borrow::Cow;

use url::form_urlencoded::byte_serialize;

use super::cut::{cut, has};
use super::profile::Profile;
use super::repository::Repository;
use containerd_hosts::{NameError, RegistryNamespace};

/// The parts of a credential key's text, `HOST[:PORT][?ns=NAMESPACE][&path=PREFIX][&profile=NAME]`,
/// as they are written: no name is taken for another one of the same registry yet.
///
/// ```
/// # use portunus::name::KeyText;
/// let text = KeyText::parse("mirror.test?ns=reg.test:443&path=team")?;
/// assert_eq!(text.host, "mirror.test");
/// assert_eq!(text.registry_namespace.unwrap().as_str(), "reg.test:443");
/// assert_eq!(text.repository.unwrap().as_str(), "team");
/// # Ok::<(), portunus::name::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyText<'a> {
    /// What stands before the `?`, not looked at.
    pub host: &'a str,
    /// `ns`.
    pub registry_namespace: Option<RegistryNamespace>,
    /// `path`.
    pub repository: Option<Repository>,
    /// `profile`.
    pub profile: Option<Profile>,
}

impl<'a> KeyText<'a> {
    /// Takes the text apart.
    ///
    /// # Errors
    /// Where a parameter is unknown, stands twice, has no `=`, or a value that is not allowed.
    pub fn parse(text: &'a str) -> Result<Self, NameError> {
        let refused = |problem| NameError::new("credential key", text, problem);
        let (host, query) = match cut(text, b'?') {
            Some((host, query)) => (host, Some(query)),
            None => (text, None),
        };
        let mut parts = Self {
            host,
            registry_namespace: None,
            repository: None,
            profile: None,
        };
        for parameter in query.into_iter().flat_map(|query| query.split('&')) {
            let (name, value) = cut(parameter, b'=').ok_or_else(|| refused("`=` is missing"))?;
            let value = percent_decoded(value).ok_or_else(|| refused("a value is not UTF-8"))?;
            let stood = match name {
                "ns" => parts
                    .registry_namespace
                    .replace(RegistryNamespace::new(value)?)
                    .is_some(),
                "path" => parts.repository.replace(Repository::new(value)?).is_some(),
                "profile" => parts.profile.replace(Profile::new(value)?).is_some(),
                _ => return Err(refused("the parameters are ns, path and profile")),
            };
            if stood {
                return Err(refused("a parameter stands twice"));
            }
        }
        Ok(parts)
    }
}

/// Percent-encodes what could be mistaken for syntax; `:`, `/`, `[` and `]` stay readable.
pub(super) fn encode(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            ':' | '/' | '[' | ']' => text.push(c),
            ' ' => text.push_str("%20"),
            c => text.extend(byte_serialize(c.encode_utf8(&mut [0; 4]).as_bytes())),
        }
    }
    text
}

/// Undoes the percent-encoding. A `+` is a space, as in every query: so it was written once, and a
/// plus sign never was.
pub(crate) fn percent_decoded(value: &str) -> Option<Cow<'_, str>> {
    if !has(value, b'%') && !has(value, b'+') {
        return Some(Cow::Borrowed(value));
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(match (first, tail) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                rest = after;
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok()?;
                u8::from_str_radix(digits, 16).ok()?
            }
            (b'+', _) => b' ',
            (byte, _) => *byte,
        });
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}
