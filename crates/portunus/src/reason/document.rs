//! What is a reason in the body of an answer.

use serde_json::{Map, Value};

/// Of several errors, those that are shown.
const MOST_ERRORS: usize = 3;
/// How deep a sentence may lie in other fields.
const DEEPEST: usize = 3;
/// Fields that hold a code, and those that hold a sentence, most telling first: the distribution
/// specification (`code`, `message`), RFC 6749 (`error`, `error_description`), Google's clouds
/// (`status`), quay (`error_message`), RFC 9457 (`title`).
const CODES: [&str; 3] = ["code", "error", "status"];
const SENTENCES: [&str; 6] = [
    "message",
    "error_description",
    "error_message",
    "errorMessage",
    "reason",
    "title",
];
/// What is added to a sentence: the distribution specification and FastAPI (`detail`), Docker Hub's
/// realm (`details`).
const DETAILS: [&str; 2] = ["detail", "details"];

/// The errors of a document, a text each.
pub(super) fn errors(document: &Value) -> Vec<String> {
    let errors = match document {
        Value::Object(fields) => field(fields, "errors").unwrap_or(document),
        other => other,
    };
    match errors {
        Value::Array(errors) => {
            let texts = errors.iter().filter_map(|error| describe(error, DEEPEST));
            texts.take(MOST_ERRORS).collect()
        }
        error => describe(error, DEEPEST).into_iter().collect(),
    }
}

/// `CODE: sentence (detail)`, or what there is of it.
fn describe(value: &Value, deepest: usize) -> Option<String> {
    let fields = match value {
        Value::String(text) => return said(text),
        Value::Object(fields) if deepest > 0 => fields,
        Value::Array(several) if deepest > 0 => {
            let mut several = several.iter();
            return several.find_map(|value| describe(value, deepest - 1));
        }
        _ => return None,
    };
    let code = CODES
        .iter()
        .filter_map(|name| field(fields, name)?.as_str())
        .find_map(said);
    let below = |names: &[&str]| {
        let mut values = names.iter().filter_map(|name| field(fields, name));
        values.find_map(|value| describe(value, deepest - 1))
    };
    let nested = || field(fields, "error").filter(|value| !value.is_string());
    let sentence = below(&SENTENCES).or_else(|| describe(nested()?, deepest - 1));
    let mut texts: Vec<String> = Vec::new();
    for text in [code, sentence].into_iter().flatten() {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    match (texts.is_empty(), below(&DETAILS)) {
        (true, detail) => detail,
        (false, Some(detail)) if texts.contains(&detail) => Some(texts.join(": ")),
        (false, Some(detail)) if texts.len() == 1 => Some(format!("{}: {detail}", texts[0])),
        (false, Some(detail)) => Some(format!("{} ({detail})", texts.join(": "))),
        (false, None) => Some(texts.join(": ")),
    }
}

/// A body that is a sentence for people, not for browsers.
pub(super) fn plain(body: &[u8], media_type: Option<&str>) -> Option<String> {
    let essence = media_type.map(|it| it.split(';').next().unwrap_or_default().trim());
    if !essence.is_none_or(|it| it.is_empty() || it.eq_ignore_ascii_case("text/plain")) {
        return None;
    }
    let text = match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        // Where it was cut.
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&body[..error.valid_up_to()]).into_owned()
        }
        // Who calls it a text and writes no UTF-8 writes Latin-1; else it is no text.
        Err(_) if essence.is_some_and(|it| !it.is_empty()) => {
            body.iter().map(|byte| char::from(*byte)).collect()
        }
        Err(_) => return None,
    };
    let is_markup = text.trim_start().starts_with(['<', '{', '[']);
    match is_markup || text.contains('\0') {
        true => None,
        false => one_line(&text),
    }
}

fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// In one line; `None`: it says nothing.
pub(super) fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A field by its name, without case as Go reads it; the last one wins.
fn field<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let named = fields
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value).next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (r#"{"errors":"DENIED"}"#, Some("DENIED")),
            (
                r#"{"errors":["plain",7,"two  lines\n"]}"#,
                Some("plain; two  lines"),
            ),
            (
                r#"{"errors":{"code":"DENIED","message":"n"}}"#,
                Some("DENIED: n"),
            ),
            (r#"[{"code":"DENIED"}]"#, Some("DENIED")),
            (r#""denied""#, Some("denied")),
            (
                r#"{"error":{"code":403,"message":"no right","status":"PERMISSION_DENIED"}}"#,
                Some("PERMISSION_DENIED: no right"),
            ),
            (
                r#"{"error":"denied","message":{"text":1,"message":"deep"}}"#,
                Some("denied: deep"),
            ),
            (
                r#"{"errors":[{"code":"U","message":"no","detail":"2FA is on"}]}"#,
                Some("U: no (2FA is on)"),
            ),
            (r#"{"message":"no","detail":"no"}"#, Some("no")),
            (
                r#"{"errors":[{"code":"U","message":"no","detail":{"Tag":"v1"}}]}"#,
                Some("U: no"),
            ),
            (
                r#"{"errors":[{"code":"U","message":"no","detail":[{"Name":"a"}]}]}"#,
                Some("U: no"),
            ),
            (
                r#"{"type":"about:blank","title":"Forbidden","detail":"not your IP","status":403}"#,
                Some("Forbidden: not your IP"),
            ),
            (
                r#"{"detail":"no robot","error_message":"no such","status":401}"#,
                Some("no such: no robot"),
            ),
            ("RBAC: access\r\n denied\n", Some("RBAC: access denied")),
            (r#"{"error":{"error":{"error":{"error":"deep"}}}}"#, None),
            ("[1]", None),
            ("<html>denied</html>", None),
            ("{broken", None),
            ("\0\u{1}", None),
            (" \n", None),
            ("", None),
        ] {
            let said = match serde_json::from_str(body) {
                Ok(document) => errors(&document).join("; "),
                Err(_) => plain(body.as_bytes(), None).unwrap_or_default(),
            };
            assert_eq!(said, reason.unwrap_or_default(), "{body}");
        }
    }

    #[test]
    fn a_text_is_shown_where_it_is_meant_for_people() {
        for (media_type, is_shown) in [
            (None, true),
            (Some("text/plain; charset=utf-8"), true),
            (Some("TEXT/PLAIN"), true),
            (Some("text/html"), false),
            (Some("application/octet-stream"), false),
        ] {
            let shown = plain(b"quota exceeded", media_type);
            assert_eq!(shown.is_some(), is_shown, "{media_type:?}");
        }
        assert_eq!(plain(b"\xff\xfe", None), None);
        let latin = plain(b"Schl\xfcssel", Some("text/plain"));
        assert_eq!(latin.as_deref(), Some("Schl\u{fc}ssel"));
        assert_eq!(
            plain("cut ä".as_bytes().split_last().unwrap().1, None).unwrap(),
            "cut"
        );
    }
}
