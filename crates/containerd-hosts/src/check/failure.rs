use crate::hosts::code::Code;
use super::whole::whole;
use crate::hosts::error::{HostsError, ReadStep};
use crate::hosts::finding::{Finding, Severity};

/// What makes containerd fail, as a finding.
pub(super) fn report_failure(error: HostsError) -> Finding {
    match error {
        HostsError::Broken { finding } => *finding,
        HostsError::Unreadable {
            step,
            path,
            place,
            problem,
        } => Finding {
            severity: Severity::Error,
            code: match step {
                ReadStep::FindDirectory | ReadStep::ReadDirectory => Code::UnreadableDirectory,
                ReadStep::ReadHostsFile => Code::UnreadableFile,
                ReadStep::ReadCa => Code::UnreadableCa,
                ReadStep::ParseCa => Code::UnusableCa,
                ReadStep::ReadClient => Code::UnreadableClient,
                ReadStep::ParseClient => Code::UnusableClient,
            },
            message: format!(
                "cannot {step} {}: {problem}; containerd fails for the whole registry namespace",
                path.display()
            ),
            place: place.unwrap_or_else(|| whole(&path)),
            help: Some(
                "put the file there, readable by the daemon, or take out the line".to_owned(),
            ),
            line_text: None,
        },
    }
}
