use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use zeroize::Zeroizing;

use super::Problem;
use super::node::{DEEPEST, MOST, Members, Node, TOO_DEEP, TOO_MANY, TWICE};

/// The tags of what is read.
const TAGS: [&str; 7] = ["str", "map", "seq", "null", "bool", "int", "float"];

const ALIAS: &str = "anchors and aliases are not read here";
const MERGE: &str = "merge keys (`<<`) are not read here";
const TAG: &str = "a tag stands here that is not read";
const SYNTAX: &str = "it is not valid YAML";
const NO_NAME: &str = "a key is a list or an object here";

/// The most marks between the parts of a text. What begins with a brace may turn out to be the name of
/// a member, so that the parser holds all of it until its end.
const MOST_MARKS: usize = 80_000;
const TOO_MARKED: &str =
    "it has more than 80000 braces, brackets, commas, colons and question marks";

/// The documents of a YAML text.
///
/// Aliases, anchors, merge keys, tags of one's own, names that stand twice and faults of syntax are
/// refused, for the document in which they stand: a line that begins with `---` begins the next one,
/// whatever is before it.
pub(super) fn read(text: &str) -> Vec<Result<Node, Problem>> {
    let mut marks = text.bytes().filter(|byte| b"{[,:?".contains(byte));
    if marks.nth(MOST_MARKS).is_some() {
        return vec![Err(Problem {
            line: 1,
            column: 1,
            problem: TOO_MARKED,
        })];
    }
    let mut all = Documents {
        read_so_far: Vec::new(),
        left: MOST,
        lines: 0,
    };
    let mut rest = Some(text);
    while let Some(text) = rest {
        rest = all.read(text);
    }
    all.read_so_far
}

/// What was read of a text so far.
struct Documents {
    read_so_far: Vec<Result<Node, Problem>>,
    /// How many more values are read.
    left: usize,
    /// How many lines are before what is read now.
    lines: usize,
}

impl Documents {
    /// Reads up to the first document that is refused, and no further into it; what is behind it.
    fn read<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let mut document = Document::default();
        // It may be the line with which the text begins.
        let mut begins = usize::from(self.lines > 0);
        for event in Parser::new_from_str(text) {
            let (event, place) = match event {
                Ok((event, span)) => (event, span.start),
                Err(error) => return self.refuse(SYNTAX, error.marker(), text, begins),
            };
            match event {
                Event::DocumentStart(_) => {
                    begins = begins.max(place.line());
                    document = Document::default();
                }
                Event::DocumentEnd => {
                    let document = std::mem::take(&mut document);
                    self.read_so_far.extend(document.root.map(Ok));
                }
                Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
                event => {
                    let taken = self.left.checked_sub(1).ok_or(TOO_MANY);
                    let taken = taken.and_then(|rest| {
                        self.left = rest;
                        document.take(event)
                    });
                    if let Err(words) = taken {
                        return self.refuse(words, &place, text, begins);
                    }
                }
            }
        }
        None
    }

    /// Refuses the document that begins at that line at the latest; what is behind it.
    fn refuse<'a>(
        &mut self,
        words: &'static str,
        place: &Marker,
        text: &'a str,
        begins: usize,
    ) -> Option<&'a str> {
        self.read_so_far.push(Err(self.problem(place, words)));
        self.left = self.left.checked_sub(1)?;
        self.behind(text, begins.max(place.line().saturating_sub(1)))
    }

    /// The text from the next document on that begins behind so many lines.
    fn behind<'a>(&mut self, text: &'a str, lines: usize) -> Option<&'a str> {
        let mut start = 0;
        for (at, line) in text.split_inclusive('\n').enumerate() {
            let begins = line.strip_prefix("---");
            if at >= lines
                && begins.is_some_and(|rest| rest.trim_start() != rest || rest.is_empty())
            {
                self.lines += at;
                return text.get(start..);
            }
            start += line.len();
        }
        None
    }

    fn problem(&self, place: &Marker, problem: &'static str) -> Problem {
        Problem {
            line: self.lines + place.line(),
            column: place.col() + 1,
            problem,
        }
    }
}

/// A document that is being read.
#[derive(Default)]
struct Document {
    /// What is open, the outermost first.
    open: Vec<Open>,
    root: Option<Node>,
}

enum Open {
    List(Vec<Node>),
    /// With the name whose value comes next.
    Map(Members, Option<String>),
}

