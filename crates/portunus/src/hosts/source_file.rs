use std::path::PathBuf;

use zeroize::Zeroizing;

use super::{Fault, Finding, Place, Severity};

/// A `hosts.toml` as bytes, to tell places in it.
#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) path: PathBuf,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

impl SourceFile {
    /// The place of an offset.
    pub(super) fn place(&self, at: usize) -> Place {
        let before = &self.bytes[..at.min(self.bytes.len())];
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |index| index + 1);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let column = 1 + String::from_utf8_lossy(&before[line_start..])
            .chars()
            .count();
        Place {
            file: self.path.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The fault with its file.
    pub(super) fn finding(&self, severity: Severity, fault: Fault) -> Finding {
        Finding {
            severity,
            code: fault.code,
            place: self.place(fault.at),
            message: fault.message,
            help: fault.help,
        }
    }
}
