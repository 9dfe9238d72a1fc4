use crate::callback::question::Question;
use crate::transfer::progress::ProgressReport;
use crate::transfer::turn::TurnReport;

/// Sees what happens during a transfer. It must not block: the transfer waits for it.
pub trait Observer: Send {
    /// The daemon told about progress.
    fn progress(&mut self, progress: &ProgressReport);

    /// The daemon asked for a credential and was answered.
    fn question(&mut self, question: &Question);

    /// A host has had its turn.
    fn turn(&mut self, _turn: &TurnReport) {}
}

/// Looks away.
impl Observer for () {
    fn progress(&mut self, _: &ProgressReport) {}

    fn question(&mut self, _: &Question) {}
}
