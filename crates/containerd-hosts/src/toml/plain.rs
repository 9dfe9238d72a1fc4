use std::borrow::Cow;

use super::syntax::{MOST_TOKENS, Visitor};
use super::text::Text;
use super::value::{Key, KeyPart, Value, ValueKind};

/// Tells the visitor each expression of a document that is written plainly, as most are: comments,
/// `[name."name"]`, and `name = ` with a text, a list of texts, `true` or `false`, each on a line of its own
/// and nothing escaped.
///
/// `None` where anything else is written, or the visitor refuses something. What the visitor was told by
/// then is for nobody: [`parse`](super::parse) has to read such a document.
pub(crate) fn read_plain<'s>(bytes: &'s [u8], visitor: &mut dyn Visitor<'s>) -> Option<()> {
    read_and_count(bytes, visitor).map(drop)
}

/// Gives the number of tokens, as the lexer counts them.
fn read_and_count<'s>(bytes: &'s [u8], visitor: &mut dyn Visitor<'s>) -> Option<usize> {
    let mut reader = Reader {
        text: std::str::from_utf8(bytes).ok()?,
        at: 0,
        tokens: 1,
    };
    let mut key = Key::new();
    while let Some(byte) = reader.skip_blanks() {
        key.clear();
        match byte {
            b'\n' | b'#' => {}
            b'[' => {
                reader.take();
                reader.read_header(&mut key)?;
                visitor.table(&key).ok()?;
            }
            _ => {
                key.push(reader.read_name()?);
                let value = reader.read_value_after_equals()?;
                visitor.pair(&key, value).ok()?;
            }
        }
        reader.end_line()?;
        if reader.tokens > MOST_TOKENS {
            return None;
        }
    }
    Some(reader.tokens)
}

struct Reader<'s> {
    text: &'s str,
    /// Offset of what is to be read.
    at: usize,
    /// How many were begun. The end of the document is one, too.
    tokens: usize,
}

impl<'s> Reader<'s> {
    /// `name.name]`
    fn read_header(&mut self, key: &mut Key<'s>) -> Option<()> {
        loop {
            key.push(self.read_name()?);
            match self.take()? {
                b'.' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// ` = value`
    fn read_value_after_equals(&mut self) -> Option<Value<'s>> {
        self.skip_blanks()?;
        if self.take()? != b'=' {
            return None;
        }
        self.skip_blanks()?;
        self.read_value()
    }

    fn read_value(&mut self) -> Option<Value<'s>> {
        let at = self.at;
        let kind = match self.take()? {
            b'"' => ValueKind::String(self.read_text()?),
            b'[' => ValueKind::Array(self.read_texts()?),
            b't' => self.read_word(at, "true", true)?,
            b'f' => self.read_word(at, "false", false)?,
            _ => return None,
        };
        Some(Value { kind, at })
    }

    fn read_word(&mut self, at: usize, word: &str, value: bool) -> Option<ValueKind<'s>> {
        self.at = at + word.len();
        let is_there = self.text.as_bytes()[at..].starts_with(word.as_bytes());
        is_there.then_some(ValueKind::Boolean(value))
    }

    /// `"text", "text"]`
    fn read_texts(&mut self) -> Option<Vec<Value<'s>>> {
        let mut texts = Vec::with_capacity(4);
        loop {
            self.skip_blanks()?;
            let at = self.at;
            match self.take()? {
                b'"' => texts.push(Value {
                    kind: ValueKind::String(self.read_text()?),
                    at,
                }),
                b']' => return Some(texts),
                _ => return None,
            }
            self.skip_blanks()?;
            match self.take()? {
                b',' => {}
                b']' => return Some(texts),
                _ => return None,
            }
        }
    }

    /// `text"`
    fn read_text(&mut self) -> Option<Text<'s>> {
        Some(Text::new(Cow::Borrowed(self.read_quoted()?)))
    }

    /// A part of a key.
    fn read_name(&mut self) -> Option<KeyPart<'s>> {
        let at = self.at;
        let text = match self.peek()? {
            b'"' => {
                self.take();
                self.read_quoted()?
            }
            _ => {
                self.tokens += 1;
                self.read_while(IN_BARE_NAME)
            }
        };
        (self.at > at).then_some(KeyPart {
            text: Cow::Borrowed(text),
            at,
        })
    }

    fn read_quoted(&mut self) -> Option<&'s str> {
        let text = self.read_while(IN_QUOTED);
        let is_closed = self.peek()? == b'"';
        self.at += 1;
        is_closed.then_some(text)
    }

    /// Blanks, a comment, and a line break or the end of the document.
    fn end_line(&mut self) -> Option<()> {
        if self.skip_blanks() == Some(b'#') {
            self.take();
            self.skip_while(IN_COMMENT);
        }
        matches!(self.take(), None | Some(b'\n')).then_some(())
    }

    /// Gives what comes then.
    fn skip_blanks(&mut self) -> Option<u8> {
        let start = self.at;
        self.skip_while(BLANK);
        self.tokens += usize::from(self.at > start);
        self.peek()
    }

    fn read_while(&mut self, class: u8) -> &'s str {
        let start = self.at;
        self.skip_while(class);
        &self.text[start..self.at]
    }

    fn skip_while(&mut self, class: u8) {
        let rest = &self.text.as_bytes()[self.at..];
        let end = rest
            .iter()
            .position(|byte| CLASSES[usize::from(*byte)] & class == 0);
        self.at += end.unwrap_or(rest.len());
    }

    /// Begins a token.
    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        self.tokens += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

