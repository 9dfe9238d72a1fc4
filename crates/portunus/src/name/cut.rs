use crate::bytes::position;

/// What stands before the first such byte of ASCII, and what behind it: as `split_once`, whose search
/// takes several times as long in texts as short as names.
#[inline]
pub(crate) fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    debug_assert!(byte.is_ascii());
    let at = position(text.as_bytes(), byte)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Whether such a byte of ASCII stands in it.
#[inline]
pub(crate) fn has(text: &str, byte: u8) -> bool {
    position(text.as_bytes(), byte).is_some()
}
