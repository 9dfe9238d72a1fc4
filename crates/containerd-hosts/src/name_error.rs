/// A name that is not well formed. The text is quoted, unless it may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid {what} {text}: {problem}")]
#[non_exhaustive]
pub struct NameError {
    what: &'static str,
    text: String,
    problem: &'static str,
}

impl NameError {
    /// Of what the text should have been the name, the text, and what is wrong with it.
    pub fn new(what: &'static str, text: &str, problem: &'static str) -> Self {
        // What stands before an `@` may be a user and a password pasted with a URL.
        let quoted = match text.rsplit_once('@') {
            Some((before, after)) if before.contains(':') => {
                format!("`…@{}`", shorten(after))
            }
            _ => format!("`{}`", shorten(text)),
        };
        Self {
            what,
            text: quoted,
            problem,
        }
    }

    /// What is wrong with the name, without the name.
    pub fn problem(&self) -> &'static str {
        self.problem
    }
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
