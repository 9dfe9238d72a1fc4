//! Why did a registry or a realm refuse? In its own words, as far as they may be shown.

mod document;
mod markup;
mod retry_after;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use self::document::{errors, plain};
use self::markup::markup;
use self::retry_after::try_again;
use crate::secret::Secret;

/// Of a body, in bytes: an error is short, and what is longer is no error.
pub(crate) const LONGEST_BODY: usize = 64 * 1024;
/// Of what is shown, in characters.
const LONGEST: usize = 300;

/// What the other side gave as its reason: one that holds nothing of what it was sent, and that
/// ends. It is its text, so a program shows it as it shows all other people's text, by
/// [`printable`](crate::printable::printable).
///
/// ```
/// use portunus::reason::Reason;
/// use portunus::secret::Secret;
///
/// let body = br#"{"errors":[{"code":"DENIED","message":"no access with hunter2"}]}"#;
/// let reason = Reason::read(body, Some("30"), &[&Secret::new("hunter2")]).unwrap();
/// assert_eq!(reason.to_string(), "DENIED: no access with […]; try again after 30 s");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    text: String,
}

impl Reason {
    /// The reason in the body of an answer that was no success, and in its `Retry-After`; `None`
    /// where it gives none. `sent` is what the other side was shown and may say back: a password, a
    /// token, the value of `Authorization` without its scheme.
    pub fn read(body: &[u8], retry_after: Option<&str>, sent: &[&Secret]) -> Option<Self> {
        let words = Words {
            body,
            retry_after,
            ..Words::default()
        };
        Self::of(&words, sent)
    }

    /// The same where more is known of the answer.
    pub(crate) fn of(words: &Words<'_>, sent: &[&Secret]) -> Option<Self> {
        let body = words.body.get(..LONGEST_BODY).unwrap_or(words.body);
        // As Go reads it: what is no UTF-8 is replaced.
        let document = escape_controls(&String::from_utf8_lossy(body));
        let mut parts = match serde_json::from_str::<Value>(&document) {
            Ok(document) => errors(&document),
            Err(_) => {
                let said = markup(body, words.media_type);
                let said = said.or_else(|| plain(body, words.media_type));
                said.into_iter().collect()
            }
        };
        match (&words.error, &words.error_description) {
            (error, Some(description)) => parts.insert(
                0,
                match error {
                    Some(error) => format!("{error}: {description}"),
                    None => description.clone(),
                },
            ),
            // That is a verdict of its own.
            (Some(error), None) if parts.is_empty() && error != "insufficient_scope" => {
                parts.push(error.clone());
            }
            (_, None) => {}
        }
        parts.extend(words.retry_after.and_then(try_again));
        let text = parts.join("; ");
        (!text.is_empty()).then(|| Self {
            // Before it is cut: what is left of a secret is a secret.
            text: cut(&blot_out(text, sent), LONGEST),
        })
    }

    /// The reason as it came, without what was blotted out.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What an answer says for itself beside its status.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words<'a> {
    pub(crate) body: &'a [u8],
    /// `Content-Type`.
    pub(crate) media_type: Option<&'a str>,
    pub(crate) retry_after: Option<&'a str>,
    /// `error` and `error_description` of a Bearer challenge (RFC 6750, section 3).
    pub(crate) error: Option<String>,
    pub(crate) error_description: Option<String>,
}

impl Words<'_> {
    /// Whether it says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        let Self {
            body,
            media_type: _,
            retry_after,
            error,
            error_description,
        } = self;
        body.is_empty() && retry_after.is_none() && error.is_none() && error_description.is_none()
    }
}

/// JSON has no control characters in its strings; whoever sends some may still have a reason to tell.
fn escape_controls(document: &str) -> String {
    let mut escaped = String::with_capacity(document.len());
    for character in document.chars() {
        match character {
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..' ' => escaped.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Leaves out what was sent, in each of the forms in which it may have been.
fn blot_out(text: String, sent: &[&Secret]) -> String {
    let forms = sent.iter().flat_map(|secret| {
        let secret = secret.expose();
        let percent = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
        let escaped = percent.replace('+', "%20");
        [secret.to_owned(), STANDARD.encode(secret), percent, escaped]
    });
    let mut forms: Vec<Secret> = forms.map(Secret::new).collect();
    // The longest first: one may be a part of another.
    forms.sort_by_key(|form| std::cmp::Reverse(form.expose().len()));
    let shown = forms.iter().filter(|form| !form.is_empty());
    shown.fold(text, |text, form| text.replace(form.expose(), "[…]"))
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Option<String> {
        Reason::read(body.as_bytes(), None, &[]).map(|reason| reason.to_string())
    }

    #[test]
    fn what_was_sent_is_not_shown_in_any_form() {
        let (password, header) = (Secret::new("p w/ä"), Secret::new("YWxpY2U6cCB3L8Ok"));
        let body = "{\"message\":\"p w/ä p+w%2F%C3%A4 p%20w%2F%C3%A4 cCB3L8Ok YWxpY2U6cCB3L8Ok\"}";
        let reason = Reason::read(body.as_bytes(), Some("p w/ä"), &[&password, &header]).unwrap();
        assert_eq!(reason.as_str(), "[…] […] […] […] […]");
    }

    #[test]
    fn control_characters_in_a_document_do_not_hide_its_reason() {
        let body = "{\n\t\"message\": \"no\u{1b}[31m\naccess\"\r\n}";
        assert_eq!(read(body).as_deref(), Some("no\u{1b}[31m access"));
    }

    #[test]
    fn a_challenge_gives_its_reason_too() {
        for (error, description, body, said) in [
            (
                Some("invalid_token"),
                Some("unknown key"),
                "",
                Some("invalid_token: unknown key"),
            ),
            (None, Some("unknown key"), "", Some("unknown key")),
            (Some("invalid_token"), None, "", Some("invalid_token")),
            (
                Some("invalid_token"),
                None,
                r#"{"message":"no"}"#,
                Some("no"),
            ),
            (
                Some("invalid_token"),
                Some("expired"),
                r#"{"message":"no"}"#,
                Some("invalid_token: expired; no"),
            ),
            (Some("insufficient_scope"), None, "", None),
            (None, None, "", None),
        ] {
            let words = Words {
                body: body.as_bytes(),
                error: error.map(str::to_owned),
                error_description: description.map(str::to_owned),
                ..Words::default()
            };
            let reason = Reason::of(&words, &[]);
            assert_eq!(reason.as_ref().map(Reason::as_str), said);
        }
    }

    #[test]
    fn a_reason_ends_and_no_part_of_a_secret_stands_at_its_end() {
        let text = format!("{{\"message\":\"{}hunter2\"}}", "a".repeat(LONGEST - 3));
        let reason = Reason::read(text.as_bytes(), None, &[&Secret::new("hunter2")]).unwrap();
        assert_eq!(reason.as_str().chars().count(), LONGEST);
        assert!(!reason.as_str().contains("hun"));
        let endless = format!("{{\"message\":\"{}\"}}", "a".repeat(LONGEST_BODY));
        assert_eq!(read(&endless), None);
    }
}
