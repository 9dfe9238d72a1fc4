use super::bytes::{count, plain_part};

/// A member of an object. Those of its value, where that is an object, follow it; what stands in an
/// array is passed over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// Where the name starts and ends, quotes included.
    pub(super) name: (u32, u32),
    pub(super) value: (u32, u32),
    /// The number of the first item behind the value.
    pub(super) next: u32,
    /// Whether a `\` stands in the name, and in the value where it is a string.
    pub(super) escaped: (bool, bool),
}

/// The members of a text, and where its first value ends.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) items: Vec<Item>,
    pub(super) end: usize,
}

/// Where a text stops to be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotJson {
    /// The byte there may not stand there.
    At(usize),
    /// More should follow.
    EndsTooEarly,
}

/// Reads one value in one pass, whatever comes behind it (RFC 8259).
pub(super) fn scan(text: &str) -> Result<Scanned, NotJson> {
    // Places are kept in 32 bits; no file that large is read.
    u32::try_from(text.len()).map_err(|_| NotJson::At(0))?;
    let colons = count(text.as_bytes(), b':');
    let mut scanner = Scanner {
        text: text.as_bytes(),
        at: 0,
        // Reserved for a usual file, once.
        items: Vec::with_capacity(colons.min(text.len() / 16)),
        open: Vec::new(),
        arrays: 0,
    };
    scanner.values()?;
    Ok(Scanned {
        items: scanner.items,
        end: scanner.at,
    })
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    items: Vec<Item>,
    /// The objects and arrays that are not closed yet.
    open: Vec<Open>,
    /// How many of them are arrays.
    arrays: usize,
}

#[derive(Clone, Copy)]
enum Open {
    /// With the number of the member that is being read; `None` inside an array.
    Object(Option<u32>),
    Array,
}

