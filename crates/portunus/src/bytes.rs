/// How many such bytes there are. Summed up in single bytes, many are counted at a time.
pub(crate) fn count(text: &[u8], byte: u8) -> usize {
    let of_part = |part: &[u8]| part.iter().map(|it| u8::from(*it == byte)).sum::<u8>();
    let parts = text.chunks(u8::MAX.into());
    parts.map(|part| usize::from(of_part(part))).sum()
}

/// How many bytes stand before the first that ends a string, begins an escape, or may not stand in a
/// string.
pub(crate) fn plain_part(text: &[u8]) -> usize {
    let (eights, rest) = text.as_chunks();
    for (at, eight) in eights.iter().enumerate() {
        let found = special(u64::from_le_bytes(*eight));
        if found != 0 {
            return at * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    let at = rest.iter().position(is_special).unwrap_or(rest.len());
    eights.len() * 8 + at
}

/// Eight bytes at once: the highest bit of the lowest that is a quote, a `\` or below a space is set,
/// and none of a lower one ("Bit Twiddling Hacks", "Determine if a word has a byte less than n").
fn special(eight: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
    let is = |byte: u8| below(eight ^ (ONES * u64::from(byte)), 1);
    (is(b'"') | is(b'\\') | below(eight, 0x20)) & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn many_at_once_are_found_where_each_alone_is(
            text in "([ -~\u{0}-\u{ff}]|\"|\\\\){0,40}", before in 0..9_usize
        ) {
            let text = ["a".repeat(before), text].concat().into_bytes();
            let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let first = text.iter().position(is_special).unwrap_or(text.len());
            prop_assert_eq!(plain_part(&text), first);
            let quotes = text.iter().filter(|byte| **byte == b'"').count();
            prop_assert_eq!(count(&text.repeat(100), b'"'), 100 * quotes);
        }
    }
}
