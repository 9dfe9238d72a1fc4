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

/// `Wed, 02 Dec 2026 10:00:00 GMT`
fn is_date(text: &str) -> bool {
    const SHAPE: &[u8] = b"Aaa, 00 Aaa 0000 00:00:00 GMT";
    let fits = |(byte, shape): (u8, &u8)| match shape {
        b'A' => byte.is_ascii_uppercase(),
        b'a' => byte.is_ascii_lowercase(),
        b'0' => byte.is_ascii_digit(),
        other => byte == *other,
    };
    text.len() == SHAPE.len() && text.bytes().zip(SHAPE).all(fits)
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
