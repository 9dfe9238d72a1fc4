use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::SystemTime;

use portunus::name::ImageReference;
use portunus::resolve::Operation;
use portunus_http::Platform;

use crate::callback::lookup::Lookup;
use crate::daemon::connection::Containerd;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::transfer::error::TransferError;
use crate::transfer::observer::Observer;
use crate::transfer::report::TransferReport;
use crate::transfer::running::Running;
use crate::transfer::terms::TransferTerms;
use crate::transfer::turn::{SentTo, Turn, Way};
use crate::transfer::turns::Turns;

/// What is to be pulled, and how.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PullRequest {
    /// What it has in common with a push.
    pub terms: TransferTerms,
    /// The hosts, each in its turn, until the image is whole: what one gave is kept for the next.
    /// Within a turn its host alone is asked and answered.
    pub turns: Vec<Turn>,
    /// The platforms to fetch; empty: all that the image has.
    pub platforms: Vec<Platform>,
    /// Whether and how the layers are unpacked.
    pub unpack: Unpack,
}

impl PullRequest {
    /// In one transfer, to all the hosts of a directory: which of them served is not told then,
    /// nor whom a redirect makes a host of the directory ask. For the platform this program was
    /// built for, unpacked as the daemon is configured.
    pub fn new(
        reference: ImageReference,
        containerd_namespace: ContainerdNamespace,
        host_dir: impl Into<PathBuf>,
        answers: impl Lookup,
        lease_expires_at: SystemTime,
    ) -> Self {
        let sent = SentTo::new(host_dir, Arc::new(answers));
        let turn = Turn::new(reference.registry_namespace().as_str(), Way::Sent(sent));
        Self::in_turns(
            reference,
            containerd_namespace,
            vec![turn],
            lease_expires_at,
        )
    }

    /// One host a transfer ([`Turn::list`]). For the platform this program was built for,
    /// unpacked as the daemon is configured.
    pub fn in_turns(
        reference: ImageReference,
        containerd_namespace: ContainerdNamespace,
        turns: Vec<Turn>,
        lease_expires_at: SystemTime,
    ) -> Self {
        Self {
            terms: TransferTerms::new(reference, containerd_namespace, lease_expires_at),
            turns,
            platforms: vec![Platform::host()],
            unpack: Unpack::AsConfigured,
        }
    }
}

/// Whether and how layers are unpacked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unpack {
    /// Not at all.
    No,
    /// With containerd's default snapshotter, or else with what the daemon's transfer service is
    /// configured to unpack with. A load uses what the containerd namespace names by its label
    /// `containerd.io/defaults/snapshotter`, if it does.
    #[default]
    AsConfigured,
    /// With this snapshotter. The daemon takes only those that its transfer service is configured
    /// to unpack with.
    With(String),
}

impl Containerd {
    /// Pulls an image through the transfer service. When `cancelled` is done, or the future is
    /// dropped, the daemon stops, and the streams and the lease are given back. What was fetched
    /// until a pull fails is kept for the next pull of the image, as long as its lease would have
    /// been.
    ///
    /// # Errors
    /// Where the daemon cannot pull it, does not say anything for too long, is too old to read a
    /// host directory, or `cancelled` is done first.
    pub async fn pull(
        &self,
        request: PullRequest,
        observer: &mut dyn Observer,
        cancelled: impl Future<Output = ()>,
    ) -> Result<TransferReport, TransferError> {
        let cancelled = pin!(cancelled);
        let terms = &request.terms;
        let running = Running::start(self, Operation::Pull, terms, observer, cancelled);
        Turns::new(self, &request, running).run().await
    }
}
