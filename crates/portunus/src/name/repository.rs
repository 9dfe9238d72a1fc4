use std::fmt;
use std::sync::Arc;

use containerd_hosts::NameError;

/// Longest repository name the distribution specification allows, in bytes.
const LONGEST: usize = 255;

/// A repository, or a prefix of repositories in whole path segments: `team`, `team/app`.
///
/// Grammar of the distribution specification ("Pulling manifests"): lower-case segments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository(Arc<str>);

impl Repository {
    /// Checks the grammar.
    ///
    /// # Errors
    /// Where the text is empty, longer than 255 bytes, or has a segment that is empty, holds
    /// other characters than `a-z 0-9 . _ -`, or begins or ends with a separator.
    pub fn new(text: impl AsRef<str>) -> Result<Self, NameError> {
        let text = text.as_ref();
        let refused = |problem| Err(NameError::new("repository", text, problem));
        if text.len() > LONGEST {
            return refused("it is longer than 255 characters");
        }
        for segment in text.split('/') {
            if let Err(problem) = check_segment(segment) {
                return refused(problem);
            }
        }
        Ok(Self(text.into()))
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `self` is `other` or a prefix of it in whole segments: `team` covers `team/app`,
    /// never `teamwork`.
    pub fn covers(&self, other: &Self) -> bool {
        match other.0.strip_prefix(&*self.0) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        }
    }

    /// Number of path segments; a longer prefix is the more specific one.
    pub fn segments(&self) -> usize {
        self.0.split('/').count()
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Repository {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

fn check_segment(segment: &str) -> Result<(), &'static str> {
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = segment.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else {
        return Err("a path segment is empty");
    };
    if bytes.iter().any(u8::is_ascii_uppercase) {
        return Err("a repository is written in lower case");
    }
    if !bytes
        .iter()
        .all(|&b| alphanumeric(b) || matches!(b, b'.' | b'_' | b'-'))
    {
        return Err("a path segment has letters, digits, dots, hyphens and underscores only");
    }
    if !alphanumeric(first) || !alphanumeric(last) {
        return Err("a path segment begins and ends with a letter or a digit");
    }
    let separators = segment.split(|c: char| c.is_ascii_alphanumeric());
    for run in separators {
        let fine = matches!(run, "" | "." | "_" | "__") || run.bytes().all(|b| b == b'-');
        if !fine {
            return Err("two separators stand together");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_respect_segments() {
        for (prefix, repository, covers) in [
            ("team", "team", true),
            ("team", "team/app", true),
            ("team", "teamwork", false),
            ("team/app", "team", false),
            ("team/app", "team/app/sub", true),
        ] {
            let prefix = Repository::new(prefix).unwrap();
            assert_eq!(prefix.covers(&Repository::new(repository).unwrap()), covers);
        }
    }

    #[test]
    fn grammar_of_the_distribution_specification() {
        for text in ["a", "library/alpine", "a-b/c_d/e.f", "a__b", "a---b"] {
            assert!(Repository::new(text).is_ok(), "{text}");
        }
        let long = "a".repeat(256);
        for text in [
            "", "a//b", "A", "..", "a/../b", "-a", "a.", "a..b", "a___b", "a b", &long,
        ] {
            assert!(Repository::new(text).is_err(), "{text}");
        }
    }
}
