//! Why did a registry or a realm refuse? In its own words, as far as they may be shown.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::secret::Secret;

/// Of a body, in bytes: an error is short, and what is longer is no error.
pub(crate) const LONGEST_BODY: usize = 64 * 1024;
/// Of what is shown, in characters.
const LONGEST: usize = 300;
/// Of several errors, those that are shown.
const MOST_ERRORS: usize = 3;
/// Of `Retry-After`: a date takes 29.
const LONGEST_RETRY_AFTER: usize = 40;
/// Fields that hold a code, and those that hold a sentence, most telling first: the distribution
/// specification (`code`, `message`), RFC 6749 (`error`, `error_description`), Docker Hub's realm
/// (`details`), quay and FastAPI (`detail`).
const CODES: [&str; 2] = ["code", "error"];
const SENTENCES: [&str; 4] = ["message", "error_description", "details", "detail"];

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
        let body = body.get(..LONGEST_BODY).unwrap_or(body);
        let document: Value = serde_json::from_slice(body).unwrap_or_default();
        let mut parts = errors(&document);
        let retry_after = retry_after.map(str::trim).filter(|text| !text.is_empty());
        let retry_after = retry_after.map(|text| blot_out(text.to_owned(), sent));
        parts.extend(retry_after.map(|text| try_again(&text)));
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

/// The errors of a document, a text each.
fn errors(document: &Value) -> Vec<String> {
    let Some(fields) = document.as_object() else {
        return Vec::new();
    };
    match field(fields, "errors") {
        Some(Value::Array(errors)) => errors
            .iter()
            .filter_map(Value::as_object)
            .filter_map(describe)
            .take(MOST_ERRORS)
            .collect(),
        _ => describe(fields).into_iter().collect(),
    }
}

/// `CODE: sentence`, or the one of them that there is.
fn describe(fields: &Map<String, Value>) -> Option<String> {
    let text = |names: &[&str]| {
        let texts = names
            .iter()
            .filter_map(|name| field(fields, name)?.as_str());
        let text = texts.map(str::trim).find(|text| !text.is_empty());
        text.map(str::to_owned)
    };
    match (text(&CODES), text(&SENTENCES)) {
        (Some(code), Some(sentence)) if code != sentence => Some(format!("{code}: {sentence}")),
        (Some(text), _) | (None, Some(text)) => Some(text),
        (None, None) => None,
    }
}

/// A field by its name, without case as Go reads it; the last one wins.
fn field<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let named = fields
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value).next_back()
}

/// When the other side wants to be asked again: after seconds, or after a date.
fn try_again(retry_after: &str) -> String {
    let unit = match retry_after.bytes().all(|byte| byte.is_ascii_digit()) {
        true => " s",
        false => "",
    };
    format!(
        "try again after {}{unit}",
        cut(retry_after, LONGEST_RETRY_AFTER)
    )
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
    fn each_way_to_give_a_reason_is_understood() {
        for (body, reason) in [
            (
                r#"{"errors":[{"code":"DENIED","message":"no"},{"code":"TOOMANYREQUESTS"}]}"#,
                Some("DENIED: no; TOOMANYREQUESTS"),
            ),
            (
                r#"{"error":"invalid_grant","error_description":"expired"}"#,
                Some("invalid_grant: expired"),
            ),
            (
                r#"{"details":"incorrect username or password"}"#,
                Some("incorrect username or password"),
            ),
            (r#"{"Errors":[{"Code":"DENIED","code":"X"}]}"#, Some("X")),
            (
                r#"{"detail":"Not authenticated"}"#,
                Some("Not authenticated"),
            ),
            (r#"{"errors":[{"code":7,"message":"n"}]}"#, Some("n")),
            (r#"{"errors":[]}"#, None),
            (r#"{"errors":"DENIED"}"#, None),
            ("[1]", None),
            ("<html>denied</html>", None),
            ("", None),
        ] {
            assert_eq!(read(body).as_deref(), reason, "{body}");
        }
    }

    #[test]
    fn what_was_sent_is_not_shown_in_any_form() {
        let (password, header) = (Secret::new("p w/ä"), Secret::new("YWxpY2U6cCB3L8Ok"));
        let body = "{\"message\":\"p w/ä p+w%2F%C3%A4 p%20w%2F%C3%A4 cCB3L8Ok YWxpY2U6cCB3L8Ok\"}";
        let reason = Reason::read(body.as_bytes(), Some("p w/ä"), &[&password, &header]).unwrap();
        assert_eq!(reason.as_str(), "[…] […] […] […] […]; try again after […]");
    }

    #[test]
    fn a_reason_ends_and_no_part_of_a_secret_stands_at_its_end() {
        let text = format!("{{\"message\":\"{}hunter2\"}}", "a".repeat(LONGEST - 3));
        let reason = Reason::read(text.as_bytes(), None, &[&Secret::new("hunter2")]).unwrap();
        assert_eq!(reason.as_str().chars().count(), LONGEST);
        assert!(!reason.as_str().contains("hun"));
        let late = format!("{}hunter2", "a".repeat(LONGEST_RETRY_AFTER - 3));
        let reason = Reason::read(b"", Some(&late), &[&Secret::new("hunter2")]).unwrap();
        assert!(!reason.as_str().contains("hun"), "{reason}");
        let endless = format!("{{\"message\":\"{}\"}}", "a".repeat(LONGEST_BODY));
        assert_eq!(read(&endless), None);
    }
}
