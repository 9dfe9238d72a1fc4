//! Documents in YAML and JSON as trees of values, read with limits.
//!
//! What an error says is where and what, never a text of the document.

mod json;
mod node;
mod yaml;

pub(crate) use node::Node;

/// What is wrong with a document, and where. Holds no part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Line, from 1.
    pub(crate) line: usize,
    /// Column, from 1.
    pub(crate) column: usize,
    /// What is wrong.
    pub(crate) problem: &'static str,
}

/// Whether a text says what kind of object it is, even where it breaks the limits of what is read: in
/// its root in JSON, on a line that is not indented in YAML.
pub(crate) fn has_kind(text: &str) -> bool {
    match is_json(text) {
        true => json::has_kind(text),
        false => text.lines().any(|line| line.starts_with("kind:")),
    }
}

/// Whether it begins as JSON does, whatever YAML makes of it.
pub(crate) fn is_json(text: &str) -> bool {
    without_mark(text).trim_start().starts_with('{')
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The documents of a text, in order; one that cannot be read does not keep the others from
/// being read, unless nobody can tell where it ends.
pub(crate) fn read(text: &str) -> Vec<Result<Node, Problem>> {
    let text = without_mark(text);
    if is_json(text) {
        let documents = json::read(text);
        // Braces are YAML, too.
        if documents.first().is_none_or(Result::is_ok) {
            return documents;
        }
        let as_yaml = yaml::read(text);
        return match as_yaml.iter().any(Result::is_ok) {
            true => as_yaml,
            false => documents,
        };
    }
    yaml::read(text)
}