impl Document {
    fn take(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                check(anchor, tag.as_deref())?;
                self.scalar(text, style)
            }
            Event::SequenceStart(anchor, tag) => {
                check(anchor, tag.as_deref())?;
                self.open(Open::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                check(anchor, tag.as_deref())?;
                self.open(Open::Map(Members::default(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(elements)) => self.add(Node::List(elements)),
                Some(Open::Map(members, _)) => self.add(members.finish()),
                None => Ok(()),
            },
            Event::Alias(_) => Err(ALIAS),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, opened: Open) -> Result<(), &'static str> {
        if let Some(Open::Map(_, None)) = self.open.last() {
            return Err(NO_NAME);
        }
        if self.open.len() >= DEEPEST {
            return Err(TOO_DEEP);
        }
        self.open.push(opened);
        Ok(())
    }

    fn scalar(&mut self, text: Cow<'_, str>, style: ScalarStyle) -> Result<(), &'static str> {
        let is_plain = matches!(style, ScalarStyle::Plain);
        if let Some(Open::Map(_, name @ None)) = self.open.last_mut() {
            if is_plain && text == "<<" {
                return Err(MERGE);
            }
            *name = Some(text.into_owned());
            return Ok(());
        }
        let nothing = ["", "~", "null", "Null", "NULL"];
        match is_plain && nothing.contains(&&*text) {
            true => self.add(Node::Null),
            false => self.add(Node::Text(Zeroizing::new(text.into_owned()))),
        }
    }

    fn add(&mut self, node: Node) -> Result<(), &'static str> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(elements)) => elements.push(node),
            Some(Open::Map(members, name)) => {
                if !members.add(name.take().ok_or(NO_NAME)?, node) {
                    return Err(TWICE);
                }
            }
        }
        Ok(())
    }
}

fn check(anchor: usize, tag: Option<&Tag>) -> Result<(), &'static str> {
    if anchor != 0 {
        return Err(ALIAS);
    }
    let is_read = |tag: &Tag| tag.is_yaml_core_schema() && TAGS.contains(&&*tag.suffix);
    match tag.is_none_or(is_read) {
        true => Ok(()),
        false => Err(TAG),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(node: &Node) -> Vec<String> {
        match node {
            Node::Null => vec!["-".to_owned()],
            Node::Text(text) => vec![text.to_string()],
            Node::List(elements) => elements.iter().flat_map(texts).collect(),
            Node::Map(members) => members
                .iter()
                .flat_map(|(name, value)| [vec![name.clone()], texts(value)].concat())
                .collect(),
        }
    }

    #[test]
    fn documents_are_read_one_by_one() {
        let text =
            "# first\na: |\n  x\n  y\nb: [1, ~, {c: 'null'}]\n---\n---\n\"d\": >-\n  e\n  f\n...\n";
        let read: Vec<_> = read(text).into_iter().map(Result::ok).collect();
        let read: Vec<_> = read.iter().flatten().map(texts).collect();
        assert_eq!(
            read,
            [
                vec!["a", "x\ny\n", "b", "1", "-", "c", "null"],
                vec!["-"],
                vec!["d", "e f"]
            ]
        );
    }

    #[test]
    fn what_may_grow_without_end_is_refused_and_the_next_document_is_read() {
        let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]";
        let deep = format!("x: {}{}", "[".repeat(65), "]".repeat(65));
        let marked = format!("- {{{}}}", "a, ".repeat(MOST_MARKS));
        let read_marked = read(&marked);
        let problem = read_marked[0].as_ref().err().unwrap();
        assert_eq!((read_marked.len(), problem.problem), (1, TOO_MARKED));
        for (text, line, column, words) in [
            (bomb, 1, 4, ALIAS),
            ("a:\n  <<: {b: c}", 2, 3, MERGE),
            ("a: !!binary aGk=", 1, 4, TAG),
            ("a: !secret canary-1", 1, 4, TAG),
            ("a: canary-1\na: canary-2", 2, 4, TWICE),
            ("? [canary-1]\n: b", 1, 3, NO_NAME),
            (&deep, 1, 67, TOO_DEEP),
            ("a: [canary-1", 2, 1, SYNTAX),
            ("a: 'canary-1\n  b", 1, 4, SYNTAX),
            ("a: b\n\tc: canary-1", 1, 4, SYNTAX),
            ("%YAML 9.9 canary-1", 1, 1, SYNTAX),
        ] {
            let text = format!("{text}\n---\nlast: one\n");
            let mut read = read(&text).into_iter();
            let refused = read.next().unwrap().err().unwrap();
            assert_eq!(
                (refused.line, refused.column, refused.problem),
                (line, column, words),
                "{text}"
            );
            let last = read.next().unwrap().ok().unwrap();
            assert_eq!(last.text("last"), Some("one"), "{text}");
        }
    }

    #[test]
    fn a_fault_of_syntax_is_one_of_its_document() {
        let text =
            "a: b\n---\nc: [canary-1\n--- # next\nd: e\n---\nf: [\n---x\n---\n--- [\n---\ng: h";
        let read = read(text);
        let read = read.iter().map(|it| match it {
            Ok(node) => texts(node).concat(),
            Err(problem) => {
                assert!(!format!("{problem:?}").contains("canary"));
                problem.line.to_string()
            }
        });
        let read: Vec<String> = read.collect();
        assert_eq!(read, ["ab", "4", "de", "8", "-", "11", "gh"]);
        // The parser has a limit of its own.
        let bottomless = format!("x: {}\n---\na: b", "[".repeat(5000));
        let read: Vec<_> = super::read(&bottomless).iter().map(Result::is_ok).collect();
        assert_eq!(read, [false, true]);
        // Each restart is behind the one before.
        let read = super::read(&"--- [\n".repeat(1000));
        assert_eq!(read.len(), 1000);
    }
}
