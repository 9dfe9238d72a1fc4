use std::ops::Range;

use zeroize::Zeroizing;

use super::document::Document;
use super::object::Object;

/// An object to be written: names and the JSON text of their values, in order.
///
/// Its text may hold secrets, so it has no `Debug` and is wiped on drop.
#[derive(Default)]
pub(crate) struct RenderedObject {
    members: Vec<(String, Zeroizing<String>)>,
}

impl RenderedObject {
    /// The members of an object as they stand in a document.
    pub(crate) fn from_document(document: &Document<'_>, object: &Object<'_>) -> Self {
        let text = |place: &Range<usize>| Zeroizing::new(document.text(place).to_owned());
        let members = object.members();
        Self {
            members: members
                .map(|member| (member.name().to_string(), text(&member.value_place())))
                .collect(),
        }
    }

    /// Sets a member, in its old position where it is there; `None` takes it out.
    pub(crate) fn set(&mut self, name: &str, value: Option<Zeroizing<String>>) {
        let Some(value) = value else {
            self.members.retain(|(held, _)| held != name);
            return;
        };
        match self.members.iter_mut().find(|(held, _)| held == name) {
            Some((_, held)) => *held = value,
            None => self.members.push((name.to_owned(), value)),
        }
    }

    /// Keeps the members whose name satisfies a test.
    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.members.retain(|(name, _)| keep(name));
    }

    /// The JSON text. `indent` is one step, `base` what lines of the object itself begin with;
    /// without `indent` it is one line.
    pub(crate) fn text(&self, indent: Option<&str>, base: &str) -> Zeroizing<String> {
        if self.members.is_empty() {
            return Zeroizing::new("{}".to_owned());
        }
        let step = indent.unwrap_or_default();
        let size: usize = self
            .members
            .iter()
            .map(|(n, v)| n.len() * 6 + v.len())
            .sum();
        let per_member = base.len() + step.len() + 8;
        // Reserved whole: a text that grows leaves copies of the secret behind.
        let mut text = String::with_capacity(size + self.members.len() * per_member + 8);
        text.push('{');
        for (at, (name, value)) in self.members.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            match indent {
                Some(step) => text.extend(["\n", base, step]),
                None if at > 0 => text.push(' '),
                None => {}
            }
            text.push_str(&string(name));
            text.push_str(": ");
            text.push_str(value);
        }
        if indent.is_some() {
            text.extend(["\n", base]);
        }
        text.push('}');
        Zeroizing::new(text)
    }
}

/// A string as JSON text.
pub(crate) fn string(text: &str) -> Zeroizing<String> {
    let mut rendered = String::with_capacity(text.len() * 6 + 2);
    rendered.push('"');
    for c in text.chars() {
        match c {
            '"' => rendered.push_str("\\\""),
            '\\' => rendered.push_str("\\\\"),
            '\n' => rendered.push_str("\\n"),
            '\r' => rendered.push_str("\\r"),
            '\t' => rendered.push_str("\\t"),
            c if c.is_control() && c.is_ascii() => {
                rendered.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => rendered.push(c),
        }
    }
    rendered.push('"');
    Zeroizing::new(rendered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_survive_rendering() {
        for text in ["", "a\"b\\c", "\u{0}\u{1f}\u{7f}\n\r\t", "ü€😀</script>&"] {
            assert_eq!(serde_json::from_str::<String>(&string(text)).unwrap(), text);
        }
    }
}
