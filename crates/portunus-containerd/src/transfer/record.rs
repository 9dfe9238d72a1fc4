use crate::callback::question::Question;
use crate::transfer::progress::Totals;

/// What was seen during a transfer, whether it succeeded or not.
#[derive(Debug, Default)]
pub(crate) struct TransferRecord {
    pub(crate) questions: Vec<Question>,
    pub(crate) totals: Totals,
}
