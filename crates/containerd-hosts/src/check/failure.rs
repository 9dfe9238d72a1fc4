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
    let place = place.unwrap_or_else(|| whole(&path));
    Finding::new(Severity::Error, code, place, message)
        .with_help("put the file there, readable by the daemon, or take out the line")
}
