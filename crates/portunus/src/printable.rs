//! What may other people's text do to the terminal that it is shown on? Nothing.
//!
//! A registry, a daemon, a helper, and whoever wrote a file choose texts that people read: errors,
//! media types, user names. Errors and reports of these crates hold such text as it came. Where it
//! leaves a program it goes through here. What is printable stays as it is, so that twice does no
//! harm.

use std::fmt::Write;
use std::io;

/// The longest line that is shown, in characters.
const LONGEST: usize = 4096;

/// The text as one line that neither moves a cursor, nor begins a line of its own, nor turns the
/// direction of reading: what could do so is shown as an escape. Of an endless text the start is
/// shown.
///
/// ```
/// use portunus::printable::printable;
///
/// assert_eq!(printable("CORP\\alice"), "CORP\\alice");
/// assert_eq!(printable("a\u{1b}[2J\nb\u{202e}"), "a\\u{1b}[2J\\nb\\u{202e}");
/// ```
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for (at, character) in text.chars().enumerate() {
        if at == LONGEST {
            shown.push('…');
            break;
        }
        match character {
            '\n' | '\r' | '\t' => shown.extend(character.escape_default()),
            character if is_printable(character) => shown.push(character),
            character => shown.extend(character.escape_unicode()),
        }
    }
    shown
}

/// What the operating system says of a failure, without its number and without a path.
///
/// ```
/// use std::io;
/// use portunus::printable::system_words;
///
/// assert_eq!(system_words(&io::Error::from_raw_os_error(8)), "exec format error");
/// ```
pub fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    // The first is written by the standard library, the second by `tempfile`.
    let ends = [" (os error", " at path \""];
    let said = ends.iter().fold(&*text, |text, end| {
        text.split_once(end).map_or(text, |(before, _)| before)
    });
    let mut characters = said.chars();
    let (first, second) = (characters.next(), characters.next());
    match (first, second) {
        // A word, and no abbreviation as in `I/O error`.
        (Some(first), Some(second)) if second.is_lowercase() => {
            let rest = &said[first.len_utf8()..];
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => said.to_owned(),
    }
}

/// As [`printable`] for a text that is a JSON document already: its values stay as they are, and whole,
/// for every reader of JSON. Line ends between values stay.
///
/// ```
/// use portunus::printable::printable_json;
///
/// assert_eq!(printable_json("{\"name\": \"a\u{9b}b\"}"), "{\"name\": \"a\\u009bb\"}");
/// ```
pub fn printable_json(document: &str) -> String {
    let mut shown = String::with_capacity(document.len());
    for character in document.chars() {
        // What JSON itself is made of is ASCII, and inside a string a writer has escaped what is
        // below the space.
        if character.is_ascii() && character != '\u{7f}' || is_printable(character) {
            shown.push(character);
        } else {
            // All that is not printable stands in the basic plane: four digits do.
            let _ = write!(shown, "\\u{:04x}", u32::from(character));
        }
    }
    shown
}

/// Whether a character only shows itself: no control (C0, DEL, C1), no separator of lines or
/// paragraphs, and nothing that changes the direction of what follows (Unicode's `Bidi_Control`).
pub fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shown_moves_a_cursor_or_turns_the_text() {
        let every: String = ('\0'..='\u{ffff}').collect();
        for part in every.chars().collect::<Vec<_>>().chunks(LONGEST) {
            let part: String = part.iter().collect();
            assert!(printable(&part).chars().all(is_printable));
        }
    }

    #[test]
    fn an_endless_text_is_cut() {
        let shown = printable(&"é".repeat(LONGEST + 1));
        assert_eq!(shown.chars().count(), LONGEST + 1);
        assert!(shown.ends_with('…'));
    }

    #[test]
    fn a_document_of_json_holds_the_same_values() {
        let hostile: String = ('\0'..='\u{ffff}').collect();
        let value = serde_json::json!({ "a": hostile, hostile.as_str(): ["b"] });
        let shown = printable_json(&format!("{value:#}"));
        assert!(shown.chars().all(|c| c == '\n' || is_printable(c)));
        let read: serde_json::Value = serde_json::from_str(&shown).expect("still JSON");
        assert_eq!(read, value);
    }
}
