use crate::bytes::{count, plain_part};

/// A member of an object. Those of its value, where that is an object, follow it; what stands in an
/// array is passed over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// Quotes included.
    pub(super) name: Span,
    pub(super) value: Span,
    /// The number of the first item behind the value.
    pub(super) next: u32,
    /// Whether a `\` stands in the name, and in the value where it is a string.
    pub(super) escaped: (bool, bool),
}

/// Where something starts in a text, and where it ends.
pub(super) type Span = (u32, u32);

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

/// What is told of the members of some objects in the root while they are read, and then forgotten.
pub(super) struct Entries<'f> {
    /// Whether a member of the root has such members.
    pub(super) is_section: &'f dyn Fn(&Item) -> bool,
    /// Is given the items so far, and the number of the member that ends with them.
    pub(super) each: &'f mut dyn FnMut(&[Item], usize),
}

/// Reads one value in one pass, whatever comes behind it (RFC 8259).
pub(super) fn scan(text: &str) -> Result<Scanned, NotJson> {
    let colons = count(text.as_bytes(), b':');
    // Reserved for a usual file, once.
    let items = Vec::with_capacity(colons.min(text.len() / 16));
    let mut none = Entries {
        is_section: &|_| false,
        each: &mut |_, _| {},
    };
    scan_into(items, text, &mut none)
}

/// As [`scan`], and of `entries` nothing is kept: memory for what stands in all of them takes longer
/// to be had than they take to be read.
pub(super) fn scan_entries(text: &str, entries: &mut Entries<'_>) -> Result<Scanned, NotJson> {
    scan_into(Vec::new(), text, entries)
}

fn scan_into(items: Vec<Item>, text: &str, entries: &mut Entries<'_>) -> Result<Scanned, NotJson> {
    // Places are kept in 32 bits; no file that large is read.
    u32::try_from(text.len()).map_err(|_| NotJson::At(0))?;
    let mut scanner = Scanner {
        text: text.as_bytes(),
        at: 0,
        items,
        open: Vec::new(),
        arrays: 0,
        entries,
    };
    match scanner.values() {
        Some(()) => Ok(Scanned {
            items: scanner.items,
            end: scanner.at,
        }),
        None if scanner.at < text.len() => Err(NotJson::At(scanner.at)),
        None => Err(NotJson::EndsTooEarly),
    }
}

/// Its methods answer `None` where the byte at `at` is not what has to stand there.
struct Scanner<'a, 'f> {
    text: &'a [u8],
    at: usize,
    items: Vec<Item>,
    /// The objects and arrays that are not closed yet.
    open: Vec<Open>,
    /// How many of them are arrays.
    arrays: usize,
    entries: &'a mut Entries<'f>,
}

#[derive(Clone, Copy)]
struct Open {
    is_array: bool,
    /// Whether its members are the entries.
    is_section: bool,
    /// The number of the member whose value it is, where that is noted.
    member: Option<u32>,
}

/// The name of a member: where it stands, and whether a `\` is in it.
type Name = (Span, bool);

impl Scanner<'_, '_> {
    fn values(&mut self) -> Option<()> {
        loop {
            let in_object = self.open.last().is_some_and(|open| !open.is_array);
            let name = if in_object { Some(self.name()?) } else { None };
            let first = self.token()?;
            let start = self.at;
            let mut escaped = false;
            match first {
                b'"' => escaped = self.string()?,
                b'{' | b'[' => {
                    self.at += 1;
                    let is_array = first == b'[';
                    if self.token()? != end_of(is_array) {
                        let member = name.and_then(|name| self.note(name, start, false));
                        self.open(is_array, member);
                        continue;
                    }
                    self.at += 1;
                }
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                b'-' | b'0'..=b'9' => self.number()?,
                _ => return None,
            }
            if let Some(name) = name {
                let member = self.note(name, start, escaped);
                self.end_entry(member);
            }
            if self.close_values()? {
                return Some(());
            }
        }
    }

    fn open(&mut self, is_array: bool, member: Option<u32>) {
        let is_in_root = self.open.len() == 1 && !is_array;
        let item = member.and_then(|number| self.items.get(number as usize));
        self.open.push(Open {
            is_array,
            is_section: is_in_root && item.is_some_and(|item| (self.entries.is_section)(item)),
            member,
        });
        self.arrays += usize::from(is_array);
    }

