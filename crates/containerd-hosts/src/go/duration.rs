/// Nanoseconds of a text such as `1m30s`, by the rules of Go's `time.ParseDuration`.
///
/// `None` where Go refuses the text, overflow included.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (nanoseconds, after) = parse_one(rest)?;
        total = total.checked_add(nanoseconds).filter(|&n| n <= LIMIT)?;
        rest = after;
    }
    if negative {
        return Some((total as i64).wrapping_neg());
    }
    i64::try_from(total).ok()
}

/// The size of the smallest negative number.
const LIMIT: u64 = 1 << 63;

fn parse_one(text: &str) -> Option<(u64, &str)> {
    let (whole, after_whole) = leading_integer(text)?;
    let has_whole = after_whole.len() != text.len();
    let (fraction, scale, after, has_fraction) = match after_whole.strip_prefix('.') {
        None => (0, 1.0, after_whole, false),
        Some(digits) => {
            let (fraction, scale, after) = leading_fraction(digits);
            (fraction, scale, after, after.len() != digits.len())
        }
    };
    if !has_whole && !has_fraction {
        return None;
    }
    let unit_end = after
        .find(|c: char| c == '.' || c.is_ascii_digit())
        .unwrap_or(after.len());
    let (name, rest) = after.split_at(unit_end);
    let unit = unit(name)?;
    if whole > LIMIT / unit {
        return None;
    }
    let mut nanoseconds = whole * unit;
    if fraction > 0 {
        nanoseconds += (fraction as f64 * (unit as f64 / scale)) as u64;
        if nanoseconds > LIMIT {
            return None;
        }
    }
    Some((nanoseconds, rest))
}

fn unit(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60 * 1_000_000_000,
        "h" => 3600 * 1_000_000_000,
        _ => return None,
    })
}

fn leading_integer(text: &str) -> Option<(u64, &str)> {
    let mut value: u64 = 0;
    let end = digits_end(text);
    for digit in text[..end].bytes() {
        if value > LIMIT / 10 {
            return None;
        }
        value = value * 10 + u64::from(digit - b'0');
        if value > LIMIT {
            return None;
        }
    }
    Some((value, &text[end..]))
}

/// Digits beyond what 63 bits hold are read over, not counted.
fn leading_fraction(text: &str) -> (u64, f64, &str) {
    let mut value: u64 = 0;
    let mut scale = 1.0;
    let end = digits_end(text);
    for digit in text[..end].bytes() {
        if value > (LIMIT - 1) / 10 {
            break;
        }
        let next = value * 10 + u64::from(digit - b'0');
        if next > LIMIT {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value, scale, &text[end..])
}

fn digits_end(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_go_reads_them() {
        for (text, nanoseconds) in [
            ("0", 0),
            ("+0", 0),
            ("-0", 0),
            ("3s", 3_000_000_000),
            ("1h2m3s4ms5us6ns", 3_723_004_005_006),
            ("1.5h", 5_400_000_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("-1s", -1_000_000_000),
            ("1\u{b5}s", 1_000),
            ("1\u{3bc}s", 1_000),
            ("0.9223372036854775807h", 3_320_413_933_267),
            ("9223372036854775807ns", i64::MAX),
            ("-9223372036854775808ns", i64::MIN),
            ("0.3333333333333333333h", 1_200_000_000_000),
        ] {
            assert_eq!(parse_duration(text), Some(nanoseconds), "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_no_duration() {
        for text in [
            "",
            "3",
            "-",
            "+",
            "s",
            ".s",
            "-.s",
            "1 s",
            "1d",
            "1S",
            " 1s",
            "1s ",
            "1,5s",
            "--1s",
            "9223372036854775808ns",
            "-9223372036854775809ns",
            "9223372036854775.808us",
            "9223372036854ms775us808ns",
            "3000000h",
            "1e3s",
            "\u{661}s",
        ] {
            assert_eq!(parse_duration(text), None, "{text:?}");
        }
    }
}
