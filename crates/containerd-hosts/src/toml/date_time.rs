/// Whether go-toml takes the whole text for one date or time, possible or not: it starts with
/// four digits and a hyphen, or two digits and a colon, and goes on with what dates are made of.
pub(super) fn is_delimited(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |count: usize| bytes.len() > count && bytes[..count].iter().all(u8::is_ascii_digit);
    let starts = (digits(2) && bytes[2] == b':') || (digits(4) && bytes[4] == b'-');
    let part_of_date = |(index, byte): (usize, &u8)| match byte {
        b' ' => bytes.get(index + 1).is_some_and(u8::is_ascii_digit),
        _ => byte.is_ascii_digit() || b":-+.ZzTt".contains(byte),
    };
    starts && bytes.iter().enumerate().all(part_of_date)
}

/// Whether the text is a date or time that exists, as go-toml checks it where a value is read.
pub(super) fn holds(text: &str) -> bool {
    if text.as_bytes().get(2) == Some(&b':') {
        return local_time(text).is_some_and(str::is_empty);
    }
    let Some((date, rest)) = text.split_at_checked(10) else {
        return false;
    };
    if !date_exists(date) {
        return false;
    }
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else {
        return rest.is_empty();
    };
    match local_time(time) {
        Some("" | "Z" | "z") => true,
        Some(offset) => offset_exists(offset),
        None => false,
    }
}

fn date_exists(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month), Some(day)) =
        (digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// What follows the time; `None` where it is no time. Seconds may be left out.
fn local_time(text: &str) -> Option<&str> {
    let in_range = |from: usize, last: u32| digits(text, from, from + 2).is_some_and(|n| n <= last);
    if !in_range(0, 23) || text.as_bytes().get(2) != Some(&b':') || !in_range(3, 59) {
        return None;
    }
    let rest = &text[5..];
    if !rest.starts_with(':') {
        return Some(rest);
    }
    if !in_range(6, 59) {
        return None;
    }
    let rest = &text[8..];
    let Some(fraction) = rest.strip_prefix('.') else {
        return Some(rest);
    };
    let end = fraction
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(fraction.len());
    (end > 0).then(|| &fraction[end..])
}

fn offset_exists(text: &str) -> bool {
    text.len() == 6
        && text.starts_with(['+', '-'])
        && text.as_bytes()[3] == b':'
        && digits(text, 1, 3).is_some_and(|hours| hours <= 23)
        && digits(text, 4, 6).is_some_and(|minutes| minutes <= 59)
}

fn digits(text: &str, from: usize, to: usize) -> Option<u32> {
    let digits = text.get(from..to)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(())?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_what_only_looks_like_one() {
        for (text, is_one, exists) in [
            ("1979-05-27", true, true),
            ("1979-13-27", true, false),
            ("2023-02-29", true, false),
            ("2024-02-29", true, true),
            ("07:32", true, true),
            ("24:00:00", true, false),
            ("07:32:00.", true, false),
            ("1979-05-27T07:32:00Z", true, true),
            ("1979-05-27 07:32:00.5+01:00", true, true),
            ("1979-05-27T07:32:00+24:00", true, false),
            ("1979-05-27  07:32", false, false),
            ("1-2", false, false),
            ("1979-05-27x", false, false),
        ] {
            assert_eq!(is_delimited(text), is_one, "{text}");
            assert_eq!(is_one && holds(text), exists, "{text}");
        }
    }
}
