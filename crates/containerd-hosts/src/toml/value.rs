use std::borrow::Cow;

use super::text::Text;

// They borrow from the bytes of the file what stands there without an escape.

/// A dotted key, never empty.
pub(crate) type Key<'s> = Vec<KeyPart<'s>>;

/// One part of a dotted key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyPart<'s> {
    /// Quotes and escapes resolved.
    pub(crate) text: Cow<'s, str>,
    /// Offset of its first byte in the file.
    pub(crate) at: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value<'s> {
    pub(crate) kind: ValueKind<'s>,
    /// Offset of its first byte in the file.
    pub(crate) at: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ValueKind<'s> {
    /// Any string: the value of a header may be a secret.
    String(Text<'s>),
    Boolean(bool),
    /// A number or a date, which no key of a `hosts.toml` takes.
    Other {
        /// What it is, for messages.
        name: &'static str,
        /// Whether Go could hold it: 64 bits, an existing day.
        holds: bool,
    },
    Array(Vec<Value<'s>>),
    Table(Vec<(Key<'s>, Value<'s>)>),
}

impl ValueKind<'_> {
    /// What a date or time is called.
    pub(crate) const DATE: &'static str = "a date or time";

    /// Whether it is a date or time that exists.
    pub(crate) fn is_existing_date(&self) -> bool {
        matches!(self, Self::Other { name, holds: true } if *name == Self::DATE)
    }

    /// What it is, for messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::String(_) => "a string",
            Self::Boolean(_) => "a boolean",
            Self::Other { name, .. } => name,
            Self::Array(_) => "an array",
            Self::Table(_) => "a table",
        }
    }
}
