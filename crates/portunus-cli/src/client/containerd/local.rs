use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use portunus::resolve::{Plan, Session};
use portunus_containerd::{LoadRequest, TransferReport, Unpack};
use portunus_http::{Platform, Platforms};

use super::failed::failed;
use super::{Connected, ContainerdPull, LEASE};
use crate::client::layout;
use crate::context::Context;
use crate::failure::Failure;

/// Pulls along the plan into a scratch layout and has the daemon store what is in it.
pub(super) fn pull(
    plan: &Plan,
    session: &Arc<Session>,
    wanted: &ContainerdPull<'_>,
    mut connected: Connected,
    context: &mut Context<'_>,
) -> Result<TransferReport, Failure> {
    let scratch = tempfile::Builder::new()
        .prefix("portunus-layout-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(&context.settings.environment.temporary_directory)?;
    let platform = match wanted.platform {
        Some(platform) => layout::platform(platform)?,
        None => Platform::host(),
    };
    // As containerd keeps an image: under the digest of its index.
    let platforms = Platforms::WithIndex(platform.clone());
    let pulled = layout::fetch(
        scratch.path(),
        plan,
        session,
        platforms,
        wanted.progress,
        context,
        connected.interrupt.stopped(plan),
    )?;
    let mut request = LoadRequest::new(
        plan.reference.clone(),
        connected.containerd_namespace,
        scratch.path(),
        pulled.manifest,
        (context.settings.environment.now)() + LEASE,
    );
    request.platform = platform;
    if !wanted.unpack {
        request.unpack = Unpack::No;
    }
    let loading = connected.daemon.load(request, connected.interrupt.came());
    let result = connected.runtime.block_on(loading);
    result.map_err(|error| failed(&error, plan, &[]))
}
