/// How many such bytes there are. Eight are compared at once, and counted in a byte each, which holds
/// no more than 255: a compiler that is told to make small programs does not do so by itself.
pub(crate) fn count(text: &[u8], byte: u8) -> usize {
    let (eights, rest) = text.as_chunks();
    let mut count = rest.iter().filter(|it| **it == byte).count();
    for part in eights.chunks(u8::MAX.into()) {
        let each = part.iter();
        let each = each.map(|eight| each_equal(u64::from_le_bytes(*eight), byte) >> 7);
        let sums = each.sum::<u64>().to_le_bytes();
        count += sums.into_iter().map(usize::from).sum::<usize>();
    }
    count
}

/// Where the first such byte stands.
pub(crate) fn position(text: &[u8], byte: u8) -> Option<usize> {
    first(text, |eight| equal(eight, byte), |it| it == byte)
}

/// How many bytes stand before the first that ends a string, begins an escape, or may not stand in a
/// string.
pub(crate) fn plain_part(text: &[u8]) -> usize {
    let any = |eight| equal(eight, b'"') | equal(eight, b'\\') | below(eight, 0x20);
    let is_any = |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    first(text, any, is_any).unwrap_or(text.len())
}

/// Where the first byte stands that is looked for: eight are compared at once, the last ones alone.
fn first(text: &[u8], among: impl Fn(u64) -> u64, is: impl Fn(u8) -> bool) -> Option<usize> {
    let (eights, rest) = text.as_chunks();
    for (at, eight) in eights.iter().enumerate() {
        let found = among(u64::from_le_bytes(*eight)) & HIGHEST;
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|byte| is(*byte))?;
    Some(eights.len() * 8 + at)
}

// Of eight bytes the highest bit of the lowest that is looked for is set, and none of a lower one
// ("Bit Twiddling Hacks", "Determine if a word has a byte less than n").

const ONES: u64 = u64::MAX / 255;
const HIGHEST: u64 = ONES << 7;

fn below(eight: u64, limit: u64) -> u64 {
    eight.wrapping_sub(ONES * limit) & !eight
}

fn equal(eight: u64, byte: u8) -> u64 {
    below(eight ^ (ONES * u64::from(byte)), 1)
}

/// The highest bit of each byte that is equal, and no other bit.
fn each_equal(eight: u64, byte: u8) -> u64 {
    let differences = eight ^ (ONES * u64::from(byte));
    let low_bits = (differences & !HIGHEST) + !HIGHEST;
    !(low_bits | differences) & HIGHEST
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
            let colon = text.iter().position(|byte| *byte == b':');
            prop_assert_eq!(position(&text, b':'), colon);
            let quotes = text.iter().filter(|byte| **byte == b'"').count();
            prop_assert_eq!(count(&text.repeat(100), b'"'), 100 * quotes);
        }
    }
}
