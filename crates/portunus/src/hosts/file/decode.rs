use std::collections::{HashMap, HashSet};

use super::any::{append_table, check_holds, make_table};
use super::field::Field;
use super::{Located, Settings, Unread};
use crate::hosts::Fault;
use crate::hosts::toml::{self, DefinedKeys, Key, KeyPart, NewSyntax, Value, ValueKind, Visitor};

/// Hosts of one file; parsing them takes containerd time that grows with the square.
const MOST_HOSTS: usize = 10_000;
/// Headers of one host.
const MOST_HEADERS: usize = 1_000;

/// A `hosts.toml` as go-toml decodes it into containerd's structures
/// (`core/remotes/docker/config/hosts.go`, `parseHostsFile`).
#[derive(Debug, Default)]
pub(in crate::hosts) struct HostsFile {
    /// `server`.
    pub(in crate::hosts) server: Option<Located<String>>,
    /// What the root sets, for the server.
    pub(in crate::hosts) root: Settings,
    /// The hosts in the order containerd walks them; one can stand there twice.
    pub(in crate::hosts) order: Vec<Located<String>>,
    /// What goes unread.
    pub(in crate::hosts) unread: Vec<Unread>,
    /// What only newer readers understand.
    pub(in crate::hosts) new_syntax: Vec<NewSyntax>,
    hosts: HashMap<String, Settings>,
    /// Hosts made by a dotted key or inside an inline table.
    inline: Vec<Located<String>>,
}

impl HostsFile {
    /// Reads the file's bytes.
    pub(in crate::hosts) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let mut decoder = Decoder {
            file: Self::default(),
            defined: DefinedKeys::new(),
            table: Vec::new(),
            skip: false,
        };
        let new_syntax = toml::parse(bytes, &mut decoder)?;
        let mut file = decoder.file;
        file.new_syntax = new_syntax;
        let mut told: HashSet<&str> = file.order.iter().map(|host| host.value.as_str()).collect();
        for host in &file.inline {
            if told.insert(&host.value) {
                file.unread.push(Unread::Host {
                    name: host.value.clone(),
                    at: host.at,
                });
            }
        }
        Ok(file)
    }

    /// What the file sets for a host of [`HostsFile::order`].
    pub(in crate::hosts) fn settings(&self, host: &str) -> Settings {
        self.hosts.get(host).cloned().unwrap_or_default()
    }

    /// Every host of the file, in whatever form it is written, in the order of first places.
    pub(in crate::hosts) fn written_hosts(&self) -> Vec<&Located<String>> {
        let mut seen = HashSet::new();
        let mut hosts: Vec<_> = self.order.iter().chain(&self.inline).collect();
        hosts.sort_by_key(|host| host.at);
        hosts.retain(|host| seen.insert(&host.value));
        hosts
    }
}

struct Decoder {
    file: HostsFile,
    defined: DefinedKeys,
    /// The name of the table that pairs belong to.
    table: Key,
    /// Whether containerd reads nothing of that table.
    skip: bool,
}

impl Visitor for Decoder {
    fn table(&mut self, key: &[KeyPart]) -> Result<(), Fault> {
        self.defined.table(key)?;
        self.list_host(key)?;
        self.enter(key, None)
    }

    fn array_table(&mut self, key: &[KeyPart]) -> Result<(), Fault> {
        let first = self.defined.array_table(key)?;
        self.enter(key, Some(first))
    }

    fn pair(&mut self, key: Key, value: Value) -> Result<(), Fault> {
        self.defined.pair(&key, &value)?;
        if self.skip {
            return Ok(());
        }
        let mut path = self.table.clone();
        path.extend(key);
        self.set_in_root(&path, value)
    }
}

impl Decoder {
    /// containerd's `getSortedHosts`: tables whose first part is exactly `host`, unless they
    /// repeat the one before.
    fn list_host(&mut self, key: &[KeyPart]) -> Result<(), Fault> {
        let [first, host, ..] = key else {
            return Ok(());
        };
        let last = self
            .file
            .order
            .last()
            .map_or("", |last| last.value.as_str());
        if first.text != "host" || host.text == last {
            return Ok(());
        }
        if self.file.order.len() == MOST_HOSTS {
            return Err(Fault::new(
                host.at,
                "too-many-hosts",
                "more than 10000 hosts in one file",
            )
            .help("containerd reads this file for every request; keep what the registry needs"));
        }
        self.file.order.push(located(host));
        Ok(())
    }

