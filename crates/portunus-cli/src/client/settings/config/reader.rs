use std::borrow::Cow;
use std::path::{Path, PathBuf};

use portunus::hosts::Places;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ConfigWarning;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;

/// What to do next where nothing better is known.
const KNOWN_KEYS: &str = "`{program} config --help` shows what this file may say";

/// A value with its place.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// Walks a TOML document and says where something is wrong, in our own words: the parser's
/// messages quote values.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    places: Places,
    warnings: Vec<ConfigWarning>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        Self {
            path,
            text,
            places: Places::of(text.as_bytes()),
            warnings: Vec::new(),
        }
    }

    pub(super) fn document(&self) -> Result<DeTable<'a>, Failure> {
        match DeTable::parse(self.text) {
            Ok(document) => Ok(document.into_inner()),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                Err(self.broken_at(offset, "this is not TOML"))
            }
        }
    }

    /// The known keys of a table in file order; the others become warnings.
    pub(super) fn keys<'t>(
        &mut self,
        table: &'t DeTable<'a>,
        prefix: &str,
        known: &[&'static str],
    ) -> Vec<(&'static str, &'t Value<'a>)> {
        let mut entries: Vec<(&Spanned<Cow<'a, str>>, &Value<'a>)> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let mut found = Vec::new();
        for (key, value) in entries {
            match known.iter().find(|name| *name == key.get_ref()) {
                Some(name) => found.push((*name, value)),
                None => {
                    let place = self.place(key.span().start);
                    let message = format!("{place}: unknown key `{prefix}{}`", key.get_ref());
                    let help = match nearest(key.get_ref(), known) {
                        Some(near) => Help::from(format!("did you mean `{prefix}{near}`?")),
                        None => KNOWN_KEYS.into(),
                    };
                    self.warnings.push(ConfigWarning { message, help });
                }
            }
        }
        found
    }

    pub(super) fn text(&self, key: &str, value: &Value<'a>) -> Result<String, Failure> {
        let text = value.get_ref().as_str().map(str::to_owned);
        text.ok_or_else(|| self.broken(value, &format!("`{key}` is a text in quotes")))
    }

    pub(super) fn boolean(&self, key: &str, value: &Value<'a>) -> Result<bool, Failure> {
        let boolean = value.get_ref().as_bool();
        boolean.ok_or_else(|| self.broken(value, &format!("`{key}` is true or false")))
    }

    pub(super) fn path(&self, key: &str, value: &Value<'a>) -> Result<PathBuf, Failure> {
        let text = self.text(key, value)?;
        if text.is_empty() || text.contains('\0') {
            return Err(self.broken(value, &format!("`{key}` holds something that is no path")));
        }
        Ok(text.into())
    }

    pub(super) fn array<'t>(
        &self,
        key: &str,
        value: &'t Value<'a>,
    ) -> Result<&'t [Value<'a>], Failure> {
        let array = value.get_ref().as_array().map(|array| &array[..]);
        array.ok_or_else(|| self.broken(value, &format!("`{key}` is a list in brackets")))
    }

    pub(super) fn table<'t>(
        &self,
        key: &str,
        value: &'t Value<'a>,
    ) -> Result<&'t DeTable<'a>, Failure> {
        let table = value.get_ref().as_table();
        table.ok_or_else(|| self.broken(value, &format!("`{key}` is a table")))
    }

    /// A failure at the place of a value, or of a name.
    pub(super) fn broken<T>(&self, there: &Spanned<T>, problem: &str) -> Failure {
        self.broken_at(there.span().start, problem)
    }

    /// Why what stands there cannot be used, as a failure of the file.
    pub(super) fn fail_at<T>(&self, there: &Spanned<T>, why: impl Into<Failure>) -> Failure {
        let why = why.into();
        let mut failure = self.broken(there, &why.message);
        if !why.help.is_empty() {
            failure.help = why.help;
        }
        failure
    }

    /// A failure behind the text, where no text goes on.
    pub(super) fn not_text(&self) -> Failure {
        self.broken_at(self.text.len(), "this is not UTF-8 text")
    }

    pub(super) fn into_warnings(self) -> Vec<ConfigWarning> {
        self.warnings
    }

    fn broken_at(&self, offset: usize, problem: &str) -> Failure {
        let message = format!("{}: {problem}", self.place(offset));
        Failure::new(Exit::Configuration, message).help(KNOWN_KEYS)
    }

    fn place(&self, offset: usize) -> String {
        let text = self.text.as_bytes();
        let (line, column) = self.places.line_and_column(text, offset);
        format!("{}:{line}:{column}", self.path.display())
    }
}

/// The known name that was probably meant; as for the keys of `hosts.toml`.
fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    // A name far longer than any key is near to none.
    let name: String = name.chars().take(64).collect();
    let name = name.to_ascii_lowercase().replace('-', "_");
    let edits = known
        .iter()
        .map(|known| (strsim::levenshtein(&name, known), *known));
    let near = edits.filter(|(edits, known)| *edits <= 1 + known.len() / 4);
    near.min().map(|(_, known)| known)
}