    /// Hands a member that has been read over, where it is an entry, and forgets it.
    fn end_entry(&mut self, member: Option<u32>) {
        if let (
            Some(member),
            Some(Open {
                is_section: true, ..
            }),
        ) = (member, self.open.last())
        {
            let member = member as usize;
            (self.entries.each)(&self.items, member);
            self.items.truncate(member);
        }
    }

    /// Notes a member whose value has been read so far: its number. Of what stands in an array
    /// nothing is noted.
    fn note(&mut self, (name, in_name): Name, start: usize, in_value: bool) -> Option<u32> {
        if self.arrays > 0 {
            return None;
        }
        let number = short(self.items.len());
        self.items.push(Item {
            name,
            value: (short(start), short(self.at)),
            next: number + 1,
            escaped: (in_name, in_value),
        });
        Some(number)
    }

    /// Goes on behind a value, to where the next one or its name may stand: whether it was the last.
    fn close_values(&mut self) -> Option<bool> {
        while let Some(Open {
            is_array, member, ..
        }) = self.open.last().copied()
        {
            let byte = self.token()?;
            if byte == b',' {
                self.at += 1;
                return Some(false);
            }
            if byte != end_of(is_array) {
                return None;
            }
            self.at += 1;
            self.open.pop();
            self.arrays -= usize::from(is_array);
            let (end, next) = (short(self.at), short(self.items.len()));
            if let Some(item) = member.and_then(|number| self.items.get_mut(number as usize)) {
                item.value.1 = end;
                item.next = next;
            }
            self.end_entry(member);
        }
        Some(true)
    }

    /// A name and its colon.
    fn name(&mut self) -> Option<Name> {
        if self.token()? != b'"' {
            return None;
        }
        let start = self.at;
        let escaped = self.string()?;
        let name = (short(start), short(self.at));
        if self.token()? != b':' {
            return None;
        }
        self.at += 1;
        Some((name, escaped))
    }

    /// A string, quotes included: whether a `\` stands in it.
    fn string(&mut self) -> Option<bool> {
        self.at += 1;
        let mut escaped = false;
        loop {
            self.at += plain_part(self.text.get(self.at..).unwrap_or_default());
            match self.byte()? {
                b'"' => {
                    self.at += 1;
                    return Some(escaped);
                }
                b'\\' => {
                    self.at += 1;
                    escaped = true;
                    self.escape()?;
                }
                _ => return None,
            }
        }
    }

    /// Most strings have none: out of the way of the others.
    #[cold]
    fn escape(&mut self) -> Option<()> {
        let digits = match self.byte()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 0,
            b'u' => 4,
            _ => return None,
        };
        self.at += 1;
        for _ in 0..digits {
            if !self.byte()?.is_ascii_hexdigit() {
                return None;
            }
            self.at += 1;
        }
        Some(())
    }

    fn number(&mut self) -> Option<()> {
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
        Some(())
    }

    /// One digit at least.
    fn digits(&mut self) -> Option<()> {
        if !self.byte()?.is_ascii_digit() {
            return None;
        }
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        Some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        for letter in word {
            if self.byte()? != *letter {
                return None;
            }
            self.at += 1;
        }
        Some(())
    }

    /// The next byte that is not blank, which it goes to.
    fn token(&mut self) -> Option<u8> {
        loop {
            match self.byte()? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
}

/// What closes an array, or an object.
fn end_of(is_array: bool) -> u8 {
    if is_array { b']' } else { b'}' }
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
        let short = [
            "{}", "[]", "", " ", "{", "}", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "-", "-0",
            "1.", "1.5", ".5", "1e", "1e+5", "1E-0", "--1", "1x", "tru", "true", "nulll", "\"",
            "\"\\\"", "\"\\x\"", "\"\t\"", "[[[]]]", "[[}", "{,}", "[,]",
        ];
        let long = [
            "{\"a\":1,}",
            "\"\\u12\"",
            "\"\\u12aF\"",
            "\"\\ud800\"",
            "\"\u{1}\"",
            "{\"a\":[{\"b\":[1,2,{}]}],\"c\":{}}",
            "\u{feff}{}",
            "{\"a\":1 \"b\":2}",
            "{\"a\" : 1 , \"b\" : [ ] }",
        ];
        for text in short.into_iter().chain(long) {
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
