use std::cell::OnceCell;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

/// The text of a JSON file.
pub(crate) struct Document<'a> {
    text: &'a str,
    /// Where its lines start, for the first problem and thousands of others.
    line_starts: OnceCell<Vec<usize>>,
}

/// The members of an object in the order of the file, those that stand twice twice.
#[derive(Debug)]
pub(crate) struct Object {
    /// Where the object stands in the text, braces included.
    pub(crate) place: Range<usize>,
    /// Its members.
    pub(crate) members: Vec<Member>,
}

/// One member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    /// The name, unescaped.
    pub(crate) name: String,
    /// Where the name stands in the text, quotes included.
    pub(crate) name_place: Range<usize>,
    /// Where the value stands in the text.
    pub(crate) value_place: Range<usize>,
}

/// What is wrong with a document, and where. Holds no part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonProblem {
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// Column in bytes, counted from 1.
    pub(crate) column: usize,
    /// What is wrong.
    pub(crate) problem: String,
}

impl<'a> Document<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            line_starts: OnceCell::new(),
        }
    }

    /// The text at a place.
    pub(crate) fn text(&self, place: &Range<usize>) -> &'a str {
        self.text.get(place.clone()).unwrap_or_default()
    }

    /// The object the document consists of; text after it is passed over, as docker does.
    pub(crate) fn root(&self) -> Result<Object, JsonProblem> {
        self.object_in(0..self.text.len(), "the file")
    }

    /// As [`Document::root`], and nothing may stand after it.
    pub(crate) fn only_root(&self) -> Result<Object, JsonProblem> {
        let root = self.root()?;
        let rest = &self.text[root.place.end..];
        match rest.find(|c: char| !c.is_ascii_whitespace()) {
            Some(at) => Err(self.problem(root.place.end + at, "text after the end of the object")),
            None => Ok(root),
        }
    }

    /// The object at a place; `what` names it where it is none.
    pub(crate) fn object(&self, place: &Range<usize>, what: &str) -> Result<Object, JsonProblem> {
        self.object_in(place.clone(), what)
    }

    /// The string at a place; `None` for `null`. `what` names it where it is something else.
    pub(crate) fn string(
        &self,
        place: &Range<usize>,
        what: &str,
    ) -> Result<Option<String>, JsonProblem> {
        serde_json::from_str(self.text(place))
            .map_err(|_| self.problem(place.start, format!("{what} is not a string")))
    }

    /// The truth value at a place; `null` is false.
    pub(crate) fn boolean(&self, place: &Range<usize>, what: &str) -> Result<bool, JsonProblem> {
        serde_json::from_str::<Option<bool>>(self.text(place))
            .map(Option::unwrap_or_default)
            .map_err(|_| self.problem(place.start, format!("{what} is neither true nor false")))
    }

    /// Whether `null` stands at a place.
    pub(crate) fn is_null(&self, place: &Range<usize>) -> bool {
        self.text(place) == "null"
    }

    /// A problem at a place in the text.
    pub(crate) fn problem(&self, at: usize, problem: impl Into<String>) -> JsonProblem {
        let line_starts = self.line_starts.get_or_init(|| {
            let breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(breaks).collect()
        });
        let line = line_starts.partition_point(|start| *start <= at);
        JsonProblem {
            line,
            column: at - line_starts[line - 1] + 1,
            problem: problem.into(),
        }
    }

    /// As [`Document::problem`] for many places, in their order, and in one pass over the text.
    pub(crate) fn problems(&self, mut found: Vec<(usize, String)>) -> Vec<JsonProblem> {
        found.sort_by_key(|(at, _)| *at);
        let (mut line, mut line_start, mut from) = (1, 0, 0);
        let mut problems = Vec::with_capacity(found.len());
        for (at, problem) in found {
            let passed = self.text.as_bytes().get(from..at).unwrap_or_default();
            for (offset, _) in passed.iter().enumerate().filter(|(_, b)| **b == b'\n') {
                line += 1;
                line_start = from + offset + 1;
            }
            from = at;
            problems.push(JsonProblem {
                line,
                column: at - line_start + 1,
                problem,
            });
        }
        problems
    }

    fn object_in(&self, place: Range<usize>, what: &str) -> Result<Object, JsonProblem> {
        let text = self.text(&place).trim_ascii_start();
        let start = place.end - text.len();
        let not_json = |error: &serde_json::Error| {
            let at = start + byte_offset(text, error.line(), error.column());
            match error.classify() {
                Category::Eof => self.problem(place.end, "the JSON ends too early"),
                _ => self.problem(at, "not valid JSON"),
            }
        };
        if !text.is_empty() && !text.starts_with('{') {
            return match serde_json::from_str::<serde::de::IgnoredAny>(text) {
                Err(error) => Err(not_json(&error)),
                Ok(_) => Err(self.problem(start, format!("{what} is not an object"))),
            };
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let members = RawMembers::deserialize(&mut deserializer).map_err(|e| not_json(&e))?;
        // Raw values borrow from `text`, so their addresses tell their places.
        let place = |part: &str| {
            let from = start + (part.as_ptr().addr() - text.as_ptr().addr());
            from..from + part.len()
        };
        let members: Vec<Member> = members
            .0
            .into_iter()
            .map(|(name, value)| Member {
                name: serde_json::from_str(name.get()).unwrap_or_default(),
                name_place: place(name.get()),
                value_place: place(value.get()),
            })
            .collect();
        let last = members
            .last()
            .map_or(start, |last| last.value_place.end - 1);
        let closing = self.text[last + 1..].find('}').unwrap_or_default();
        Ok(Object {
            place: start..last + closing + 2,
            members,
        })
    }
}

