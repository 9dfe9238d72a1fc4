//! TOML, one expression after the other, with places and without losing the order of tables.
//!
//! The grammar is the `toml_parser` crate's, and a document that is written plainly is read without it
//! (`plain.rs`); what is a duplicate, and which numbers and dates
//! pass unread, follows go-toml 2.4, which containerd reads its files with. The two differ on a
//! byte order mark (containerd refuses it, but for 1.7) and on impossible dates and over-large numbers under
//! keys that nobody reads (containerd does not look at them).

mod builder;
mod date_time;
mod defined_keys;
mod dialect;
mod number;
mod plain;
mod syntax;
mod text;
mod value;

pub(super) use defined_keys::DefinedKeys;
pub(super) use dialect::{NewSyntax, RefusedBy};
pub(super) use plain::read_plain;
pub(super) use syntax::{Leniency, Visitor, parse};
pub(super) use text::Text;
pub(super) use value::{Key, KeyPart, Value, ValueKind};
