//! Whether an answer with status 200 is what a registry answers.

use crate::image::manifest::{Manifest, Parts};
use crate::outcome::Outcome;

/// Why an answer is no manifest of an image, whatever its status says; `None`: it is one that can
/// be followed.
pub fn why_no_manifest(media_type: &str, bytes: &[u8]) -> Option<&'static str> {
    read_answer(media_type, bytes).err()
}

fn read_answer(media_type: &str, bytes: &[u8]) -> Result<Manifest, &'static str> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("answered with nothing instead of a manifest");
    }
    if is_html(media_type) {
        return Err("answered with a web page instead of a manifest");
    }
    match Parts::of(bytes) {
        Some(parts) if !parts.is_manifest() && !parts.has_errors() => {
            Err("answered with other JSON instead of a manifest")
        }
        Some(parts) => parts.read().map_err(|problem| match parts.has_errors() {
            true => "answered with an error instead of a manifest, though with status 200",
            false => problem,
        }),
        None if bytes.trim_ascii_start().starts_with(b"<") => {
            Err("answered with a web page instead of a manifest")
        }
        None => Err("answered with something that is no JSON instead of a manifest"),
    }
}

/// Keeps out what is no manifest.
///
/// # Errors
/// Where it is none.
pub(crate) fn refuse_no_manifest(media_type: &str, bytes: &[u8]) -> Result<(), Outcome> {
    read_answer(media_type, bytes)
        .map(drop)
        .map_err(Outcome::bad_content)
}

/// Keeps out what names no image at all, where one was asked for: an index of none.
///
/// # Errors
/// Where it does.
pub(crate) fn refuse_no_image(media_type: &str, bytes: &[u8]) -> Result<(), Outcome> {
    match read_answer(media_type, bytes) {
        Err(problem) => Err(Outcome::bad_content(problem)),
        Ok(Manifest::Index(images)) if images.is_empty() => {
            Err(Outcome::bad_content("answered with an index of no image"))
        }
        Ok(_) => Ok(()),
    }
}

/// Whether a `Content-Type` is that of a web page.
pub(crate) fn is_html(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    ["text/html", "application/xhtml+xml"].contains(&essence.trim().to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_manifest_is_told_apart() {
        let oci = "application/vnd.oci.image.manifest.v1+json";
        let digest = format!("sha256:{}", "a".repeat(64));
        let good = format!(r#"{{"config":{{"digest":"{digest}","size":1}}}}"#);
        let negative = good.replace(":1}", ":-1}");
        let named = format!(r#"{{"errors":[],"layers":[],{}"#, &good[1..]);
        let no_config = Some("the manifest names no configuration");
        let no_digest = Some("a descriptor in the manifest has no sha256 or sha512 digest");
        let no_list = Some("a list in the manifest is none");
        for (media_type, bytes, end) in [
            (oci, &*good, None),
            (oci, &named, None),
            (oci, r#"{"manifests":null}"#, None),
            ("text/plain", &good, None),
            (
                "application/json",
                r#"{"schemaVersion":1,"fsLayers":[]}"#,
                Some("the manifest has schema version 1"),
            ),
            (oci, r#"{"config":{},"layers":[]}"#, no_digest),
            (oci, r#"{"config":"x","layers":"y"}"#, no_digest),
            (oci, r#"{"config":null,"layers":null}"#, no_digest),
            (
                oci,
                r#"{"config":{"digest":"sha256:../../etc/passwd","size":1}}"#,
                no_digest,
            ),
            (
                oci,
                &negative,
                Some("a descriptor in the manifest has no size"),
            ),
            (oci, r#"{"layers":[]}"#, no_config),
            (oci, r#"{"blobs":[]}"#, no_config),
            (
                oci,
                r#"{"layers":[],"errors":[{"code":"X"}]}"#,
                Some("answered with an error"),
            ),
            (
                oci,
                r#"{"manifests":[{"digest":"sha256:zz","size":1}]}"#,
                no_digest,
            ),
            (oci, r#"{"manifests":{}}"#, no_list),
            (oci, " \n", Some("answered with nothing")),
            (
                "text/html; charset=utf-8",
                "<html>",
                Some("answered with a web page"),
            ),
            ("Text/HTML", &good, Some("answered with a web page")),
            ("", "<!doctype html>", Some("answered with a web page")),
            (oci, r#"{"errors":[]}"#, Some("answered with an error")),
            (oci, r#"{"status":"ok"}"#, Some("answered with other JSON")),
            (oci, "[]", Some("answered with something that is no JSON")),
            (oci, "ok", Some("answered with something that is no JSON")),
        ] {
            let found = why_no_manifest(media_type, bytes.as_bytes());
            match end {
                None => assert_eq!(found, None, "{bytes}"),
                Some(start) => assert!(
                    found.is_some_and(|found| found.starts_with(start)),
                    "{bytes}: {found:?}"
                ),
            }
        }
    }

    #[test]
    fn an_index_of_no_image_is_refused_where_an_image_is_asked_for() {
        for empty in [r#"{"manifests":[]}"#, r#"{"manifests":null}"#] {
            assert!(refuse_no_manifest("", empty.as_bytes()).is_ok());
            assert!(refuse_no_image("", empty.as_bytes()).is_err());
        }
    }
}
