use std::time::Duration;

use portunus::name::ImageReference;

use crate::callback::host_account;
use crate::callback::host_account::HostAccount;
use crate::callback::question::Question;
use crate::transfer::progress::Totals;
use crate::transfer::turn::TurnReport;

/// What was pulled or pushed. Holds no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TransferReport {
    /// The image, which is also its name in containerd.
    pub reference: ImageReference,
    /// Digest of its manifest or index.
    pub digest: String,
    /// What the daemon asked, and what it was told, in order.
    pub questions: Vec<Question>,
    /// Bytes and layers.
    pub totals: Totals,
    /// What became of each host, in order, up to the one that served; empty for a push, and for what
    /// was pulled elsewhere.
    pub turns: Vec<TurnReport>,
    /// How long it took, from the first call to the daemon.
    pub elapsed: Duration,
}

impl TransferReport {
    /// What the hosts that asked were told, each once, in the order they first asked.
    pub fn hosts(&self) -> Vec<HostAccount<'_>> {
        host_account::of(&self.questions)
    }
}
