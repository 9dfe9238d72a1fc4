use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::fault::Fault;
use crate::file::is_setting;
use crate::finding::{Finding, Severity};
use crate::host::Place;
use crate::places::Places;

/// A `hosts.toml` as bytes, to tell places in it.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) path: Arc<Path>,
    bytes: Zeroizing<Vec<u8>>,
    places: Places,
    /// Keys that the caller announced.
    announced: Arc<[String]>,
}

impl SourceFile {
    pub(crate) fn new(path: PathBuf, bytes: Zeroizing<Vec<u8>>, announced: &Arc<[String]>) -> Self {
        Self {
            path: path.into(),
            places: Places::of(&bytes),
            bytes,
            announced: Arc::clone(announced),
        }
    }

    /// The keys that the caller announced.
    pub(crate) fn announced(&self) -> &[String] {
        &self.announced
    }

    /// The content.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place of an offset.
    pub(crate) fn place(&self, at: usize) -> Place {
        let (line, column) = self.places.line_and_column(&self.bytes, at);
        Place {
            file: Arc::clone(&self.path),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The fault with its file.
    pub(crate) fn finding(&self, severity: Severity, fault: Fault) -> Finding {
        let mut finding = Finding::new(severity, fault.code, self.place(fault.at), fault.message)
            .with_line_text(self.line_text(fault.at));
        finding.help = fault.help;
        finding.subject = fault.host;
        finding
    }

    /// The line of an offset, with whatever may be a secret left out.
    pub(crate) fn line_text(&self, at: usize) -> String {
        let line = self.places.line_at(&self.bytes, at);
        // Only the start of an endless line is shown.
        let end = line.end.min(line.start + LONGEST_SHOWN);
        shown_line(
            &String::from_utf8_lossy(&self.bytes[line.start..end]),
            &self.announced,
        )
    }
}

/// Of a line to be shown, in bytes.
const LONGEST_SHOWN: usize = 200;

/// A line for a person to find: the value of any key that is no setting may be a secret, and is left
/// out.
fn shown_line(line: &str, announced: &[String]) -> String {
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    let is_header = line
        .trim_start()
        .trim_start_matches('[')
        .starts_with(char::is_alphabetic)
        && line.trim_start().starts_with('[');
    let (key, value) = line.split_once('=').unwrap_or(("", &line));
    if is_header || is_setting(key.trim(), announced) {
        return without_user(&line);
    }
    match (key.is_empty(), value.is_empty()) {
        (false, _) => format!("{key}= …"),
        (true, true) => String::new(),
        (true, false) => "…".to_owned(),
    }
}

/// Leaves out what stands between `//` and `@`.
fn without_user(line: &str) -> String {
    match (line.find("//"), line.rfind('@')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}…{}", &line[..start + 2], &line[end..])
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_line_holds_no_secret() {
        for (line, shown) in [
            ("capabilities = [\"pul\"]", "capabilities = [\"pul\"]"),
            (
                "  [host.\"https://a.test\".header]",
                "  [host.\"https://a.test\".header]",
            ),
            ("Authorization = \"Basic hunter2\"", "Authorization = …"),
            ("header = { Authorization = \"hunter2\" }", "header = …"),
            ("  \"hunter2\",", "…"),
            ("[\"hunter2\"]", "…"),
            (
                "server = \"https://me:hunter2@up.test\"",
                "server = \"https://…@up.test\"",
            ),
            (
                "[host.\"https://hunter2@a.test\"]",
                "[host.\"https://…@a.test\"]",
            ),
            ("", ""),
        ] {
            assert_eq!(shown_line(line, &[]), shown);
        }
    }
}
