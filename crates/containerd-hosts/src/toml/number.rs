/// Whether the whole text is a number by the grammar of TOML. The parser's own check lets some
/// pass that go-toml refuses (`0x`, `1_0'0`).
pub(super) fn is_well_formed(text: &str) -> bool {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return group(digits, radix);
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, "inf" | "nan") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        None => (unsigned, None),
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        None => (mantissa, None),
        Some((whole, fraction)) => (whole, Some(fraction)),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    group(whole, 10)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(|digits| group(digits, 10))
        && exponent.is_none_or(|digits| group(digits, 10))
}

/// Whether the text is no number, but one for go-toml before 2.4 until something reads it.
pub(super) fn odd(text: &str) -> bool {
    let digits = text.strip_prefix("0x").map_or(text, |digits| digits);
    let is_hex = digits.len() != text.len();
    let leading_zero = text.starts_with('0') && text[1..].starts_with(|c: char| c.is_ascii_digit());
    !is_well_formed(text)
        && !leading_zero
        && !digits.is_empty()
        && text.starts_with(|c: char| c.is_ascii_digit() || "._".contains(c))
        && digits.chars().all(|c| match is_hex {
            true => c.is_ascii_hexdigit() || c == '_',
            false => c.is_ascii_digit() || "_.eE".contains(c),
        })
}

/// Digits, with single underscores between them.
fn group(text: &str, radix: u32) -> bool {
    text.split('_')
        .all(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix)))
}

/// Whether a 64-bit signed number holds the integer, whose form was checked before.
pub(super) fn integer_holds(text: &str) -> bool {
    let digits = text.replace('_', "");
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        _ => (10, digits.as_str()),
    };
    i64::from_str_radix(digits, radix).is_ok()
}

/// Whether a 64-bit float holds the number without becoming infinite.
pub(super) fn float_holds(text: &str) -> bool {
    if text.ends_with("inf") || text.ends_with("nan") {
        return true;
    }
    text.replace('_', "")
        .parse::<f64>()
        .is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_told() {
        for (text, is_one) in [
            ("0x1F", true),
            ("0x", false),
            ("+0x1", false),
            ("0x_1", false),
            ("1_000", true),
            ("1__0", false),
            ("1_", false),
            ("0_1", false),
            ("01", false),
            ("-0", true),
            ("1.", false),
            (".1", false),
            ("1.5e+3", true),
            ("1e", false),
            ("+inf", true),
            ("1_0'0", false),
        ] {
            assert_eq!(is_well_formed(text), is_one, "{text}");
        }
    }

    #[test]
    fn numbers_beyond_64_bits_do_not_hold() {
        for (text, holds) in [
            ("9223372036854775807", true),
            ("-9223372036854775808", true),
            ("9223372036854775808", false),
            ("0x7fff_ffff_ffff_ffff", true),
            ("0x8000000000000000", false),
            ("0b1", true),
            ("+1_0", true),
        ] {
            assert_eq!(integer_holds(text), holds, "{text}");
        }
        for (text, holds) in [
            ("1e308", true),
            ("1e400", false),
            ("-inf", true),
            ("nan", true),
        ] {
            assert_eq!(float_holds(text), holds, "{text}");
        }
    }
}
