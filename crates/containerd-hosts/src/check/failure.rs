use std::path::Path;

use super::whole::whole;
use crate::code::Code;
use crate::error::{HostsError, ReadStep};
use crate::finding::{Finding, Severity};

/// What makes containerd fail, as a finding.
pub(super) fn report_failure(error: HostsError) -> Finding {
    let (step, path, place, problem) = match error {
        HostsError::Broken { finding } => return *finding,
        HostsError::Unreadable {
            step,
            path,
            place,
            problem,
        } => (step, path, place, problem),
    };
    let code = match step {
        ReadStep::FindDirectory | ReadStep::ReadDirectory => Code::UnreadableDirectory,
        ReadStep::ReadHostsFile => Code::UnreadableFile,
        ReadStep::ReadCa => Code::UnreadableCa,
        ReadStep::ParseCa => Code::UnusableCa,
        ReadStep::ReadClient => Code::UnreadableClient,
        ReadStep::ParseClient => Code::UnusableClient,
    };
    let message = format!(
        "cannot {step} {}: {problem}; containerd fails for the whole registry namespace",
        path.display()
    );
    let help = help(step, &path, place.is_some());
    let place = place.unwrap_or_else(|| whole(&path));
    Finding::new(Severity::Error, code, place, message).with_help(help)
}

/// What to do about a path that is of no use; `is_named`: in `hosts.toml`, and not by what lies in
/// the directory.
fn help(step: ReadStep, path: &Path, is_named: bool) -> &'static str {
    match (step, is_named) {
        (ReadStep::FindDirectory, _) => "let the daemon look into the directory above it",
        (ReadStep::ReadDirectory, _) if !path.is_dir() => {
            "name the directory that has a directory for each registry namespace"
        }
        (ReadStep::ReadDirectory, _) => "let the daemon look into it",
        (ReadStep::ReadHostsFile, _) if path.is_dir() => {
            "take the directory away: `hosts.toml` is a file"
        }
        (ReadStep::ReadHostsFile, _) => "make it a file of at most 1 MiB that the daemon can read",
        (ReadStep::ReadCa | ReadStep::ReadClient, _) if path.is_dir() => {
            "name the file itself, not the directory that it is in"
        }
        (ReadStep::ReadCa | ReadStep::ReadClient, _) if path.exists() => {
            "make it a file of at most 1 MiB that the daemon can read"
        }
        (ReadStep::ReadCa | ReadStep::ReadClient, true) => {
            "put the file there, readable by the daemon, or take out the line"
        }
        (ReadStep::ReadCa | ReadStep::ReadClient, false) => {
            "put the file there that the link leads to, or remove the link"
        }
        (ReadStep::ParseCa, true) => {
            "put a certificate in PEM form into it, which has BEGIN CERTIFICATE in a line, or take out the line"
        }
        (ReadStep::ParseCa, false) => {
            "put a certificate in PEM form into it, which has BEGIN CERTIFICATE in a line, or remove it"
        }
        (ReadStep::ParseClient, true) => {
            "name the certificate first and its unencrypted key second, both in PEM form, or one file with both"
        }
        (ReadStep::ParseClient, false) => {
            "put the certificate into `NAME.cert` and its unencrypted key into `NAME.key`, both in PEM form"
        }
    }
}
