use std::borrow::Cow;

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{Event, EventKind, EventReceiver};
use toml_parser::{ErrorSink, ParseError, Source, Span};

use super::dialect::NewSyntax;
use super::dialect::RefusedBy;
use super::syntax::Visitor;
use super::text::Text;
use super::value::{Key, KeyPart, Value, ValueKind};
use super::{date_time, dialect, number};
use crate::fault::Fault;

/// Puts the parser's events together to expressions.
///
/// After a syntax error the events may be in any order; what comes of them is not used then.
pub(super) struct Builder<'s, 'v> {
    source: Source<'s>,
    odd_numbers: bool,
    visitor: &'v mut dyn Visitor<'s>,
    /// What was read of the key of a header or a pair, in one place for all.
    key: Key<'s>,
    /// Whether it is that of a header.
    in_header: bool,
    header_at: usize,
    open: Vec<Open<'s>>,
    new_syntax: Vec<NewSyntax>,
    fault: Option<Fault>,
}

/// An array or inline table that is not closed yet.
enum Open<'s> {
    Array {
        at: usize,
        items: Vec<Value<'s>>,
    },
    Table {
        at: usize,
        pairs: Vec<(Key<'s>, Value<'s>)>,
        key: Key<'s>,
        after_comma: bool,
    },
}

impl<'s, 'v> Builder<'s, 'v> {
    pub(super) fn new(
        source: Source<'s>,
        odd_numbers: bool,
        visitor: &'v mut dyn Visitor<'s>,
    ) -> Self {
        Self {
            source,
            odd_numbers,
            visitor,
            key: Key::new(),
            in_header: false,
            header_at: 0,
            open: Vec::new(),
            new_syntax: Vec::new(),
            fault: None,
        }
    }

    pub(super) fn finish(self) -> Result<Vec<NewSyntax>, Fault> {
        match self.fault {
            None => Ok(self.new_syntax),
            Some(fault) => Err(fault),
        }
    }

    fn note(&mut self, at: usize, what: &'static str) {
        let refused_by = RefusedBy::BeforeToml11;
        self.new_syntax.push(NewSyntax {
            refused_by,
            at,
            what,
        });
    }

    fn note_first(&mut self, at: usize, what: &'static str) {
        let refused_by = RefusedBy::GoToml1;
        self.new_syntax.push(NewSyntax {
            refused_by,
            at,
            what,
        });
    }

    fn note_header(&mut self, close: Span) {
        let written = self
            .source
            .input()
            .get(self.header_at..close.end())
            .unwrap_or_default();
        if let Some(what) = dialect::unreadable_header(written) {
            self.note_first(self.header_at, what);
        }
    }

    fn note_escape(&mut self, raw: &str, encoding: Option<Encoding>, span: Span) {
        let has_escapes = matches!(
            encoding,
            Some(Encoding::BasicString | Encoding::MlBasicString)
        );
        if let Some(what) = dialect::new_escape(raw).filter(|_| has_escapes) {
            self.note(span.start(), what);
        }
    }

    /// Tells of the expression whose key was read, and starts on the next.
    fn tell(
        &mut self,
        tell: impl FnOnce(&mut dyn Visitor<'s>, &[KeyPart<'s>]) -> Result<(), Fault>,
    ) {
        if self.fault.is_none() && !self.key.is_empty() {
            self.fault = tell(self.visitor, &self.key).err();
        }
        self.key.clear();
    }

    fn open_header(&mut self) {
        self.in_header = true;
        self.key.clear();
    }

    fn close_header(
        &mut self,
        tell: impl FnOnce(&mut dyn Visitor<'s>, &[KeyPart<'s>]) -> Result<(), Fault>,
    ) {
        if std::mem::take(&mut self.in_header) {
            self.tell(tell);
        }
    }

    fn take_value(&mut self, value: Value<'s>) {
        match self.open.last_mut() {
            Some(Open::Array { items, .. }) => items.push(value),
            Some(Open::Table {
                pairs,
                key,
                after_comma,
                ..
            }) => {
                *after_comma = false;
                if !key.is_empty() {
                    pairs.push((std::mem::take(key), value));
                }
            }
            None if self.in_header => {}
            None => self.tell(|visitor, key| visitor.pair(key, value)),
        }
    }

    fn read_word(text: &str, kind: ScalarKind) -> Result<ValueKind<'s>, &'static str> {
        let other = |name, holds| Ok(ValueKind::Other { name, holds });
        match kind {
            ScalarKind::Boolean(value) => Ok(ValueKind::Boolean(value)),
            ScalarKind::Integer(_) if number::is_well_formed(text) => {
                other("an integer", number::integer_holds(text))
            }
            ScalarKind::Float if number::is_well_formed(text) => {
                other("a float", number::float_holds(text))
            }
            ScalarKind::DateTime if date_time::is_delimited(text) => {
                other(ValueKind::DATE, date_time::holds(text))
            }
            _ => Err("a value that is neither a number nor a date"),
        }
    }
}

