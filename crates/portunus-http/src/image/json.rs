//! JSON of other people, of which nothing is kept but what is asked for: as a tree of values it takes
//! sixteen times its length.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The texts of the members with these names, of each the last one; `None`: it is no object.
pub(super) fn members<'a, const N: usize>(
    text: &'a str,
    names: [&str; N],
) -> Option<[Option<&'a RawValue>; N]> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = Members(names).deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(found)
}

/// What each element of a list is read as; `None`: it is no list.
///
/// # Errors
/// The first one of an element.
pub(super) fn elements<T, E>(
    text: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Option<Result<Vec<T>, E>> {
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.deserialize_seq(Elements(read)).ok()
}

/// A text; `None`: the value is something else.
pub(super) fn read_text(value: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(value?.get()).ok()
}

/// Whether it is there, and is `null`.
pub(super) fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

struct Members<'n, const N: usize>([&'n str; N]);

impl<'de, const N: usize> DeserializeSeed<'de> for Members<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Members<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(name) = object.next_key::<String>()? {
            match self.0.iter().position(|wanted| *wanted == name) {
                Some(at) => found[at] = Some(object.next_value()?),
                None => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

struct Elements<R>(R);

impl<'de, T, E, R: Fn(&str) -> Result<T, E>> Visitor<'de> for Elements<R> {
    type Value = Result<Vec<T>, E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut read = Ok(Vec::new());
        while let Some(element) = list.next_element::<&RawValue>()? {
            match (self.0(element.get()), &mut read) {
                (Ok(element), Ok(all)) => all.push(element),
                (Err(error), Ok(_)) => read = Err(error),
                (_, Err(_)) => {}
            }
        }
        Ok(read)
    }
}
