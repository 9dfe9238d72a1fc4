/// The longest time that is asked for in earnest, in seconds: a year.
const LONGEST_WAIT: u64 = 366 * 24 * 3600;

/// When the other side wants to be asked again: after seconds, or after a date (RFC 9110, section
/// 10.2.3). What is neither says nothing.
pub(super) fn try_again(retry_after: &str) -> Option<String> {
    let after = retry_after.trim();
    let is_number = !after.is_empty() && after.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        let seconds: u64 = after.parse().ok()?;
        return (seconds <= LONGEST_WAIT).then(|| format!("try again after {seconds} s"));
    }
    is_date(after).then(|| format!("try again after {after}"))
}

/// Whether a text is a date in one of the three forms of HTTP (RFC 9110, section 5.6.7).
fn is_date(text: &str) -> bool {
    // That of RFC 850 writes the day out.
    let rest = text.split_once(", ").map_or("", |(_, rest)| rest);
    let is_day = |text: &str| {
        text.len() <= "Wednesday".len() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let day = text.split(',').next().unwrap_or_default();
    fits(text, "Aaa, 00 Aaa 0000 00:00:00 GMT")
        || fits(rest, "00-Aaa-00 00:00:00 GMT") && is_day(day)
        || fits(text, "Aaa Aaa _0 00:00:00 0000")
}

fn fits(text: &str, shape: &str) -> bool {
    let fits = |(byte, shape): (u8, u8)| match shape {
        b'A' => byte.is_ascii_uppercase(),
        b'a' => byte.is_ascii_lowercase(),
        b'0' => byte.is_ascii_digit(),
        b'_' => byte == b' ' || byte.is_ascii_digit(),
        other => byte == other,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_to_wait_is_one_or_is_not_shown() {
        for (retry_after, said) in [
            ("30", Some("try again after 30 s")),
            (" 030 ", Some("try again after 30 s")),
            (
                "Wed, 02 Dec 2026 10:00:00 GMT",
                Some("try again after Wed, 02 Dec 2026 10:00:00 GMT"),
            ),
            (
                "Wednesday, 02-Dec-26 10:00:00 GMT",
                Some("try again after Wednesday, 02-Dec-26 10:00:00 GMT"),
            ),
            (
                "Wed Dec  2 10:00:00 2026",
                Some("try again after Wed Dec  2 10:00:00 2026"),
            ),
            ("Wed\u{1b}, 02-Dec-26 10:00:00 GMT", None),
            ("-5", None),
            ("+5", None),
            ("1.5", None),
            ("99999999999", None),
            ("99999999999999999999", None),
            ("soon", None),
            ("Wed, 02 Dec 2026 10:00:00 \u{1b}[2", None),
            ("", None),
        ] {
            assert_eq!(try_again(retry_after).as_deref(), said, "{retry_after}");
        }
    }
}
