use crate::code::Code;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::whole::report_whole;
use crate::fault::Fault;
use crate::file::Endpoint;
use crate::finding::{Finding, FindingSubject, Severity};
use crate::read_file::read_file;
use crate::source_file::SourceFile;

/// Private keys that every user of the machine can read.
pub(super) fn check(
    endpoint: &Endpoint,
    text: Option<&SourceFile>,
    directory: &Path,
) -> Vec<Finding> {
    const OTHERS: u32 = 0o007;
    let mut findings = Vec::new();
    let files = endpoint.client.iter().flatten();
    let files = files.flat_map(|(certificate, key)| {
        [(certificate, false)]
            .into_iter()
            .chain(key.as_ref().map(|key| (key, true)))
    });
    for (key, is_key) in files {
        let open = std::fs::metadata(&key.path).is_ok_and(|metadata| {
            metadata.is_file() && metadata.permissions().mode() & OTHERS != 0
        });
        if !open || !holds_key(&key.path, is_key) {
            continue;
        }
        let message = format!(
            "every user can read the private key in {}",
            key.path.display()
        );
        let help = "let its owner alone read it: mode 0600";
        let finding = match (key.at, text) {
            (Some(at), Some(text)) => text.finding(
                Severity::Warning,
                Fault::new(at, Code::OpenKeyFile, message).help(help),
            ),
            _ => report_whole(directory, Severity::Warning, Code::OpenKeyFile, message)
                .with_help(help),
        };
        findings.push(finding.with_subject(FindingSubject::File(key.path.clone())));
    }
    findings
}

/// Whether a private key is in a file; `is_key`: it is named as one, so that whatever is no
/// certificate is taken for a key.
fn holds_key(path: &Path, is_key: bool) -> bool {
    let Ok(bytes) = read_file(path) else {
        return is_key;
    };
    let holds = |words: &[u8]| bytes.windows(words.len()).any(|it| it == words);
    holds(b"PRIVATE KEY-----") || (is_key && !holds(b"CERTIFICATE-----"))
}
