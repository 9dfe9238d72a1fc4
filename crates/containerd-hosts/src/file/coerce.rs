use std::borrow::Cow;

use super::settings::Located;
use crate::code::Code;
use crate::fault::Fault;
use crate::toml::{Key, KeyPart, Value, ValueKind};

// A value as the type that containerd has for its key; go-toml converts nothing.

pub(super) fn string<'s>(
    name: &KeyPart<'_>,
    rest: &[KeyPart<'_>],
    value: Value<'s>,
) -> Result<Located<Cow<'s, str>>, Fault> {
    match value.kind {
        ValueKind::String(text) if rest.is_empty() => Ok(Located {
            value: text.into_text(),
            at: value.at,
        }),
        kind => Err(wrong_type(name, value.at, "a string", rest, &kind)),
    }
}

pub(super) fn boolean(
    name: &KeyPart<'_>,
    rest: &[KeyPart<'_>],
    value: Value<'_>,
) -> Result<Located<bool>, Fault> {
    match value.kind {
        ValueKind::Boolean(flag) if rest.is_empty() => Ok(Located {
            value: flag,
            at: value.at,
        }),
        kind => Err(wrong_type(name, value.at, "true or false", rest, &kind)),
    }
}

/// A list, for strings.
pub(super) fn list<'s>(
    name: &KeyPart<'_>,
    rest: &[KeyPart<'_>],
    value: Value<'s>,
) -> Result<Vec<Value<'s>>, Fault> {
    match value.kind {
        ValueKind::Array(items) if rest.is_empty() => Ok(items),
        kind => Err(wrong_type(
            name,
            value.at,
            "an array of strings",
            rest,
            &kind,
        )),
    }
}

/// A string of such a list.
pub(super) fn item<'v>(name: &KeyPart<'_>, value: &'v Value<'_>) -> Result<&'v str, Fault> {
    match &value.kind {
        ValueKind::String(text) => Ok(text.as_str()),
        kind => Err(wrong_type(name, value.at, "a string", &[], kind)),
    }
}

pub(super) fn table<'s>(
    name: &KeyPart<'_>,
    value: Value<'s>,
) -> Result<Vec<(Key<'s>, Value<'s>)>, Fault> {
    match value.kind {
        ValueKind::Table(pairs) => Ok(pairs),
        kind => Err(wrong_type(name, value.at, "a table", &[], &kind)),
    }
}

fn wrong_type(
    name: &KeyPart<'_>,
    at: usize,
    wanted: &str,
    rest: &[KeyPart<'_>],
    kind: &ValueKind<'_>,
) -> Fault {
    let found = if rest.is_empty() {
        kind.name()
    } else {
        "a table"
    };
    Fault::new(
        at,
        Code::WrongType,
        format!("`{}` takes {wanted}, not {found}", name.text),
    )
    .help(example(&name.text, wanted))
}

/// How a setting is written, for people to put their own values in.
pub(super) fn example(name: &str, wanted: &str) -> String {
    let line = match name.to_ascii_lowercase().as_str() {
        "server" => "server = \"https://HOST\"",
        "capabilities" => "capabilities = [\"pull\", \"resolve\"]",
        "skip_verify" => "skip_verify = true",
        "override_path" => "override_path = true",
        "dial_timeout" => "dial_timeout = \"3s\"",
        "ca" => "ca = \"ca.crt\"",
        "client" => "client = [[\"client.crt\", \"client.key\"]]",
        "host" | "header" => return HOSTS_AND_HEADERS.to_owned(),
        _ => return format!("write {wanted} there"),
    };
    format!("write it as in `{line}`")
}

const HOSTS_AND_HEADERS: &str =
    "write hosts as `[host.\"https://…\"]` and headers as `[host.\"https://…\".header]`";

/// As much of a word of the file as a message has.
pub(super) fn shorten(word: &str) -> String {
    word.chars().take(40).collect()
}

pub(super) fn wrong_table(name: &KeyPart<'_>, what: &str) -> Fault {
    Fault::new(
        name.at,
        Code::WrongType,
        format!("`{what}` cannot be written like this"),
    )
    .help(HOSTS_AND_HEADERS)
}

pub(super) fn locate<'s>(part: &KeyPart<'s>) -> Located<Cow<'s, str>> {
    Located {
        value: part.text.clone(),
        at: part.at,
    }
}
