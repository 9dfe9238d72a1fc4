use std::ops::Range;

use zeroize::Zeroizing;

use super::document::{Document, JsonProblem};
use super::object::{Member, Object};
use super::render::RenderedObject;
use super::rendered_string;

/// What docker indents with.
const TAB: &str = "\t";

/// Puts `value` under `name` into the object that the root holds as `section`, in place of the
/// last one of that name, else as the last member. Everything else stays byte for byte; a
/// section that is not there is made.
pub(crate) fn insert_or_replace(
    text: &str,
    section: &str,
    name: &str,
    value: &RenderedObject,
) -> Result<Zeroizing<String>, JsonProblem> {
    let document = &Document::new(text);
    let root = document.root()?;
    let edit = Edit {
        text,
        step: step(text, &root),
    };
    let held = root.named_in_any_case(section).last();
    if let Some(held) = held.filter(|held| !document.is_null(held)) {
        let entries = document.object(&held, &format!("`{section}`"))?;
        return Ok(edit.with_member(&entries, name, 2, |base| value.text(edit.step, base)));
    }
    let spelt = held.map(|held| held.name());
    let section = spelt.as_deref().unwrap_or(section);
    Ok(edit.with_member(&root, section, 1, |base| {
        let inner = [base, edit.step.unwrap_or_default()].concat();
        let mut entries = RenderedObject::default();
        entries.set(name, Some(value.text(edit.step, &inner)));
        entries.text(edit.step, base)
    }))
}

/// Puts the JSON text `value` under `name` into the root; everything else stays byte for byte.
pub(crate) fn set_in_root(
    text: &str,
    name: &str,
    value: &str,
) -> Result<Zeroizing<String>, JsonProblem> {
    let document = Document::new(text);
    let root = document.root()?;
    let edit = Edit {
        text,
        step: step(text, &root),
    };
    let held = root.named_in_any_case(name).last();
    let spelt = held.map(|held| held.name());
    let name = spelt.as_deref().unwrap_or(name);
    Ok(edit.with_member(&root, name, 1, |_| Zeroizing::new(value.to_owned())))
}

/// The members of what stands under `name` in `section`; none where that is no object.
pub(crate) fn read_held(
    text: &str,
    section: &str,
    name: &str,
) -> Result<RenderedObject, JsonProblem> {
    let document = &Document::new(text);
    let mut found = RenderedObject::default();
    for section in objects(document, section)? {
        if let Some(member) = section.named(name).last() {
            let entry = document.object(&member, name);
            found = entry.map_or_else(
                |_| RenderedObject::default(),
                |entry| RenderedObject::from_document(document, &entry),
            );
        }
    }
    Ok(found)
}

/// Takes the members whose name satisfies a test out of `section`; everything else stays byte
/// for byte.
pub(crate) fn without(
    text: &str,
    section: &str,
    test: impl Fn(&str) -> bool,
) -> Result<Zeroizing<String>, JsonProblem> {
    let mut kept = Vec::new();
    let mut from = 0;
    let document = &Document::new(text);
    for object in objects(document, section)? {
        for place in places_of(&object, &test) {
            kept.push(&text[from..place.start]);
            from = place.end;
        }
    }
    kept.push(&text[from..]);
    Ok(Zeroizing::new(kept.concat()))
}

/// What to cut out of an object so that it loses the members whose name satisfies a test.
fn places_of(object: &Object<'_>, test: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let members: Vec<Member<'_>> = object.members().collect();
    let Some(first_kept) = members.iter().position(|member| !test(&member.name())) else {
        return if members.is_empty() {
            Vec::new()
        } else {
            vec![inside(object)]
        };
    };
    let mut places = Vec::new();
    if first_kept > 0 {
        places.push(members[0].name_place().start..members[first_kept].name_place().start);
    }
    // Each with the comma before it.
    let pairs = members[first_kept..].windows(2);
    places.extend(pairs.filter_map(|pair| match pair {
        [before, member] if test(&member.name()) => {
            Some(before.value_place().end..member.value_place().end)
        }
        _ => None,
    }));
    places
}

/// The objects that the root holds under a name.
fn objects<'d>(document: &'d Document<'_>, section: &str) -> Result<Vec<Object<'d>>, JsonProblem> {
    let root = document.root()?;
    root.named_in_any_case(section)
        .filter(|member| !document.is_null(member))
        .map(|member| document.object(&member, &format!("`{section}`")))
        .collect()
}

struct Edit<'a> {
    text: &'a str,
    /// One step of indentation; `None` where the document is not broken into lines.
    step: Option<&'a str>,
}

impl Edit<'_> {
    /// The text with a member set in `object`, which stands `depth - 1` levels deep. `value` is
    /// given what the line of the member begins with.
    fn with_member(
        &self,
        object: &Object<'_>,
        name: &str,
        depth: usize,
        value: impl Fn(&str) -> Zeroizing<String>,
    ) -> Zeroizing<String> {
        let usual = self.step.unwrap_or_default().repeat(depth);
        let base = |blanks: &str| match blanks.rsplit_once('\n') {
            Some((_, base)) => base.to_owned(),
            None => usual.clone(),
        };
        if let Some(held) = object.named(name).last() {
            let base = base(blanks_before(self.text, held.name_place().start));
            return splice(self.text, &held.value_place(), &[&value(&base)]);
        }
        let name = rendered_string(name);
        if let Some(last) = object.members().last() {
            let blanks = blanks_before(self.text, last.name_place().start);
            let end = last.value_place().end;
            let member = [",", blanks, &name, ": ", &value(&base(blanks))];
            return splice(self.text, &(end..end), &member);
        }
        let Some(step) = self.step else {
            return splice(self.text, &inside(object), &[&name, ": ", &value("")]);
        };
        let outer = step.repeat(depth - 1);
        let member = ["\n", &usual, &name, ": ", &value(&usual), "\n", &outer];
        splice(self.text, &inside(object), &member)
    }
}

