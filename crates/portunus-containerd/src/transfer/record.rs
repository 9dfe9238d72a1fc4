use crate::callback::question::Question;
use crate::transfer::progress::{ProgressReport, Totals};
use crate::transfer::turn::TurnReport;

/// What was seen during an operation, whether it succeeded or not.
#[derive(Debug, Default)]
pub(crate) struct OperationRecord {
    /// The hosts that had their turn.
    pub(crate) turns: Vec<TurnReport>,
    pub(crate) questions: Vec<Question>,
    pub(crate) totals: Totals,
}

/// What was seen during one transfer.
#[derive(Debug, Default)]
pub(crate) struct TransferRecord {
    pub(crate) questions: Vec<Question>,
    pub(crate) totals: Totals,
    /// The digest of the image, once it was told.
    pub(crate) digest: Option<String>,
}

impl TransferRecord {
    pub(crate) fn add(&mut self, progress: &ProgressReport) {
        // The first one that is told about is what the others belong to.
        if self.digest.is_none() && is_manifest(&progress.name) {
            self.digest.clone_from(&progress.digest);
        }
        self.totals.add(progress);
    }
}

fn is_manifest(name: &str) -> bool {
    name.starts_with("index-") || name.starts_with("manifest-")
}