    /// A header: makes what it names. `array` tells of `[[…]]` whether it is the first of its name.
    fn enter(&mut self, key: &[KeyPart], array: Option<bool>) -> Result<(), Fault> {
        self.table = key.to_vec();
        self.skip = false;
        let (first, rest) = (&key[0], &key[1..]);
        let Some(field) = Field::of_root(&first.text) else {
            return self.skip_table(first, false);
        };
        if field != Field::Host {
            return enter_field(&mut self.file.root, field, first, rest, array);
        }
        match rest {
            [] if array.is_none() => Ok(()),
            [] => Err(wrong_table(first, "host")),
            [host] if array.is_some() => Err(wrong_table(host, "a host")),
            [host] => {
                self.note_host(&first.text, host);
                self.host(host);
                Ok(())
            }
            [host, name, deeper @ ..] => {
                self.note_host(&first.text, host);
                match Field::of_host(&name.text) {
                    None => {
                        self.host(host);
                        self.skip_table(name, true)
                    }
                    Some(field) => enter_field(self.host(host), field, name, deeper, array),
                }
            }
        }
    }

    fn skip_table(&mut self, name: &KeyPart, in_host: bool) -> Result<(), Fault> {
        self.skip = true;
        self.unknown(name, in_host, true);
        Ok(())
    }

    fn unknown(&mut self, name: &KeyPart, in_host: bool, table: bool) {
        self.file.unread.push(Unread::Unknown {
            name: name.text.clone(),
            at: name.at,
            nearest: Field::nearest(&name.text, in_host),
            table,
        });
    }

    fn host(&mut self, host: &KeyPart) -> &mut Settings {
        self.file.hosts.entry(host.text.clone()).or_default()
    }

    /// `[HOST."…"]` and `[[host."…".ca]]` set a host but do not list it.
    fn note_host(&mut self, first: &str, host: &KeyPart) {
        let listed = self
            .file
            .order
            .last()
            .is_some_and(|last| last.value == host.text);
        if first != "host" || !listed {
            self.file.inline.push(located(host));
        }
    }

    fn set_in_root(&mut self, path: &[KeyPart], value: Value) -> Result<(), Fault> {
        let (first, rest) = (&path[0], &path[1..]);
        match Field::of_root(&first.text) {
            None => {
                self.unknown(first, false, false);
                Ok(())
            }
            Some(Field::Host) => self.set_in_hosts(first, rest, value),
            Some(Field::Server) => {
                self.file.server = Some(string(first, rest, value)?);
                Ok(())
            }
            Some(field) => set_field(&mut self.file.root, field, first, rest, value),
        }
    }

    fn set_in_hosts(
        &mut self,
        first: &KeyPart,
        rest: &[KeyPart],
        value: Value,
    ) -> Result<(), Fault> {
        let Some((host, rest)) = rest.split_first() else {
            let pairs = table(first, value)?;
            self.file.hosts.clear();
            return pairs
                .into_iter()
                .try_for_each(|(key, value)| self.set_in_hosts(first, &key, value));
        };
        if self.table.len() < 2 {
            self.file.inline.push(located(host));
        }
        self.host(host);
        match rest.split_first() {
            None => table(host, value)?
                .into_iter()
                .try_for_each(|(key, value)| {
                    let (name, rest) = (&key[0], &key[1..]);
                    self.set_in_host(host, name, rest, value)
                }),
            Some((name, rest)) => self.set_in_host(host, name, rest, value),
        }
    }

    fn set_in_host(
        &mut self,
        host: &KeyPart,
        name: &KeyPart,
        rest: &[KeyPart],
        value: Value,
    ) -> Result<(), Fault> {
        match Field::of_host(&name.text) {
            None => {
                self.unknown(name, true, false);
                Ok(())
            }
            Some(field) => set_field(self.host(host), field, name, rest, value),
        }
    }
}

fn set_field(
    settings: &mut Settings,
    field: Field,
    name: &KeyPart,
    rest: &[KeyPart],
    value: Value,
) -> Result<(), Fault> {
    match field {
        Field::Capabilities => settings.capabilities = Some(strings(name, rest, value)?),
        Field::SkipVerify => settings.skip_verify = Some(boolean(name, rest, value)?),
        Field::OverridePath => settings.override_path = Some(boolean(name, rest, value)?),
        Field::DialTimeout => settings.dial_timeout = Some(string(name, rest, value)?),
        Field::Ca => set_any(&mut settings.ca, rest, value)?,
        Field::Client => set_any(&mut settings.client, rest, value)?,
        Field::Header => set_header(&mut settings.header, name, rest, value)?,
        Field::CredentialDomain => {
            settings.credential_domain = Some(Located {
                at: value.at,
                value: string(name, rest, value).ok().map(|domain| domain.value),
            });
        }
        // Only the root has these, and handles them itself.
        Field::Server | Field::Host => {}
    }
    Ok(())
}

