use std::time::SystemTime;

use portunus::name::ImageReference;

use crate::callback::limits::CallbackLimits;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::transfer::deadlines::Deadlines;

/// What a pull and a push have in common.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TransferTerms {
    /// The image: its name in containerd, and where it comes from or goes to.
    pub reference: ImageReference,
    /// Where containerd has it.
    pub containerd_namespace: ContainerdNamespace,
    /// What the callback puts up with.
    pub limits: CallbackLimits,
    /// How long it may take.
    pub deadlines: Deadlines,
    /// When containerd may forget about it, and collect what was fetched, should we be gone by then.
    pub lease_expires_at: SystemTime,
}

impl TransferTerms {
    /// With the limits and deadlines that are meant for everybody.
    pub fn new(
        reference: ImageReference,
        containerd_namespace: ContainerdNamespace,
        lease_expires_at: SystemTime,
    ) -> Self {
        Self {
            reference,
            containerd_namespace,
            limits: CallbackLimits::default(),
            deadlines: Deadlines::default(),
            lease_expires_at,
        }
    }
}
