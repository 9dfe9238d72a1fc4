use crate::code::Code;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::coerce::{example, shorten};
use super::settings::{FileSettings, Located};
use crate::capabilities::Capabilities;
use crate::daemon_version::DaemonVersion;
use crate::dial_timeout::DialTimeout;
use crate::fault::Fault;
use crate::finding::FindingSubject;
use crate::go::{self, Url};
use crate::secret::Secret;
use crate::toml::{Text, Value, ValueKind};

/// A host, or the server, as the file has it, before the registry namespace fills in what is
/// missing (containerd's `parseHostConfig`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) scheme: Cow<'static, str>,
    /// Empty: the registry namespace's own upstream is meant, where it is the last.
    pub(crate) host: String,
    pub(crate) path: Cow<'static, str>,
    pub(crate) capabilities: Capabilities,
    pub(crate) headers: Vec<(Located<String>, Vec<Secret>)>,
    pub(crate) skip_verify: Option<bool>,
    /// Whether certificates go unchecked because the host is this machine, whatever is written.
    pub(crate) unverified_localhost: bool,
    pub(crate) ca: Option<Vec<FileReference>>,
    pub(crate) client: Option<Vec<ClientFiles>>,
    pub(crate) dial_timeout: DialTimeout,
    /// `proxy` as written.
    pub(crate) proxy: Option<Secret>,
    /// Keys that the caller announced, by their position. `None` inside where it is no string.
    pub(crate) announced: Vec<(usize, Located<Option<String>>)>,
    /// Where its URL or host name is written; `None`: nothing is.
    pub(crate) at: Option<usize>,
    /// Whether `override_path` is set for it.
    pub(crate) overrides_path: bool,
    /// Whether its name begins with a scheme that containerd takes for a part of the host.
    pub(crate) has_odd_scheme: bool,
    /// Whether the URL names a user, or a password.
    pub(crate) has_user: bool,
    /// Whether the URL has a query or a fragment.
    pub(crate) has_query_or_fragment: bool,
}

/// A client certificate, and its key unless both stand in one file.
pub(crate) type ClientFiles = (FileReference, Option<FileReference>);

/// A file that a `hosts.toml` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileReference {
    /// Relative paths hang on the directory of the `hosts.toml`.
    pub(crate) path: PathBuf,
    /// Where it was written; `None`: found by listing the directory.
    pub(crate) at: Option<usize>,
}

impl Endpoint {
    /// The host as what a finding is about; `None` where it is the registry namespace's own.
    pub(crate) fn as_subject(&self) -> Option<FindingSubject> {
        (!self.host.is_empty()).then(|| FindingSubject::Host {
            scheme: self.scheme.clone().into_owned(),
            host: self.host.clone(),
        })
    }

    /// Whether the host has TLS settings of its own. Empty lists count, too.
    pub(crate) fn has_tls_settings(&self) -> bool {
        let verification = self.skip_verify.is_some() || self.unverified_localhost;
        verification || self.ca.is_some() || self.client.is_some()
    }

    /// Reads what is set for `name`, a URL or a host name, in a file of `directory`.
    pub(crate) fn parse(
        name: Option<&Located<Cow<'_, str>>>,
        settings: &FileSettings<'_>,
        directory: &Path,
        daemon: DaemonVersion,
    ) -> Result<Self, Fault> {
        let mut endpoint = Self {
            at: name.map(|name| name.at),
            overrides_path: settings.override_path.as_ref().is_some_and(|set| set.value),
            ..Self::default()
        };
        if let Some(name) = name.filter(|name| !name.value.is_empty()) {
            endpoint.set_url(name, daemon)?;
        }
        endpoint.skip_verify = settings.skip_verify.as_ref().map(|set| set.value);
        if let Some(written) = &settings.capabilities {
            endpoint.capabilities = written.value.read.clone().map_err(|fault| *fault)?;
        }
        endpoint.ca = settings
            .ca
            .as_ref()
            .map(|ca| certificates(ca, directory))
            .transpose()?;
        endpoint.client = match &settings.client {
            None => None,
            Some(client) => client_certificates(client, directory)?,
        };
        for (name, value) in &settings.header {
            let values = header_values(name, value)?;
            let name = Located {
                value: name.value.to_string(),
                at: name.at,
            };
            endpoint.headers.push((name, values));
        }
        let timeout = settings.dial_timeout.as_ref();
        if let Some(text) = timeout.filter(|text| !text.value.is_empty()) {
            endpoint.dial_timeout = dial_timeout(text)?;
        }
        endpoint.proxy = settings.proxy.clone();
        let announced = settings.announced.iter();
        endpoint.announced = announced
            .map(|(key, written)| (*key, written.to_owned_text()))
            .collect();
        Ok(endpoint)
    }

