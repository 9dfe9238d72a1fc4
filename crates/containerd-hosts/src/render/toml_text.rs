use zeroize::Zeroizing;

/// The text as a TOML basic string, with escapes that every version of TOML has.
pub(super) fn quote(text: &str) -> Zeroizing<String> {
    let mut quoted = Zeroizing::new(String::with_capacity(6 * text.len() + 2));
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(control)));
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

/// The texts as an array on one line.
pub(super) fn array<'a>(texts: impl IntoIterator<Item = &'a str>) -> Zeroizing<String> {
    let items: Vec<Zeroizing<String>> = texts.into_iter().map(quote).collect();
    let items: Vec<&str> = items.iter().map(|item| item.as_str()).collect();
    Zeroizing::new(format!("[{}]", items.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_for_every_reader() {
        for (text, expected) in [
            ("plain", "\"plain\""),
            ("a\"b\\c", "\"a\\\"b\\\\c\""),
            ("a\nb\u{1}\u{7f}", "\"a\\nb\\u0001\\u007F\""),
            ("\u{fc}", "\"\u{fc}\""),
        ] {
            assert_eq!(*quote(text), expected);
        }
        assert_eq!(*array(["a", "b"]), "[\"a\", \"b\"]");
        assert_eq!(*array([]), "[]");
    }
}
