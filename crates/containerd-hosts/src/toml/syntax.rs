use crate::code::Code;
use toml_parser::parser::{RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ParseError, Source};

use super::builder::Builder;
use super::dialect::NewSyntax;
use super::value::{KeyPart, Value};
use crate::fault::Fault;

/// Arrays and inline tables stand in each other at most this deep.
const DEEPEST: u32 = 80;
/// Punctuation, keys, values and blanks of one file: keeps memory within bounds.
pub(super) const MOST_TOKENS: usize = 400_000;

/// Is told each expression of a document, in order. No key is empty.
pub(crate) trait Visitor<'s> {
    /// `[key]`
    fn table(&mut self, key: &[KeyPart<'s>]) -> Result<(), Fault>;
    /// `[[key]]`
    fn array_table(&mut self, key: &[KeyPart<'s>]) -> Result<(), Fault>;
    /// `key = value`
    fn pair(&mut self, key: &[KeyPart<'s>], value: Value<'s>) -> Result<(), Fault>;
}

/// What older readers let pass.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Leniency {
    /// Misshapen numbers are no error as long as nothing reads them.
    pub(crate) odd_numbers: bool,
    /// A byte order mark before the text does not count.
    pub(crate) byte_order_mark: bool,
}

/// Reads a document and tells the visitor each expression, until the visitor refuses one.
/// Gives what only newer readers understand.
pub(crate) fn parse<'s>(
    bytes: &'s [u8],
    leniency: Leniency,
    visitor: &mut dyn Visitor<'s>,
) -> Result<Vec<NewSyntax>, Fault> {
    if bytes.starts_with(b"\xEF\xBB\xBF") && !leniency.byte_order_mark {
        return Err(Fault::new(
            0,
            Code::ByteOrderMark,
            "the file starts with a byte order mark",
        )
        .help("save the file as UTF-8 without BOM"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Fault::new(
            error.valid_up_to(),
            Code::NotUtf8,
            "the file is not UTF-8 text",
        )
        .help("save the file as UTF-8")
    })?;
    if let Some(at) = text.find('\0') {
        return Err(
            Fault::new(at, Code::TomlSyntax, "a NUL byte").help("save the file as UTF-8 text")
        );
    }
    let source = Source::new(text);
    // Reserved for a usual file, once.
    let mut tokens = Vec::with_capacity(text.len() / 3);
    tokens.extend(source.lex().take(MOST_TOKENS + 1));
    if tokens.len() > MOST_TOKENS {
        return Err(Fault::new(0, Code::TooLarge, "the file has too many parts")
            .help("containerd reads this file for every request; keep what the registry needs"));
    }
    let mut builder = Builder::new(source, leniency.odd_numbers, visitor);
    let mut first_error: Option<ParseError> = None;
    let mut spaces = ValidateWhitespace::new(&mut builder, source);
    let mut guard = RecursionGuard::new(&mut spaces, DEEPEST);
    parse_document(&tokens, &mut guard, &mut first_error);
    if let Some(error) = first_error {
        return Err(syntax_fault(&error, text));
    }
    builder.finish()
}

/// The crate's description is a fixed text about the grammar; only its span is used beside it.
fn syntax_fault(error: &ParseError, text: &str) -> Fault {
    let at = error
        .unexpected()
        .or_else(|| error.context())
        .map_or(0, |span| span.start().min(text.len()));
    Fault::new(
        at,
        Code::TomlSyntax,
        format!("not valid TOML: {}", error.description()),
    )
    .help("write `key = value` lines, texts in quotes, and hosts as `[host.\"https://HOST\"]`")
}