    fn set_url(
        &mut self,
        name: &Located<Cow<'_, str>>,
        daemon: DaemonVersion,
    ) -> Result<(), Fault> {
        let text = match name.value.starts_with("http") {
            true => Cow::Borrowed(&*name.value),
            false => Cow::Owned(format!("https://{}", name.value)),
        };
        let url = Url::parse_as(&text, daemon.takes_bare_ipv6()).map_err(|fault| {
            Fault::new(name.at, Code::InvalidUrl, format!("not a URL: {}", fault.0))
                .help("write `https://HOST[:PORT][/PATH]`, an IPv6 address in brackets")
        })?;
        self.path = match url.path.as_str() {
            "" if self.overrides_path => "".into(),
            "" => "/v2".into(),
            path => {
                let path = go::clean(path);
                match self.overrides_path || path.ends_with("/v2") {
                    true => path.into(),
                    false => (path + "/v2").into(),
                }
            }
        };
        self.has_odd_scheme = !name.value.starts_with("http") && name.value.contains("://");
        self.scheme = url.scheme;
        self.host = url.host;
        self.has_user = url.has_user;
        self.has_query_or_fragment = url.has_query_or_fragment;
        Ok(())
    }
}

fn certificates(value: &Value<'_>, directory: &Path) -> Result<Vec<FileReference>, Fault> {
    match &value.kind {
        ValueKind::String(path) => Ok(vec![reference(path, value.at, directory)]),
        ValueKind::Array(items) => items
            .iter()
            .map(|item| path(item, "ca", directory))
            .collect(),
        kind => Err(not_paths(value.at, "ca", kind)),
    }
}

/// `None` for an empty list, as containerd has it.
fn client_certificates(
    value: &Value<'_>,
    directory: &Path,
) -> Result<Option<Vec<ClientFiles>>, Fault> {
    let items = match &value.kind {
        ValueKind::String(path) => {
            return Ok(Some(vec![(reference(path, value.at, directory), None)]));
        }
        ValueKind::Array(items) => items,
        kind => return Err(not_paths(value.at, "client", kind)),
    };
    let mut pairs = Vec::new();
    for item in items {
        pairs.push(match &item.kind {
            ValueKind::Array(pair) => match pair.as_slice() {
                [certificate, key] => (
                    path(certificate, "client", directory)?,
                    Some(path(key, "client", directory)?),
                ),
                _ => {
                    return Err(Fault::new(
                        item.at,
                        Code::InvalidClient,
                        "a pair of `client` has two files",
                    )
                    .help("write `client = [[\"cert.pem\", \"key.pem\"]]`"));
                }
            },
            _ => (path(item, "client", directory)?, None),
        });
    }
    Ok((!pairs.is_empty()).then_some(pairs))
}

fn path(value: &Value<'_>, key: &str, directory: &Path) -> Result<FileReference, Fault> {
    match &value.kind {
        ValueKind::String(path) => Ok(reference(path, value.at, directory)),
        kind => Err(not_paths(value.at, key, kind)),
    }
}

fn not_paths(at: usize, key: &str, kind: &ValueKind<'_>) -> Fault {
    let message = format!(
        "`{key}` takes the path of a file or a list of paths, not {}",
        kind.name()
    );
    Fault::new(at, Code::WrongType, message).help(example(key, "a path"))
}

fn reference(path: &Text<'_>, at: usize, directory: &Path) -> FileReference {
    let path = path.as_str();
    let absolute = if path.starts_with('/') {
        PathBuf::from(path)
    } else {
        join(directory, path)
    };
    FileReference {
        path: absolute,
        at: Some(at),
    }
}

fn join(directory: &Path, path: &str) -> PathBuf {
    match directory.to_str() {
        Some(directory) => PathBuf::from(go::join(&[directory, path])),
        None => directory.join(path),
    }
}

fn header_values(name: &Located<Cow<'_, str>>, value: &Value<'_>) -> Result<Vec<Secret>, Fault> {
    let wrong = |at, kind: &ValueKind<'_>| {
        let message = format!(
            "a header takes a string or a list of strings, `{}` has {}",
            shorten(&name.value),
            kind.name()
        );
        Fault::new(at, Code::WrongType, message)
            .help("settings of the host itself stand before its `header` table")
    };
    match &value.kind {
        ValueKind::String(text) => Ok(vec![Secret::new(text.as_str())]),
        ValueKind::Array(items) => items
            .iter()
            .map(|item| match &item.kind {
                ValueKind::String(text) => Ok(Secret::new(text.as_str())),
                kind => Err(wrong(item.at, kind)),
            })
            .collect(),
        kind => Err(wrong(value.at, kind)),
    }
}

fn dial_timeout(text: &Located<Cow<'_, str>>) -> Result<DialTimeout, Fault> {
    match go::parse_duration(&text.value) {
        Some(nanoseconds) => Ok(DialTimeout::from_nanoseconds(nanoseconds)),
        None => Err(Fault::new(
            text.at,
            Code::InvalidDialTimeout,
            "`dial_timeout` is not a duration",
        )
        .help("write a number with its unit, such as `3s`, `500ms` or `1m30s`")),
    }
}
