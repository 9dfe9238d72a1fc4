//! Whether an answer with status 200 is what a registry answers.

use serde_json::{Map, Value};

use crate::outcome::Outcome;

/// Why an answer is no manifest, whatever its status says; `None`: it may be one. What is wrong
/// inside of a manifest is not looked at.
pub fn why_no_manifest(media_type: &str, bytes: &[u8]) -> Option<&'static str> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Some("answered with nothing instead of a manifest");
    }
    if is_html(media_type) {
        return Some("answered with a web page instead of a manifest");
    }
    match serde_json::from_slice::<Map<String, Value>>(bytes) {
        Ok(object) if is_manifest(&object) => None,
        Ok(object) if object.contains_key("errors") => {
            Some("answered with an error instead of a manifest, though with status 200")
        }
        Ok(_) => Some("answered with other JSON instead of a manifest"),
        Err(_) if bytes.trim_ascii_start().starts_with(b"<") => {
            Some("answered with a web page instead of a manifest")
        }
        Err(_) => Some("answered with something that is no JSON instead of a manifest"),
    }
}

/// Keeps out what is no manifest.
///
/// # Errors
/// Where it is none.
pub(crate) fn refuse_no_manifest(media_type: &str, bytes: &[u8]) -> Result<(), Outcome> {
    match why_no_manifest(media_type, bytes) {
        Some(problem) => Err(Outcome::bad_content(problem)),
        None => Ok(()),
    }
}

/// Whether a `Content-Type` is that of a web page.
pub(crate) fn is_html(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    ["text/html", "application/xhtml+xml"].contains(&essence.trim().to_ascii_lowercase().as_str())
}

/// The keys that tell an image, an index, an artifact, and a manifest of schema version 1.
fn is_manifest(object: &Map<String, Value>) -> bool {
    let keys = ["config", "layers", "manifests", "blobs", "fsLayers"];
    keys.iter().any(|key| object.contains_key(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_manifest_is_told_apart() {
        let oci = "application/vnd.oci.image.manifest.v1+json";
        for (media_type, bytes, end) in [
            (oci, r#"{"config":{}}"#, None),
            (oci, r#"{"manifests":null}"#, None),
            ("application/json", r#"{"fsLayers":[]}"#, None),
            ("text/plain", r#"{"config":{}}"#, None),
            (oci, " \n", Some("answered with nothing")),
            (
                "text/html; charset=utf-8",
                "<html>",
                Some("answered with a web page"),
            ),
            (
                "Text/HTML",
                r#"{"config":{}}"#,
                Some("answered with a web page"),
            ),
            ("", "<!doctype html>", Some("answered with a web page")),
            (oci, r#"{"errors":[]}"#, Some("answered with an error")),
            (oci, r#"{"status":"ok"}"#, Some("answered with other JSON")),
            (oci, "[]", Some("answered with something that is no JSON")),
            (oci, "ok", Some("answered with something that is no JSON")),
        ] {
            let found = why_no_manifest(media_type, bytes.as_bytes());
            match end {
                None => assert_eq!(found, None, "{bytes}"),
                Some(start) => assert!(found.unwrap().starts_with(start), "{bytes}"),
            }
        }
    }
}
