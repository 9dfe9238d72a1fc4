use std::path::Path;

use crate::code::Code;
use crate::finding::{Finding, Severity};
use crate::host::Place;

/// A finding about a directory or file as a whole.
pub(super) fn report_whole(
    path: &Path,
    severity: Severity,
    code: Code,
    message: String,
) -> Finding {
    Finding::new(severity, code, whole(path), message)
}

/// The place of a directory or file as a whole.
pub(super) fn whole(path: &Path) -> Place {
    Place {
        file: path.into(),
        line: 1,
        column: 1,
    }
}
