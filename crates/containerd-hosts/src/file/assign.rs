use std::borrow::Cow;

use super::any::{append_table, check_holds, make_table};
use super::coerce::{boolean, list, locate, string, table, wrong_table};
use super::field::Field;
use super::settings::{FileSettings, Located};
use super::written_capabilities::WrittenCapabilities;
use crate::code::Code;
use crate::fault::Fault;
use crate::secret::Secret;
use crate::toml::{KeyPart, Value, ValueKind};

/// Headers of one host.
const MOST_HEADERS: usize = 1_000;

type Headers<'s> = Vec<(Located<Cow<'s, str>>, Value<'s>)>;

/// `name.rest = value` in a table with these settings.
pub(super) fn set_field<'s>(
    settings: &mut FileSettings<'s>,
    field: Field,
    name: &KeyPart<'s>,
    rest: &[KeyPart<'s>],
    value: Value<'s>,
) -> Result<(), Fault> {
    match field {
        Field::Capabilities => {
            let at = value.at;
            let value = WrittenCapabilities::of(name, &list(name, rest, value)?)?;
            settings.capabilities = Some(Located { value, at });
        }
        Field::SkipVerify => settings.skip_verify = Some(boolean(name, rest, value)?),
        Field::OverridePath => settings.override_path = Some(boolean(name, rest, value)?),
        Field::DialTimeout => settings.dial_timeout = Some(string(name, rest, value)?),
        Field::Ca => set_any(&mut settings.ca, rest, value)?,
        Field::Client => set_any(&mut settings.client, rest, value)?,
        Field::Header => set_header(&mut settings.header, name, rest, value)?,
        Field::Proxy => settings.proxy = proxy(rest, value),
        Field::Announced(key) => {
            let written = Located {
                at: value.at,
                value: string(name, rest, value).ok().map(|text| text.value),
            };
            settings.announce(key, written);
        }
        // Only the root has these, and handles them itself.
        Field::Server | Field::Host => {}
    }
    Ok(())
}

/// `[name.rest]`, or `[[name.rest]]`, of which `array` tells whether it is the first.
pub(super) fn enter_field<'s>(
    settings: &mut FileSettings<'s>,
    field: Field,
    name: &KeyPart<'s>,
    rest: &[KeyPart<'s>],
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
                    .extend(value.map(|value| (locate(key), value)));
            }
        },
        Field::Proxy => settings.proxy = None,
        // containerd does not know it, so nothing there can make it refuse the file.
        Field::Announced(key) => {
            let written = Located {
                value: None,
                at: name.at,
            };
            settings.announce(key, written);
        }
        _ => return Err(wrong_table(name, &name.text.to_lowercase())),
    }
    Ok(())
}

/// Most containerds do not know it: what is no text is no fault.
fn proxy(rest: &[KeyPart<'_>], value: Value<'_>) -> Option<Secret> {
    match value.kind {
        ValueKind::String(text) if rest.is_empty() => Some(text.into_secret()),
        _ => None,
    }
}

fn enter_any(
    value: &mut Option<Value<'_>>,
    name: &KeyPart<'_>,
    rest: &[KeyPart<'_>],
    array: Option<bool>,
) {
    match array {
        Some(first) if rest.is_empty() => append_table(value, name, first),
        _ => make_table(value, name),
    }
}

fn set_any<'s>(
    slot: &mut Option<Value<'s>>,
    rest: &[KeyPart<'_>],
    value: Value<'s>,
) -> Result<(), Fault> {
    check_holds(&value)?;
    match rest.first() {
        None => *slot = Some(value),
        Some(part) => make_table(slot, part),
    }
    Ok(())
}

fn set_header<'s>(
    header: &mut Headers<'s>,
    name: &KeyPart<'s>,
    rest: &[KeyPart<'s>],
    value: Value<'s>,
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
            Code::TooManyHeaders,
            "more than 1000 headers for one host",
        ));
    }
    let mut slot = take_header(header, &key.text);
    set_any(&mut slot, rest, value)?;
    header.extend(slot.map(|value| (locate(key), value)));
    Ok(())
}

fn take_header<'s>(header: &mut Headers<'s>, key: &str) -> Option<Value<'s>> {
    let index = header.iter().position(|(name, _)| *name.value == *key)?;
    Some(header.remove(index).1)
}
