use keyring_core::Error;
use portunus::store::SourceErrorKind;

/// Why a call gave no answer.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// In words.
    pub(crate) text: String,
    /// There is no keyring at all: no D-Bus session, or no service in it.
    pub(crate) absent: bool,
    /// Whose fault it is.
    pub(crate) kind: SourceErrorKind,
}

impl Problem {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            absent: false,
            kind: SourceErrorKind::Broken,
        }
    }

    pub(crate) fn of(error: &Error) -> Self {
        let (text, absent) = describe(error);
        let kind = match error {
            Error::TooLong(..) | Error::Invalid(..) => SourceErrorKind::CannotKeep,
            _ => SourceErrorKind::Broken,
        };
        Self { text, absent, kind }
    }
}

/// A keyring's error in our words. Its own text is shown only where it can hold nothing of an
/// item.
fn describe(error: &Error) -> (String, bool) {
    let text = match error {
        Error::NoStorageAccess(cause) => {
            format!(
                "it is locked, and cannot be unlocked from here ({})",
                shorten(cause)
            )
        }
        Error::PlatformFailure(cause) => {
            let cause = cause.to_string();
            if cause.contains("ServiceUnknown") {
                return (
                    "no keyring service runs in the D-Bus session".to_owned(),
                    true,
                );
            } else if cause.contains("Failed to connect") || cause.contains("no secret service") {
                return (
                    "there is no D-Bus session to reach it through".to_owned(),
                    true,
                );
            } else if cause.contains("QuotaExceeded") {
                "the kernel's quota for keys is used up".to_owned()
            } else {
                format!("it does not work ({})", shorten(&cause))
            }
        }
        Error::TooLong(what, limit) => format!("the {what} is longer than it can keep ({limit})"),
        Error::Invalid(what, problem) => {
            format!("it does not take the {what}: {}", shorten(problem))
        }
        Error::Ambiguous(items) => format!("{} items stand under this key", items.len()),
        Error::NotSupportedByStore(_) => "it cannot do this".to_owned(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            "what it holds is damaged".to_owned()
        }
        _ => "it failed".to_owned(),
    };
    (text, false)
}

/// Not without end.
fn shorten(text: impl ToString) -> String {
    text.to_string().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_kept_is_told_apart_from_a_keyring_that_does_not_work() {
        let too_long = Error::TooLong("secret".to_owned(), 20_000);
        let foreign = Error::Invalid("key".to_owned(), "taken".to_owned());
        let locked = Error::NoStorageAccess("prompt dismissed".into());
        for (error, kind) in [
            (too_long, SourceErrorKind::CannotKeep),
            (foreign, SourceErrorKind::CannotKeep),
            (locked, SourceErrorKind::Broken),
            (Error::NoEntry, SourceErrorKind::Broken),
        ] {
            assert_eq!(Problem::of(&error).kind, kind, "{error}");
        }
    }
}
