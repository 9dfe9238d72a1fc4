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

/// The documents of a text, in order; one that cannot be read does not keep the others from
/// being read, unless nobody can tell where it ends.
pub(crate) fn read(text: &str) -> Vec<Result<Node, Problem>> {
    if text.trim_start().starts_with('{') {
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
