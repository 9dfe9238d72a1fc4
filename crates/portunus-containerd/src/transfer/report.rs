use std::time::Duration;

use portunus::name::ImageReference;

use crate::callback::host_account;
use crate::callback::host_account::HostAccount;
use crate::callback::question::Question;
use crate::transfer::progress::Totals;

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
    /// How long it took, from the first call to the daemon.
    pub elapsed: Duration,
}

impl TransferReport {
    /// What the hosts that asked were told, each once, in the order they first asked.
    ///
    /// Which of the hosts served what is something containerd does not tell. A host that asked
    /// and was told none did not, unless it hands out tokens to the anonymous.
    pub fn hosts(&self) -> Vec<HostAccount<'_>> {
        host_account::of(&self.questions)
    }
}
