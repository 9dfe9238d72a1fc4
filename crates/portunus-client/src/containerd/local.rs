use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use portunus_containerd::{LoadRequest, TransferReport, Unpack};
use portunus_http::{Arriving, Event, OciLayout, Platform, Platforms, Progress, PullOptions};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::containerd::LEASE;
use crate::containerd::connected::Connected;
use crate::containerd::operation::DaemonPull;
use crate::environment::Environment;
use crate::error::ClientError;
use crate::error::daemon::DaemonFailure;
use crate::observer::{ClientObserver, Told};
use crate::runtime_folder::trusted;
use crate::transfer::ImageTransfer;

/// Pulls from our side along the plan, into a scratch layout that the daemon is given while it fills.
pub(super) fn pull_locally(
    request: &DaemonPull,
    transfer: &ImageTransfer<'_>,
    connected: Connected,
    observer: &dyn ClientObserver,
    environment: &Environment,
    stop: impl Future<Output = ()>,
) -> Result<TransferReport, ClientError> {
    let folder = tempfile::Builder::new()
        .prefix("portunus-layout-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(trusted(&environment.temporary_directory)?)?;
    let layout =
        OciLayout::create_scratch(folder.path()).map_err(|source| ClientError::Layout {
            directory: folder.path().to_owned(),
            source,
        })?;
    let mut load = LoadRequest::new(
        transfer.plan().reference.clone(),
        connected.containerd_namespace,
        layout.clone(),
        (environment.now)() + LEASE,
    );
    load.platform = request.platform.clone().unwrap_or_else(Platform::host);
    if request.packed {
        load.unpack = Unpack::No;
    }
    let mut options = PullOptions::default();
    // As containerd keeps an image: under the digest of its index.
    options.platforms = Platforms::WithIndex(load.platform.clone());
    let (arrives, arriving) = unbounded_channel();
    let pulling = async {
        let told = HandedOn {
            told: Told(observer),
            arrives,
        };
        let pulling = transfer
            .client
            .pull(transfer.operation, &layout, &options, &told);
        let pulled = pulling.await;
        pulled.map(|pulled| pulled.manifest).map_err(Box::new)
    };
    let loading = connected.daemon.load_pulling(load, pulling, arriving, stop);
    let loaded = connected.runtime.block_on(loading)?;
    Ok(loaded.map_err(DaemonFailure::from)?)
}

/// Hands blobs on to whoever stores them, until the pull is over.
struct HandedOn<'a> {
    told: Told<'a>,
    arrives: UnboundedSender<Arriving>,
}

impl Progress for HandedOn<'_> {
    fn report(&self, event: Event<'_>) {
        self.told.report(event);
    }

    fn arrives(&self, blob: Arriving) {
        // Nobody takes it where an earlier one could not be stored.
        let _ = self.arrives.send(blob);
    }
}
