use std::borrow::Cow;
use std::path::{Path, PathBuf};

use portunus::hosts::Places;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::config::{ConfigError, ConfigPlace, ConfigProblem, ConfigWarning};

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

    pub(super) fn document(&self) -> Result<DeTable<'a>, ConfigError> {
        match DeTable::parse(self.text) {
            Ok(document) => Ok(document.into_inner()),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                Err(self.broken_at(offset, ConfigProblem::NotToml))
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
                    let nearest = nearest(key.get_ref(), known);
                    self.warnings.push(ConfigWarning {
                        place: self.place(key.span().start),
                        key: format!("{prefix}{}", key.get_ref()),
                        nearest: nearest.map(|near| format!("{prefix}{near}")),
                    });
                }
            }
        }
        found
    }

    pub(super) fn text(&self, key: &str, value: &Value<'a>) -> Result<String, ConfigError> {
        let text = value.get_ref().as_str().map(str::to_owned);
        text.ok_or_else(|| self.wrong_value(key, value, "a text in quotes"))
    }

    pub(super) fn boolean(&self, key: &str, value: &Value<'a>) -> Result<bool, ConfigError> {
        let boolean = value.get_ref().as_bool();
        boolean.ok_or_else(|| self.wrong_value(key, value, "true or false"))
    }

    pub(super) fn path(&self, key: &str, value: &Value<'a>) -> Result<PathBuf, ConfigError> {
        let text = self.text(key, value)?;
        if text.is_empty() || text.contains('\0') {
            let key = key.to_owned();
            return Err(self.fail_at(value, ConfigProblem::NoPath { key }));
        }
        Ok(text.into())
    }

    pub(super) fn array<'t>(
        &self,
        key: &str,
        value: &'t Value<'a>,
    ) -> Result<&'t [Value<'a>], ConfigError> {
        let array = value.get_ref().as_array().map(|array| &array[..]);
        array.ok_or_else(|| self.wrong_value(key, value, "a list in brackets"))
    }

    pub(super) fn table<'t>(
        &self,
        key: &str,
        value: &'t Value<'a>,
    ) -> Result<&'t DeTable<'a>, ConfigError> {
        let table = value.get_ref().as_table();
        table.ok_or_else(|| self.wrong_value(key, value, "a table"))
    }

    /// That the value of a key is something else than it has to be.
    pub(super) fn wrong_value(
        &self,
        key: &str,
        value: &Value<'a>,
        wanted: &'static str,
    ) -> ConfigError {
        let key = key.to_owned();
        self.fail_at(value, ConfigProblem::WrongValue { key, wanted })
    }

    /// Why what stands there, a value or a name, cannot be used.
    pub(super) fn fail_at<T>(
        &self,
        there: &Spanned<T>,
        problem: impl Into<ConfigProblem>,
    ) -> ConfigError {
        self.broken_at(there.span().start, problem.into())
    }

    /// An error behind the text, where no text goes on.
    pub(super) fn not_text(&self) -> ConfigError {
        self.broken_at(self.text.len(), ConfigProblem::NotText)
    }

    pub(super) fn into_warnings(self) -> Vec<ConfigWarning> {
        self.warnings
    }

    fn broken_at(&self, offset: usize, problem: ConfigProblem) -> ConfigError {
        let place = self.place(offset);
        ConfigError::Broken { place, problem }
    }

    fn place(&self, offset: usize) -> ConfigPlace {
        let text = self.text.as_bytes();
        let (line, column) = self.places.line_and_column(text, offset);
        let path = self.path.to_owned();
        ConfigPlace { path, line, column }
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
