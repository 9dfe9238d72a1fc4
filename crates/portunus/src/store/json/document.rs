use std::cell::OnceCell;
use std::fmt;
use std::ops::Range;

use super::object::{Member, Object};
use super::scan::{Entries, NotJson, Scanned, scan, scan_entries};
use super::text::Text;

/// The text of a JSON file, read in one pass, when it is asked for what is in it.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    text: &'a str,
    scanned: OnceCell<Result<Scanned, NotJson>>,
    /// Where its lines start, for the first problem and thousands of others.
    line_starts: OnceCell<Vec<usize>>,
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
            scanned: OnceCell::new(),
            line_starts: OnceCell::new(),
        }
    }

    /// The whole text.
    pub(crate) fn whole(&self) -> &'a str {
        self.text
    }

    /// The text at a place.
    pub(crate) fn text(&self, place: &Range<usize>) -> &'a str {
        self.text.get(place.clone()).unwrap_or_default()
    }

    /// Reads the document, and hands over each member of the objects that the root holds under
    /// `section`; the root has them not. Whether all of it is JSON, it tells afterwards.
    pub(crate) fn read_entries(&self, section: &str, mut each: impl FnMut(&Member<'_>)) {
        let scanned = scan_entries(
            self.text,
            &mut Entries {
                is_section: &|item| item.name(self.text) == section,
                each: &mut |items, number| {
                    if let Some(member) = Member::numbered(self.text, items, number) {
                        each(&member);
                    }
                },
            },
        );
        let _ = self.scanned.set(scanned);
    }

    /// The object the document consists of; text after it is passed over, as docker does.
    pub(crate) fn root(&self) -> Result<Object<'_>, JsonProblem> {
        let scanned = self.scanned.get_or_init(|| scan(self.text));
        let scanned = scanned.as_ref().map_err(|not_json| match not_json {
            NotJson::At(at) => self.problem(*at, "not valid JSON"),
            NotJson::EndsTooEarly => self.problem(self.text.len(), "the JSON ends too early"),
        })?;
        let start = self.text.len() - self.text.trim_ascii_start().len();
        if !self.text[start..].starts_with('{') {
            return Err(self.problem(start, "the file is not an object"));
        }
        Ok(Object {
            text: self.text,
            items: &scanned.items,
            first: 0,
            place: start..scanned.end,
        })
    }

    /// As [`Document::root`], and nothing may stand after it.
    pub(crate) fn only_root(&self) -> Result<Object<'_>, JsonProblem> {
        let root = self.root()?;
        let rest = &self.text[root.place.end..];
        match rest.find(|c: char| !c.is_ascii_whitespace()) {
            Some(at) => Err(self.problem(root.place.end + at, "text after the end of the object")),
            None => Ok(root),
        }
    }

    /// The object that is the value of a member; `what` names it where it is none.
    pub(crate) fn object<'m>(
        &self,
        member: &Member<'m>,
        what: &str,
    ) -> Result<Object<'m>, JsonProblem> {
        let problem = || {
            self.problem(
                member.value_place().start,
                format!("{what} is not an object"),
            )
        };
        member.object().ok_or_else(problem)
    }

    /// The string that is the value of a member; `None` for `null`. `what` names it where it is
    /// something else.
    pub(crate) fn string(
        &self,
        member: &Member<'a>,
        what: impl fmt::Display,
    ) -> Result<Option<Text<'a>>, JsonProblem> {
        match member.string() {
            Some(text) => Ok(Some(Text::new(text))),
            None if self.is_null(member) => Ok(None),
            None => {
                let problem = format!("{what} is not a string");
                Err(self.problem(member.value_place().start, problem))
            }
        }
    }

    /// The truth value of a member; `null` is false.
    pub(crate) fn boolean(&self, member: &Member<'_>, what: &str) -> Result<bool, JsonProblem> {
        match member.value() {
            "true" => Ok(true),
            "false" | "null" => Ok(false),
            _ => {
                let problem = format!("{what} is neither true nor false");
                Err(self.problem(member.value_place().start, problem))
            }
        }
    }

    /// Whether the value of a member is `null`.
    pub(crate) fn is_null(&self, member: &Member<'_>) -> bool {
        member.value() == "null"
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_places() {
        let text = "{ \"b\" : 1,\n\"a\\u0062\": { \"x\": [1, {}] } , \"b\": null}tail";
        let document = Document::new(text);
        let root = document.root().unwrap();
        let members: Vec<_> = root.members().collect();
        let names: Vec<_> = members.iter().map(|member| member.name()).collect();
        assert_eq!(names, ["b", "ab", "b"]);
        assert_eq!(document.text(&members[1].name_place()), "\"a\\u0062\"");
        assert_eq!(
            document.text(&members[1].value_place()),
            "{ \"x\": [1, {}] }"
        );
        assert_eq!(&text[root.place.end..], "tail");
        let inside = document.object(&members[1], "it").unwrap();
        assert_eq!(inside.members().count(), 1);
        let document = Document::new(" { } ");
        let empty = document.root().unwrap();
        assert!(empty.is_empty());
        assert_eq!(empty.place, 1..4);
    }

    #[test]
    fn entries_are_handed_over_whole_and_the_root_keeps_none() {
        let text = r#"{"v": 1, "in": {"a": {"x": [{"y": 1}], "z": 2}, "b": 3}, "i\u006e": {"c": {}},
            "out": {"in": {"d": 4}}, "in": [{"e": 5}], "in": {}, "w": {"x": 6}}"#;
        let document = Document::new(text);
        let mut entries = Vec::new();
        document.read_entries("in", |entry| {
            let inside = document.object(entry, "it");
            let inside = inside.map_or(0, |inside| inside.members().count());
            entries.push((entry.name().into_owned(), inside));
        });
        let expected = [("a", 2), ("b", 0), ("c", 0)];
        assert_eq!(
            entries,
            expected.map(|(name, inside)| (name.to_owned(), inside))
        );
        let root = document.only_root().unwrap();
        let members = root.members().map(|member| {
            let inside = document.object(&member, "it").ok();
            (
                member.name().into_owned(),
                inside.map(|inside| inside.len()),
            )
        });
        let expected = [
            ("v", None),
            ("in", Some(0)),
            ("in", Some(0)),
            ("out", Some(1)),
            ("in", None),
            ("in", Some(0)),
            ("w", Some(1)),
        ];
        let expected = expected.map(|(name, inside)| (name.to_owned(), inside));
        assert_eq!(members.collect::<Vec<_>>(), expected);
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