impl Object {
    /// The members of that name, letter by letter.
    pub(crate) fn named<'o>(&'o self, name: &'o str) -> impl Iterator<Item = &'o Member> {
        self.members
            .iter()
            .filter(move |member| member.name == name)
    }

    /// The members of that name in any case, which Go's decoder takes for the same field.
    pub(crate) fn named_in_any_case<'o>(
        &'o self,
        name: &'o str,
    ) -> impl Iterator<Item = &'o Member> {
        self.members
            .iter()
            .filter(move |member| member.name.eq_ignore_ascii_case(name))
    }
}

struct RawMembers<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for RawMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawMembers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(RawMembers(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// Offset of a line and column as serde_json counts them: lines from 1, columns from 0 or 1.
fn byte_offset(text: &str, line: usize, column: usize) -> usize {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (line_start + column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_places() {
        let text = "{ \"b\" : 1,\n\"a\\u0062\": { \"x\": [1, {}] } , \"b\": null}tail";
        let document = Document::new(text);
        let root = document.root().unwrap();
        let names: Vec<_> = root.members.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["b", "ab", "b"]);
        assert_eq!(document.text(&root.members[1].name_place), "\"a\\u0062\"");
        assert_eq!(
            document.text(&root.members[1].value_place),
            "{ \"x\": [1, {}] }"
        );
        assert_eq!(&text[root.place.end..], "tail");
        let empty = Document::new(" { } ").root().unwrap();
        assert_eq!((empty.place, empty.members.len()), (1..4, 0));
    }

    #[test]
    fn many_problems_have_the_places_that_each_alone_has() {
        let text = "{\n\n \"a\": 1,\n \"b\": 2}";
        let document = Document::new(text);
        let places = [11, 4, 0, 1, 16, 4];
        let together = document.problems(places.map(|at| (at, String::new())).to_vec());
        let mut sorted = places;
        sorted.sort_unstable();
        assert_eq!(together, sorted.map(|at| document.problem(at, "")));
    }

    #[test]
    fn problems_tell_line_and_column_and_quote_nothing() {
        for (text, line, column, problem) in [
            ("", 1, 1, "the JSON ends too early"),
            ("{\n \"hunter2\": tru", 2, 16, "the JSON ends too early"),
            ("{\n \"hunter2\": trux}", 2, 16, "not valid JSON"),
            ("\u{feff}{}", 1, 1, "not valid JSON"),
            ("[\"hunter2\"]", 1, 1, "the file is not an object"),
            ("{} {}", 1, 4, "text after the end of the object"),
        ] {
            let found = Document::new(text).only_root().unwrap_err();
            let expected = JsonProblem {
                line,
                column,
                problem: problem.to_owned(),
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
