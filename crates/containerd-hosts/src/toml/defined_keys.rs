use crate::code::Code;
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;

use super::value::{KeyPart, Value, ValueKind};
use crate::fault::Fault;

/// Which keys of a document are taken, and by what, with the rules of go-toml's `SeenTracker`.
#[derive(Debug)]
pub(crate) struct DefinedKeys<'s> {
    /// The hash is quick and has a seed of its own in each process; whoever writes the file sees nothing of it.
    entries: HashMap<(u32, Cow<'s, str>), DefinedKey, RandomState>,
    next_id: u32,
    current_table: u32,
}

const ROOT: u32 = 0;

/// In bytes. A document with shorter ones makes room as it is read.
const USUAL_LINE: usize = 32;

#[derive(Debug, Clone, Copy)]
struct DefinedKey {
    id: u32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    /// Made by a dotted key before `=`.
    DottedTable,
    /// Made by a header: its own (`true`) or a longer one.
    Table(bool),
    ArrayOfTables,
}

impl<'s> DefinedKeys<'s> {
    /// Of a document of so many bytes.
    pub(crate) fn of(bytes: usize) -> Self {
        let lines = bytes / USUAL_LINE;
        Self {
            entries: HashMap::with_capacity_and_hasher(lines, RandomState::default()),
            next_id: ROOT + 1,
            current_table: ROOT,
        }
    }

    /// `[key]`
    pub(crate) fn table(&mut self, key: &[KeyPart<'s>]) -> Result<(), Fault> {
        let (parent, last) = self.parent_table(key)?;
        match self.define(parent, last, Kind::Table(true)) {
            (id, None) => self.current_table = id,
            (_, Some(entry)) if entry.kind == Kind::Table(false) => {
                entry.kind = Kind::Table(true);
                self.current_table = entry.id;
            }
            (_, Some(entry)) => return Err(taken_table(last, entry.kind)),
        }
        Ok(())
    }

    /// `[[key]]`; gives whether it is the first of its name.
    pub(crate) fn array_table(&mut self, key: &[KeyPart<'s>]) -> Result<bool, Fault> {
        let (parent, last) = self.parent_table(key)?;
        // A new element starts empty: under a new id, what the last one held is out of sight.
        let (id, before) = self.define(parent, last, Kind::ArrayOfTables);
        let is_first = before.is_none();
        match before {
            None => {}
            Some(entry) if entry.kind == Kind::ArrayOfTables => entry.id = id,
            Some(entry) => return Err(taken_table(last, entry.kind)),
        }
        self.current_table = id;
        Ok(is_first)
    }

    /// `key = value`
    pub(crate) fn pair(&mut self, key: &[KeyPart<'s>], value: &Value<'s>) -> Result<(), Fault> {
        self.pair_under(self.current_table, key, value)
    }

    fn pair_under(
        &mut self,
        mut parent: u32,
        key: &[KeyPart<'s>],
        value: &Value<'s>,
    ) -> Result<(), Fault> {
        let Some((last, path)) = key.split_last() else {
            return Ok(());
        };
        for part in path {
            parent = match self.define(parent, part, Kind::DottedTable) {
                (id, None) => id,
                (_, Some(entry)) if entry.kind == Kind::DottedTable => entry.id,
                (_, Some(_)) => return Err(taken_key(part)),
            };
        }
        match self.define(parent, last, Kind::Value) {
            (id, None) => self.value_under(id, value),
            (_, Some(_)) => Err(taken_key(last)),
        }
    }

    fn value_under(&mut self, parent: u32, value: &Value<'s>) -> Result<(), Fault> {
        match &value.kind {
            ValueKind::Table(pairs) => pairs
                .iter()
                .try_for_each(|(key, value)| self.pair_under(parent, key, value)),
            ValueKind::Array(items) => items.iter().try_for_each(|item| {
                let id = self.new_id();
                self.value_under(id, item)
            }),
            _ => Ok(()),
        }
    }

    fn parent_table<'k>(
        &mut self,
        key: &'k [KeyPart<'s>],
    ) -> Result<(u32, &'k KeyPart<'s>), Fault> {
        let Some((last, path)) = key.split_last() else {
            return Err(Fault::new(0, Code::TomlSyntax, "a table without a name"));
        };
        let mut parent = ROOT;
        for part in path {
            parent = match self.define(parent, part, Kind::Table(false)) {
                (id, None) => id,
                (_, Some(entry)) if entry.kind == Kind::Value => return Err(taken_key(part)),
                (_, Some(entry)) => entry.id,
            };
        }
        Ok((parent, last))
    }

    /// Takes a key, under a new number, unless something has it already.
    fn define(
        &mut self,
        parent: u32,
        part: &KeyPart<'s>,
        kind: Kind,
    ) -> (u32, Option<&mut DefinedKey>) {
        let id = self.new_id();
        match self.entries.entry((parent, part.text.clone())) {
            Entry::Occupied(entry) => (id, Some(entry.into_mut())),
            Entry::Vacant(entry) => {
                entry.insert(DefinedKey { id, kind });
                (id, None)
            }
        }
    }

    fn new_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }
}

fn taken_key(part: &KeyPart<'_>) -> Fault {
    Fault::new(part.at, Code::DuplicateKey, "this key is defined twice")
        .help("keep one of the two; containerd ignores the whole file")
}

fn taken_table(part: &KeyPart<'_>, kind: Kind) -> Fault {
    let message = match kind {
        Kind::Table(_) => "this table is defined twice",
        Kind::Value => "this table has the name of a key that has a value",
        Kind::DottedTable => "this table is already made by a dotted key",
        Kind::ArrayOfTables => "this table is already an array of tables",
    };
    Fault::new(part.at, Code::DuplicateTable, message)
        .help("put everything about one host into one table; containerd ignores the whole file")
}
