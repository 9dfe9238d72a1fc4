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
