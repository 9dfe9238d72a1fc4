use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::Problem;
use super::node::{DEEPEST, MOST, Members, Node, TOO_DEEP, TOO_MANY, TWICE};

/// The documents of a JSON text. After the first that cannot be read nothing is.
pub(super) fn read(text: &str) -> Vec<Result<Node, Problem>> {
    let within = WithinLimits {
        left: &Cell::new(MOST),
        refused: &Cell::new("it is not valid JSON"),
        depth: 0,
    };
    let mut documents = Vec::new();
    for found in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let read = found.map_err(|error| (0, error)).and_then(|raw| {
            let start = raw.get().as_ptr().addr() - text.as_ptr().addr();
            let mut value = serde_json::Deserializer::from_str(raw.get());
            let node = within.deserialize(&mut value);
            node.map_err(|error| (start, error))
        });
        let read = read.map_err(|(start, error)| place(text, start, &error, within.refused.get()));
        let is_read = read.is_ok();
        documents.push(read);
        if !is_read {
            break;
        }
    }
    documents
}

/// Whether the object that a text begins with has a `kind`.
pub(super) fn has_kind(text: &str) -> bool {
    let mut values = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'))
        .into_iter::<HashMap<String, IgnoredAny>>();
    matches!(values.next(), Some(Ok(members)) if members.contains_key("kind"))
}

/// The words of the parser may hold a part of the text; its place does not.
fn place(text: &str, start: usize, error: &serde_json::Error, problem: &'static str) -> Problem {
    let before = &text[..start];
    let on_first_line = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let column = match error.line() {
        0 | 1 => on_first_line + error.column(),
        _ => error.column(),
    };
    Problem {
        line: before.matches('\n').count() + error.line().max(1),
        column: column.max(1),
        problem,
    }
}

/// Reads one value, within what is left of the limits.
#[derive(Clone, Copy)]
struct WithinLimits<'a> {
    left: &'a Cell<usize>,
    refused: &'a Cell<&'static str>,
    depth: usize,
}

impl WithinLimits<'_> {
    fn inner(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }

    fn refuse<E: Error>(self, problem: &'static str) -> E {
        self.refused.set(problem);
        E::custom(problem)
    }
}

impl<'de> DeserializeSeed<'de> for WithinLimits<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => return Err(self.refuse(TOO_MANY)),
        }
        match self.depth > DEEPEST {
            true => Err(self.refuse(TOO_DEEP)),
            false => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for WithinLimits<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(Zeroizing::new(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element_seed(self.inner())? {
            elements.push(element);
        }
        Ok(Node::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Members::default();
        while let Some(name) = map.next_key::<String>()? {
            if !members.add(name, map.next_value_seed(self.inner())?) {
                return Err(self.refuse(TWICE));
            }
        }
        Ok(members.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_tell_a_place_and_no_text() {
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(65), "]".repeat(65));
        for (text, line, words) in [
            ("{\"a\": 1}\n{\"b\": \"canary-1\", \"b\": 2}", 2, TWICE),
            ("{\"a\": 1}\n\n{\"b\": canary}", 3, "it is not valid JSON"),
            ("{\"a\": \"canary-1\"", 1, "it is not valid JSON"),
            (&deep, 1, TOO_DEEP),
        ] {
            let read = read(text);
            let problem = read.last().unwrap().as_ref().err().unwrap();
            assert_eq!((problem.line, problem.problem), (line, words), "{text}");
        }
    }

    #[test]
    fn documents_may_follow_each_other() {
        let read = read("{\"a\": \"\\ud83d\\ude00\"}{\"a\": null}\n{\"a\": [true, 1, 1.5]}");
        let read: Vec<Node> = read.into_iter().map(|it| it.ok().unwrap()).collect();
        assert_eq!(read[0].text("a"), Some("\u{1f600}"));
        assert!(matches!(read[1].get("a"), Some(Node::Null)));
        assert_eq!(read[2].get("a").unwrap().elements().len(), 3);
    }
}
