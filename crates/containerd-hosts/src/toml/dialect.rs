use toml_parser::decoder::Encoding;

use super::number;

/// A piece of TOML that an older daemon refuses together with the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewSyntax {
    /// Which daemons refuse it.
    pub(crate) refused_by: RefusedBy,
    /// Offset in the file.
    pub(crate) at: usize,
    /// What it is, for messages.
    pub(crate) what: &'static str,
}

/// Which daemons refuse a piece of TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusedBy {
    /// Up to containerd 2.3, whose go-toml is older than 2.4: it is TOML 1.1.
    BeforeToml11,
    /// containerd 1.7, whose go-toml is 1.9.
    GoToml1,
}

/// What go-toml 1.9 cannot read in a value that the newest accepts.
pub(super) fn unreadable_value(raw: &str, encoding: Option<Encoding>) -> Option<&'static str> {
    match encoding {
        None if is_bare_date(raw) => Some("a date without a time"),
        None if is_integer(raw) && !number::integer_holds(raw) => {
            Some("an integer of more than 64 bits")
        }
        None if number::is_well_formed(raw) && !is_integer(raw) && !number::float_holds(raw) => {
            Some("a number that is too large")
        }
        Some(Encoding::MlBasicString | Encoding::MlLiteralString) if has_fourth_quote(raw) => {
            Some("a quote beside the three that enclose a string")
        }
        _ => None,
    }
}

/// What go-toml 1.9 cannot read in the header of a table, brackets included.
pub(super) fn unreadable_header(raw: &str) -> Option<&'static str> {
    if raw.contains('\\') {
        return Some("an escape in the name of a table");
    }
    raw.contains(".\t")
        .then_some("a tab behind a dot in the name of a table")
}

/// The escape in a basic string, quotes included, that TOML 1.0 does not have.
pub(super) fn new_escape(raw: &str) -> Option<&'static str> {
    if !raw.as_bytes().contains(&b'\\') {
        return None;
    }
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        if character == '\\' {
            match characters.next() {
                Some('x') => return Some("the escape `\\x` in a string"),
                Some('e') => return Some("the escape `\\e` in a string"),
                _ => {}
            }
        }
    }
    None
}

/// `1979-05-27`, alone or before a time that a small `t` begins.
fn is_bare_date(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    bytes.len() >= 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && matches!(bytes.get(10), None | Some(b't'))
}

fn is_integer(raw: &str) -> bool {
    let has_prefix = ["0x", "0o", "0b"].iter().any(|it| raw.starts_with(it));
    has_prefix && number::is_well_formed(raw) || is_decimal(raw)
}

fn is_decimal(raw: &str) -> bool {
    let digits = raw.strip_prefix(['+', '-']).unwrap_or(raw);
    !digits.is_empty()
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'_')
}

fn has_fourth_quote(raw: &str) -> bool {
    let quote = raw.chars().next().unwrap_or('"');
    let inner = raw.get(3..raw.len().saturating_sub(3)).unwrap_or_default();
    inner.starts_with(quote) || inner.ends_with(quote)
}
