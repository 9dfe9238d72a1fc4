use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use portunus_containerd::{LoadRequest, TransferReport, Unpack};
use portunus_http::{OciLayout, Platform, Platforms, PullOptions, Pulled};
use tempfile::TempDir;

use crate::containerd::LEASE;
use crate::containerd::connected::Connected;
use crate::environment::Environment;
use crate::error::ClientError;
use crate::error::daemon::DaemonFailure;
use crate::observer::ClientObserver;
use crate::runtime_folder::trusted;
use crate::transfer::ImageTransfer;

/// An image that was pulled from our side, in a layout of its own until the daemon has it.
#[derive(Debug)]
pub(crate) struct LocalImage {
    layout: TempDir,
    pulled: Pulled,
    platform: Platform,
}

impl LocalImage {
    /// Pulls along the plan into a scratch layout.
    pub(super) fn pull(
        transfer: &ImageTransfer<'_>,
        platform: Option<Platform>,
        observer: &dyn ClientObserver,
        environment: &Environment,
        stop: impl Future<Output = ()>,
    ) -> Result<Self, ClientError> {
        let layout = tempfile::Builder::new()
            .prefix("portunus-layout-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(trusted(&environment.temporary_directory)?)?;
        let platform = platform.unwrap_or_else(Platform::host);
        let mut options = PullOptions::default();
        // As containerd keeps an image: under the digest of its index.
        options.platforms = Platforms::WithIndex(platform.clone());
        let pulled = transfer.pull_until(stop, layout.path(), &options, observer)?;
        Ok(Self {
            layout,
            pulled,
            platform,
        })
    }

    /// Has the daemon store what is in it.
    pub(super) fn load(
        self,
        transfer: &ImageTransfer<'_>,
        unpack: bool,
        connected: Connected,
        environment: &Environment,
        stop: impl Future<Output = ()>,
    ) -> Result<TransferReport, ClientError> {
        let mut request = LoadRequest::new(
            transfer.plan().reference.clone(),
            connected.containerd_namespace,
            OciLayout::open(self.layout.path())?,
            self.pulled.manifest,
            (environment.now)() + LEASE,
        );
        request.platform = self.platform;
        if !unpack {
            request.unpack = Unpack::No;
        }
        let loading = connected.daemon.load(request, stop);
        let result = connected.runtime.block_on(loading);
        Ok(result.map_err(DaemonFailure::from)?)
    }
}
