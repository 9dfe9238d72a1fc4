//! Variables in a Dockerfile.

use std::collections::BTreeMap;

/// How much may stand between braces, in characters, with what is nested in it.
const LONGEST: usize = 1024;
/// How long a text grows that variables are put into, in bytes: each variable may hold the one before it
/// twice. No reference is as long.
const LONGEST_TEXT: usize = 1024;

/// What is known of each: `None` is declared without a value.
type Known = BTreeMap<String, Option<String>>;

/// The variables at a place of a Dockerfile.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Of before the first stage.
    global: Known,
    /// Of the stage at hand; `None`: before the first one.
    stage: Option<Known>,
}

impl Values {
    /// What was declared in another stage counts no more.
    pub(super) fn begin_stage(&mut self) {
        self.stage = Some(Known::new());
    }

    /// Sets one, or declares it without a value.
    pub(super) fn insert(&mut self, name: &str, value: Option<String>) {
        let known = self.stage.as_mut().unwrap_or(&mut self.global);
        known.insert(name.to_owned(), value);
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let of_stage = self.stage.as_ref().and_then(|known| known.get(name));
        of_stage.or_else(|| self.global.get(name))?.as_deref()
    }
}

/// Puts variables in: `$X`, `${X}`, `${X:-word}`, `${X-word}`, `${X:+word}`, `${X+word}`, as far as
/// references use them. Gives the first that has no value as well. What is too long for a reference is
/// cut, and is none either.
pub(super) fn put_in(text: &str, values: &Values) -> (String, Option<String>) {
    let mut result = String::new();
    let mut unset = None;
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        if result.len() > LONGEST_TEXT {
            return (cut(result), unset);
        }
        result += &rest[..at];
        rest = &rest[at + 1..];
        let (name, word, after) = match rest.strip_prefix('{').and_then(split_braces) {
            Some((inside, after)) => {
                let (name, word) = inside.split_at(name_length(inside));
                (name, word, after)
            }
            None => {
                let (name, after) = rest.split_at(name_length(rest));
                (name, "", after)
            }
        };
        rest = after;
        if name.is_empty() {
            result.push('$');
            continue;
        }
        let value = values.get(name).map(str::to_owned);
        let nonempty = value.clone().filter(|value| !value.is_empty());
        let (word_unset, chosen) = match word {
            word if word.starts_with(":-") => or_else(nonempty, &word[2..], values),
            word if word.starts_with('-') => or_else(value, &word[1..], values),
            word if word.starts_with(":+") => and_then(nonempty.is_some(), &word[2..], values),
            word if word.starts_with('+') => and_then(value.is_some(), &word[1..], values),
            _ => (value.is_none().then(|| name.to_owned()), value),
        };
        unset = unset.or(word_unset);
        result += &chosen.unwrap_or_default();
    }
    (cut(result + rest), unset)
}

/// The text, or the start of it with a sign that stands in no reference.
pub(super) fn cut(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        let is_end = |end: &usize| text.is_char_boundary(*end);
        let end = (0..=LONGEST_TEXT).rev().find(is_end);
        text.truncate(end.unwrap_or_default());
        text.push('…');
    }
    text
}

type Chosen = (Option<String>, Option<String>);

fn or_else(value: Option<String>, word: &str, values: &Values) -> Chosen {
    match value {
        Some(value) => (None, Some(value)),
        None => and_then(true, word, values),
    }
}

fn and_then(holds: bool, word: &str, values: &Values) -> Chosen {
    match holds {
        true => {
            let (text, unset) = put_in(word, values);
            (unset, Some(text))
        }
        false => (None, None),
    }
}

fn name_length(text: &str) -> usize {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.find(|c| !is_name(c)).unwrap_or(text.len())
}

/// What stands before the brace that closes, and after it. Nobody writes it far away.
fn split_braces(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1;
    for (at, character) in text.char_indices().take(LONGEST) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Some((&text[..at], &text[at + 1..]));
        }
    }
    None
}
