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
    visitor: &'v mut dyn Visitor,
    header: Option<Key>,
    header_at: usize,
    key: Key,
    open: Vec<Open>,
    new_syntax: Vec<NewSyntax>,
    fault: Option<Fault>,
}

/// An array or inline table that is not closed yet.
enum Open {
    Array {
        at: usize,
        items: Vec<Value>,
    },
    Table {
        at: usize,
        pairs: Vec<(Key, Value)>,
        key: Key,
        after_comma: bool,
    },
}

impl<'s, 'v> Builder<'s, 'v> {
    pub(super) fn new(source: Source<'s>, odd_numbers: bool, visitor: &'v mut dyn Visitor) -> Self {
        Self {
            source,
            odd_numbers,
            visitor,
            header: None,
            header_at: 0,
            key: Key::new(),
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

    fn tell(&mut self, tell: impl FnOnce(&mut dyn Visitor) -> Result<(), Fault>) {
        if self.fault.is_none() {
            self.fault = tell(self.visitor).err();
        }
    }

    fn close_header(&mut self, tell: impl FnOnce(&mut dyn Visitor, Key) -> Result<(), Fault>) {
        if let Some(key) = self.header.take().filter(|key| !key.is_empty()) {
            self.tell(|visitor| tell(visitor, key));
        }
    }

    fn take_value(&mut self, value: Value) {
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
            None => {
                let key = std::mem::take(&mut self.key);
                if !key.is_empty() {
                    self.tell(|visitor| visitor.pair(key, value));
                }
            }
        }
    }

    fn unquote(&self, text: &str, kind: ScalarKind) -> Result<ValueKind, &'static str> {
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
        self.header = Some(Key::new());
        self.header_at = span.start();
    }

    fn std_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.note_header(span);
        self.close_header(|visitor, key| visitor.table(key));
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.header = Some(Key::new());
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
            text: text.into(),
            at: span.start(),
        };
        match (&mut self.header, self.open.last_mut()) {
            (Some(header), _) => header.push(part),
            (None, Some(Open::Table { key, .. })) => key.push(part),
            (None, _) => self.key.push(part),
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
        // Room for all of it, so that no copy of a secret stays behind when it grows.
        let mut text = String::with_capacity(encoding.map_or(0, |_| raw.len()));
        let kind = raw.decode_scalar(&mut text, error);
        self.note_escape(raw.as_str(), encoding, span);
        let kind = match encoding {
            Some(_) => ValueKind::String(Text::new(text)),
            None => match self.unquote(raw.as_str(), kind) {
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