impl EventReceiver for Builder<'_, '_> {
    fn std_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.open_header();
        self.header_at = span.start();
    }

    fn std_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.note_header(span);
        self.close_header(|visitor, key| visitor.table(key));
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.open_header();
    }

    fn array_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.close_header(|visitor, key| visitor.array_table(key));
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open.push(Open::Table {
            at: span.start(),
            pairs: Vec::new(),
            key: Key::new(),
            after_comma: false,
        });
        true
    }

    fn inline_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        if let Some(Open::Table {
            at,
            pairs,
            after_comma,
            ..
        }) = self.open.pop()
        {
            if after_comma {
                self.note(
                    span.start(),
                    "a comma after the last pair of an inline table",
                );
            }
            self.take_value(Value {
                kind: ValueKind::Table(pairs),
                at,
            });
        }
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.open.push(Open::Array {
            at: span.start(),
            items: Vec::new(),
        });
        true
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        if let Some(Open::Array { at, items }) = self.open.pop() {
            self.take_value(Value {
                kind: ValueKind::Array(items),
                at,
            });
        }
    }

    fn value_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        if let Some(Open::Table { after_comma, .. }) = self.open.last_mut() {
            *after_comma = true;
        }
    }

    fn newline(&mut self, span: Span, error: &mut dyn ErrorSink) {
        if let Some(Open::Table { key, .. }) = self.open.last() {
            if key.is_empty() {
                self.note(span.start(), "a line break inside an inline table");
            } else {
                let problem = "a line break between a key and its value";
                error.report_error(ParseError::new(problem).with_unexpected(span));
            }
        }
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let Some(raw) = self
            .source
            .get(Event::new_unchecked(EventKind::SimpleKey, encoding, span))
        else {
            return;
        };
        let mut text = Cow::Borrowed("");
        raw.decode_key(&mut text, error);
        self.note_escape(raw.as_str(), encoding, span);
        let part = KeyPart {
            text,
            at: span.start(),
        };
        match self.open.last_mut() {
            Some(Open::Table { key, .. }) if !self.in_header => key.push(part),
            _ => self.key.push(part),
        }
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let Some(raw) = self
            .source
            .get(Event::new_unchecked(EventKind::Scalar, encoding, span))
        else {
            return;
        };
        if encoding.is_none() && self.odd_numbers && number::odd(raw.as_str()) {
            self.take_value(Value {
                kind: ValueKind::Other {
                    name: "a misshapen number",
                    holds: false,
                },
                at: span.start(),
            });
            return;
        }
        if let Some(what) = dialect::unreadable_value(raw.as_str(), encoding) {
            self.note_first(span.start(), what);
        }
        let mut text = match encoding {
            // Room for all of it, so that no copy of a secret stays behind when it grows.
            Some(encoding) if is_decoded_in_parts(raw.as_str(), encoding) => {
                Cow::Owned(String::with_capacity(raw.len()))
            }
            _ => Cow::Borrowed(""),
        };
        let kind = raw.decode_scalar(&mut text, error);
        self.note_escape(raw.as_str(), encoding, span);
        let kind = match encoding {
            Some(_) => ValueKind::String(Text::new(text)),
            None => match Self::read_word(raw.as_str(), kind) {
                Ok(kind) => kind,
                Err(problem) => {
                    error.report_error(ParseError::new(problem).with_unexpected(span));
                    return;
                }
            },
        };
        self.take_value(Value {
            kind,
            at: span.start(),
        });
    }
}

/// Whether what a string says may not be one part of its text.
fn is_decoded_in_parts(raw: &str, encoding: Encoding) -> bool {
    match encoding {
        Encoding::LiteralString | Encoding::MlLiteralString => false,
        Encoding::BasicString => raw
            .bytes()
            .any(|byte| byte == b'\\' || byte.is_ascii_control()),
        Encoding::MlBasicString => true,
    }
}