/// The step of indentation the document is written with.
fn step<'a>(text: &'a str, root: &Object<'_>) -> Option<&'a str> {
    match root.members().next() {
        None => Some(TAB),
        Some(first) => blanks_before(text, first.name_place().start)
            .rsplit_once('\n')
            .map(|(_, step)| step),
    }
}

fn blanks_before(text: &str, at: usize) -> &str {
    let before = &text[..at];
    &before[before.trim_ascii_end().len()..]
}

fn inside(object: &Object<'_>) -> Range<usize> {
    object.place.start + 1..object.place.end - 1
}

/// Joined in one allocation: a text that grows leaves copies of its secrets behind.
fn splice(text: &str, place: &Range<usize>, parts: &[&str]) -> Zeroizing<String> {
    let (before, after) = (&text[..place.start], &text[place.end..]);
    Zeroizing::new([&[before], parts, &[after]].concat().concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value() -> RenderedObject {
        let mut value = RenderedObject::default();
        value.set("auth", Some(rendered_string("eA==")));
        value
    }

    #[test]
    fn only_the_touched_member_changes() {
        let docker = "{\n\t\"auths\": {\n\t\t\"a\": {}\n\t},\n\t\"x\": 2.50\n}";
        for (before, after) in [
            (
                "{}",
                "{\n\t\"auths\": {\n\t\t\"b\": {\n\t\t\t\"auth\": \"eA==\"\n\t\t}\n\t}\n}",
            ),
            (
                docker,
                "{\n\t\"auths\": {\n\t\t\"a\": {},\n\t\t\"b\": {\n\t\t\t\"auth\": \"eA==\"\n\t\t}\n\t},\n\t\"x\": 2.50\n}",
            ),
            (
                "{\n  \"x\": 1e400\n}\n",
                "{\n  \"x\": 1e400,\n  \"auths\": {\n    \"b\": {\n      \"auth\": \"eA==\"\n    }\n  }\n}\n",
            ),
            (
                "{\"Auths\":null}",
                "{\"Auths\":{\"b\": {\"auth\": \"eA==\"}}}",
            ),
            (
                "{\"auths\":{}}tail",
                "{\"auths\":{\"b\": {\"auth\": \"eA==\"}}}tail",
            ),
            (
                "{\"auths\":{\"b\":{\"email\":\"e\"}, \"c\":1}}",
                "{\"auths\":{\"b\":{\"auth\": \"eA==\"}, \"c\":1}}",
            ),
        ] {
            let edited = insert_or_replace(before, "auths", "b", &value()).unwrap();
            assert_eq!(*edited, after, "{before}");
        }
    }

    #[test]
    fn removed_members_leave_the_others_as_they_were() {
        for (before, name, after) in [
            (
                "{\n\t\"A\": {\"a\": 1,\n\"b\": 2}\n}\n",
                "a",
                "{\n\t\"A\": {\"b\": 2}\n}\n",
            ),
            (
                "{\n\t\"A\": {\"a\": 1,\n\"b\": 2}\n}\n",
                "b",
                "{\n\t\"A\": {\"a\": 1}\n}\n",
            ),
            (
                "{\"a\": {\"b\": 1, \"b\": 2, \"c\": 3, \"b\": 4, \"b\": 5, \"d\": 6}}",
                "b",
                "{\"a\": {\"c\": 3, \"d\": 6}}",
            ),
            (
                "{\"a\": {\n\"b\": 1\n}, \"a\": {\"b\": 2}}",
                "b",
                "{\"a\": {}, \"a\": {}}",
            ),
        ] {
            assert_eq!(*without(before, "a", |held| held == name).unwrap(), after);
        }
    }

    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((".{0,6}", inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_edit_changes_its_member_and_nothing_else(
            others in prop::collection::vec((".{0,6}", any_json()), 0..5),
            entries in prop::collection::vec((".{0,6}", any_json()), 0..5),
            name in ".{0,6}",
            pretty in any::<bool>(),
        ) {
            let mut root: Value = Value::Object(others.into_iter().collect());
            root.as_object_mut().unwrap().retain(|name, _| !name.eq_ignore_ascii_case("auths"));
            root["auths"] = Value::Object(entries.into_iter().collect());
            let before = if pretty { format!("{root:#}") } else { root.to_string() };
            let edited = insert_or_replace(&before, "auths", &name, &value()).unwrap();
            let mut expected = root.clone();
            expected["auths"][name.as_str()] = json!({"auth": "eA=="});
            prop_assert_eq!(&serde_json::from_str::<Value>(&edited).unwrap(), &expected);
            let removed = without(&edited, "auths", |held| held == name).unwrap();
            expected["auths"].as_object_mut().unwrap().shift_remove(&name);
            prop_assert_eq!(&serde_json::from_str::<Value>(&removed).unwrap(), &expected);
            if !root["auths"].as_object().unwrap().contains_key(&name) && !root["auths"].as_object().unwrap().is_empty() {
                prop_assert_eq!(&*removed, &before);
            }
        }

        #[test]
        fn no_text_makes_an_edit_panic(text in "[{}\\[\\]\",:a-z0-9 \\\\\n]{0,40}") {
            let _ = insert_or_replace(&text, "auths", "b", &value());
            let _ = without(&text, "a", |_| true);
        }
    }
}
