/// What stands before the first such byte of ASCII, and what behind it: as `split_once`, whose search
/// takes several times as long in texts as short as names.
pub(crate) fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    debug_assert!(byte.is_ascii());
    let at = text.bytes().position(|it| it == byte)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Whether such a byte of ASCII stands in it.
pub(crate) fn has(text: &str, byte: u8) -> bool {
    text.bytes().any(|it| it == byte)
}