const BLANK: u8 = 1;
const IN_BARE_NAME: u8 = 2;
const IN_QUOTED: u8 = 4;
const IN_COMMENT: u8 = 8;

/// Of each byte, where it may stand. Of a character beyond ASCII all bytes may, or none.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        classes[at] = match byte {
            b'\t' => BLANK | IN_COMMENT,
            b' ' => BLANK | IN_QUOTED | IN_COMMENT,
            b'\0'..b' ' | b'\x7f' => 0,
            b'"' | b'\\' => IN_COMMENT,
            b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                IN_BARE_NAME | IN_QUOTED | IN_COMMENT
            }
            _ => IN_QUOTED | IN_COMMENT,
        };
        at += 1;
    }
    classes
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use toml_parser::Source;

    use super::*;
    use crate::fault::Fault;
    use crate::toml::{Leniency, parse};

    #[derive(Debug, Default, PartialEq)]
    struct Told<'s> {
        tables: Vec<Key<'s>>,
        pairs: Vec<(usize, Key<'s>, Value<'s>)>,
    }

    impl<'s> Visitor<'s> for Told<'s> {
        fn table(&mut self, key: &[KeyPart<'s>]) -> Result<(), Fault> {
            self.tables.push(key.to_vec());
            Ok(())
        }

        fn array_table(&mut self, _: &[KeyPart<'s>]) -> Result<(), Fault> {
            unreachable!("no plain document has one")
        }

        fn pair(&mut self, key: &[KeyPart<'s>], value: Value<'s>) -> Result<(), Fault> {
            self.pairs.push((self.tables.len(), key.to_vec(), value));
            Ok(())
        }
    }

    /// Whether it is read; as the whole grammar reads it, then.
    fn is_read(text: &str) -> bool {
        let mut told = Told::default();
        let Some(tokens) = read_and_count(text.as_bytes(), &mut told) else {
            return false;
        };
        assert_eq!(tokens, Source::new(text).lex().count(), "{text:?}");
        let mut expected = Told::default();
        let new_syntax = parse(text.as_bytes(), Leniency::default(), &mut expected);
        assert_eq!(new_syntax.ok().as_deref(), Some(&[][..]), "{text:?}");
        assert_eq!(told, expected, "{text:?}");
        true
    }

    #[test]
    fn what_most_files_say_is_read() {
        for text in [
            "",
            "# only a comment",
            "server = \"https://up.test\"\n\n[host.\"https://a.test:5000\"]\n  capabilities = [\"pull\", \"resolve\"]\n",
            "[host.\"https://a.test\"] # a mirror\n\tskip_verify = true\noverride_path=false # \t\u{e9}",
            "ca = [ ]\nclient = [\"a\" , \"b\",]\n[host.\"https://a.test\".header]\nx-one = \"\u{e9}\"",
        ] {
            assert!(is_read(text), "{text:?}");
        }
    }

    #[test]
    fn whatever_else_is_written_is_left_to_the_grammar() {
        for text in [
            "a = \"\\u0041\"",
            "a = 'x'",
            "a = \"\"\"x\"\"\"",
            "a = \"\"\"\"",
            "a = [\"x\"\"y\"]",
            "a = [[\"x\"]]",
            "a = [\n\"x\"]",
            "a = [,]",
            "a = {}",
            "a = 1",
            "a = truely",
            "a = true false",
            "a = tru\u{e9}",
            "a = t",
            "a = \"x",
            "a = \"x\ty\"",
            "a",
            "a =",
            "a.b = true",
            "\u{e9} = true",
            "= true",
            "[[a]]",
            "[ a ]",
            "[a",
            "[a.]",
            "[]",
            "[a]b = true",
            "a = true\r\n",
            "# \u{1}",
            "# \u{7f}",
            "\u{feff}a = true",
        ] {
            assert!(!is_read(text), "{text:?}");
        }
        let too_many = "\n".repeat(MOST_TOKENS);
        assert_eq!(read_plain(too_many.as_bytes(), &mut Told::default()), None);
        assert_eq!(read_plain(b"# \xff", &mut Told::default()), None);
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_the_grammar_reads(
            text in "([a-c]|\\[|\\]|\"|\"a\"|\\.|,|=| = |#|\n|\n\n| |\t|'|\\\\|true|false|\u{e9}|\r|\u{1}){0,16}",
            lines in proptest::collection::vec(
                "(\\[a\\]|\\[a\\.\"[b-d.:/]{0,3}\"\\]|[ab] = (true|\"[a\u{e9}# ]{0,3}\"|\\[(\"a\"(, ?\"b\")?,?)?\\]))[ \t]{0,2}(#[ -~]{0,4})?",
                0..6,
            ),
        ) {
            is_read(&text);
            is_read(&lines.join("\n"));
        }
    }
}
