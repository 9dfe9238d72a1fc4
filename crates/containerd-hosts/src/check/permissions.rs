use crate::code::Code;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::whole::report_whole;
use crate::fault::Fault;
use crate::file::Endpoint;
use crate::finding::{Finding, FindingSubject, Severity};
use crate::source_file::SourceFile;

/// Private keys that every user of the machine can read.
pub(super) fn check(
    endpoint: &Endpoint,
    text: Option<&SourceFile>,
    directory: &Path,
) -> Vec<Finding> {
    const OTHERS: u32 = 0o007;
    let mut findings = Vec::new();
    for (certificate, key) in endpoint.client.iter().flatten() {
        let key = key.as_ref().unwrap_or(certificate);
        let open = std::fs::metadata(&key.path)
            .is_ok_and(|metadata| metadata.permissions().mode() & OTHERS != 0);
        if !open {
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