fn enter_field(
    settings: &mut Settings,
    field: Field,
    name: &KeyPart,
    rest: &[KeyPart],
    array: Option<bool>,
) -> Result<(), Fault> {
    match field {
        Field::Ca => enter_any(&mut settings.ca, name, rest, array),
        Field::Client => enter_any(&mut settings.client, name, rest, array),
        Field::Header => match rest {
            [] if array.is_some() => return Err(wrong_table(name, "header")),
            [] => {}
            [key, deeper @ ..] => {
                let mut value = take_header(&mut settings.header, &key.text);
                enter_any(&mut value, key, deeper, array);
                settings
                    .header
                    .extend(value.map(|value| (located(key), value)));
            }
        },
        // containerd does not know it, so nothing there can make it refuse the file.
        Field::CredentialDomain => {
            settings.credential_domain = Some(Located {
                value: None,
                at: name.at,
            });
        }
        _ => return Err(wrong_table(name, &name.text.to_lowercase())),
    }
    Ok(())
}

fn enter_any(value: &mut Option<Value>, name: &KeyPart, rest: &[KeyPart], array: Option<bool>) {
    match array {
        Some(first) if rest.is_empty() => append_table(value, name, first),
        _ => make_table(value, name),
    }
}

fn set_any(slot: &mut Option<Value>, rest: &[KeyPart], value: Value) -> Result<(), Fault> {
    check_holds(&value)?;
    match rest.first() {
        None => *slot = Some(value),
        Some(part) => make_table(slot, part),
    }
    Ok(())
}

fn set_header(
    header: &mut Vec<(Located<String>, Value)>,
    name: &KeyPart,
    rest: &[KeyPart],
    value: Value,
) -> Result<(), Fault> {
    let Some((key, rest)) = rest.split_first() else {
        let pairs = table(name, value)?;
        header.clear();
        return pairs
            .into_iter()
            .try_for_each(|(key, value)| set_header(header, name, &key, value));
    };
    if header.len() == MOST_HEADERS {
        return Err(Fault::new(
            key.at,
            "too-many-headers",
            "more than 1000 headers for one host",
        ));
    }
    let mut slot = take_header(header, &key.text);
    set_any(&mut slot, rest, value)?;
    header.extend(slot.map(|value| (located(key), value)));
    Ok(())
}

fn take_header(header: &mut Vec<(Located<String>, Value)>, key: &str) -> Option<Value> {
    let index = header.iter().position(|(name, _)| name.value == key)?;
    Some(header.remove(index).1)
}

fn string(name: &KeyPart, rest: &[KeyPart], value: Value) -> Result<Located<String>, Fault> {
    match value.kind {
        ValueKind::String(text) if rest.is_empty() => Ok(Located {
            value: text.expose().to_owned(),
            at: value.at,
        }),
        kind => Err(wrong_type(name, value.at, "a string", rest, &kind)),
    }
}

fn boolean(name: &KeyPart, rest: &[KeyPart], value: Value) -> Result<Located<bool>, Fault> {
    match value.kind {
        ValueKind::Boolean(flag) if rest.is_empty() => Ok(Located {
            value: flag,
            at: value.at,
        }),
        kind => Err(wrong_type(name, value.at, "true or false", rest, &kind)),
    }
}

fn strings(
    name: &KeyPart,
    rest: &[KeyPart],
    value: Value,
) -> Result<Located<Vec<Located<String>>>, Fault> {
    match value.kind {
        ValueKind::Array(items) if rest.is_empty() => Ok(Located {
            at: value.at,
            value: items
                .into_iter()
                .map(|item| string(name, &[], item))
                .collect::<Result<_, _>>()?,
        }),
        kind => Err(wrong_type(
            name,
            value.at,
            "an array of strings",
            rest,
            &kind,
        )),
    }
}

fn table(name: &KeyPart, value: Value) -> Result<Vec<(Key, Value)>, Fault> {
    match value.kind {
        ValueKind::Table(pairs) => Ok(pairs),
        kind => Err(wrong_type(name, value.at, "a table", &[], &kind)),
    }
}

fn wrong_type(
    name: &KeyPart,
    at: usize,
    wanted: &str,
    rest: &[KeyPart],
    kind: &ValueKind,
) -> Fault {
    let found = if rest.is_empty() {
        kind.name()
    } else {
        "a table"
    };
    Fault::new(
        at,
        "wrong-type",
        format!("`{}` takes {wanted}, not {found}", name.text),
    )
    .help("containerd ignores the whole file because of this")
}

fn wrong_table(name: &KeyPart, what: &str) -> Fault {
    Fault::new(
        name.at,
        "wrong-type",
        format!("`{what}` cannot be written like this"),
    )
    .help("write hosts as `[host.\"https://…\"]` and headers as `[host.\"https://…\".header]`")
}

fn located(part: &KeyPart) -> Located<String> {
    Located {
        value: part.text.clone(),
        at: part.at,
    }
}