impl Scanner<'_> {
    fn values(&mut self) -> Result<(), NotJson> {
        loop {
            self.blanks();
            self.start_value();
            let opened = self.value()?;
            if !opened && self.close_values()? {
                return Ok(());
            }
        }
    }

    /// Reads a value, or up to the first value that is in it: whether it is open then.
    fn value(&mut self) -> Result<bool, NotJson> {
        match self.byte()? {
            b'{' => {
                self.at += 1;
                self.blanks();
                if self.byte()? == b'}' {
                    self.at += 1;
                    return Ok(false);
                }
                self.open.push(Open::Object(None));
                self.name()?;
                return Ok(true);
            }
            b'[' => {
                self.at += 1;
                self.blanks();
                if self.byte()? == b']' {
                    self.at += 1;
                    return Ok(false);
                }
                self.open.push(Open::Array);
                self.arrays += 1;
                return Ok(true);
            }
            b'"' => {
                let escaped = self.string()?;
                if let Some(item) = self.current() {
                    item.escaped.1 = escaped;
                }
            }
            b't' => self.word(b"true")?,
            b'f' => self.word(b"false")?,
            b'n' => self.word(b"null")?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return Err(NotJson::At(self.at)),
        }
        Ok(false)
    }

    /// Goes on behind a value: whether it was the last.
    fn close_values(&mut self) -> Result<bool, NotJson> {
        loop {
            self.end_value();
            let Some(open) = self.open.last().copied() else {
                return Ok(true);
            };
            self.blanks();
            let byte = self.byte()?;
            match (open, byte) {
                (Open::Object(_), b',') => {
                    self.at += 1;
                    self.blanks();
                    self.name()?;
                    return Ok(false);
                }
                (Open::Array, b',') => {
                    self.at += 1;
                    return Ok(false);
                }
                (Open::Object(_), b'}') => {}
                (Open::Array, b']') => self.arrays -= 1,
                _ => return Err(NotJson::At(self.at)),
            }
            self.at += 1;
            self.open.pop();
        }
    }

    /// A name and its colon.
    fn name(&mut self) -> Result<(), NotJson> {
        if self.byte()? != b'"' {
            return Err(NotJson::At(self.at));
        }
        let start = self.at;
        let escaped = self.string()?;
        let name = (short(start), short(self.at));
        self.blanks();
        if self.byte()? != b':' {
            return Err(NotJson::At(self.at));
        }
        self.at += 1;
        if self.arrays == 0 {
            let number = short(self.items.len());
            self.items.push(Item {
                name,
                value: (0, 0),
                next: 0,
                escaped: (escaped, false),
            });
            if let Some(open) = self.open.last_mut() {
                *open = Open::Object(Some(number));
            }
        }
        Ok(())
    }

    fn start_value(&mut self) {
        let at = short(self.at);
        if let Some(item) = self.current() {
            item.value.0 = at;
        }
    }

    fn end_value(&mut self) {
        let (at, next) = (short(self.at), short(self.items.len()));
        if let Some(item) = self.current() {
            item.value.1 = at;
            item.next = next;
        }
    }

    /// The member whose value is being read.
    fn current(&mut self) -> Option<&mut Item> {
        match self.open.last()? {
            Open::Object(Some(number)) => self.items.get_mut(*number as usize),
            _ => None,
        }
    }

    /// A string, quotes included: whether a `\` stands in it.
    fn string(&mut self) -> Result<bool, NotJson> {
        self.at += 1;
        let mut escaped = false;
        loop {
            self.at += plain_part(self.text.get(self.at..).unwrap_or_default());
            match self.byte()? {
                b'"' => {
                    self.at += 1;
                    return Ok(escaped);
                }
                b'\\' => {
                    self.at += 1;
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(NotJson::At(self.at)),
            }
        }
    }

    fn escape(&mut self) -> Result<(), NotJson> {
        let digits = match self.byte()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 0,
            b'u' => 4,
            _ => return Err(NotJson::At(self.at)),
        };
        self.at += 1;
        for _ in 0..digits {
            if !self.byte()?.is_ascii_hexdigit() {
                return Err(NotJson::At(self.at));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), NotJson> {
        if self.byte()? == b'-' {
            self.at += 1;
        }
        match self.byte()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// One digit at least.
    fn digits(&mut self) -> Result<(), NotJson> {
        if !self.byte()?.is_ascii_digit() {
            return Err(NotJson::At(self.at));
        }
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        Ok(())
    }

    fn word(&mut self, word: &[u8]) -> Result<(), NotJson> {
        for letter in word {
            if self.byte()? != *letter {
                return Err(NotJson::At(self.at));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn blanks(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn byte(&self) -> Result<u8, NotJson> {
        let byte = self.text.get(self.at).copied();
        byte.ok_or(NotJson::EndsTooEarly)
    }
}

/// An offset in a text that was read: it fits.
pub(super) fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    /// What `serde_json` takes for one value with nothing behind it.
    fn is_json(text: &str) -> bool {
        serde_json::from_str::<IgnoredAny>(text).is_ok()
    }

    fn scans(text: &str) -> bool {
        scan(text).is_ok_and(|scanned| text[scanned.end..].trim_ascii().is_empty())
    }

    #[test]
    fn what_is_json_is_what_others_take_for_it() {
        for text in [
            "{}",
            "[]",
            "",
            " ",
            "{",
            "}",
            "[1,]",
            "{\"a\":1,}",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "01",
            "-",
            "-0",
            "1.",
            "1.5",
            ".5",
            "1e",
            "1e+5",
            "1E-0",
            "--1",
            "1x",
            "tru",
            "true",
            "nulll",
            "\"",
            "\"\\\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12aF\"",
            "\"\\ud800\"",
            "\"\u{1}\"",
            "\"\t\"",
            "[[[]]]",
            "[[}",
            "{\"a\":[{\"b\":[1,2,{}]}],\"c\":{}}",
            "\u{feff}{}",
            "{\"a\":1 \"b\":2}",
            "{,}",
            "[,]",
            "{\"a\" : 1 , \"b\" : [ ] }",
        ] {
            assert_eq!(scans(text), is_json(text), "{text:?}");
        }
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(scans(&deep));
    }

    proptest! {
        #[test]
        fn what_is_json_is_what_others_take_for_it_at_random(
            text in "([{}\\[\\],:0-9eE+.\" \\\\-]|\"a\"|\"[a-z\\\\\"u0-9]{0,3}\"|true|null){0,12}"
        ) {
            prop_assert_eq!(scans(&text), is_json(&text), "{:?}", text);
        }
    }
}
