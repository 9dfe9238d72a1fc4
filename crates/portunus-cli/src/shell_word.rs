use std::borrow::Cow;

/// The words as a command for a POSIX shell.
pub(crate) fn shell_words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.into_iter().map(shell_word).collect();
    words.join(" ")
}

/// A text as one word of a command for a POSIX shell: in quotes where it holds anything that a
/// shell could read as more than a letter of the word. For the commands that messages tell to run:
/// their parts may come from a server or a file.
pub(crate) fn shell_word(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ":/._%@=+,-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_a_shell_reads_is_the_text_itself() {
        for text in [
            "",
            "reg.test:5000",
            "https://auth.test/$(id)/t;reboot",
            "`id`",
            "a b\tc\nd",
            "it's",
            "'';id;''",
            "a\\'\"$HOME\"",
            "?ns=a&b|c<d>e#f",
            "~root",
            "*",
            "[a-z]{1,2}!",
            "-n",
            "ä",
        ] {
            let command = format!("printf '<%s>' {}", shell_word(text));
            let ran = Command::new("/bin/sh").args(["-c", &command]).output();
            let said = String::from_utf8(ran.unwrap().stdout).unwrap();
            assert_eq!(said, format!("<{text}>"));
        }
    }

    #[test]
    fn names_of_hosts_and_images_need_no_quotes() {
        for text in ["mirror.test:5000", "team/app:v1", "https://sso.test:8443"] {
            assert_eq!(shell_word(text), text);
        }
        for text in ["a?b", "a&b", "*", "~", "[::1]", "a;b", "a b", "ä"] {
            assert!(shell_word(text).starts_with('\''), "{text}");
        }
    }
}
