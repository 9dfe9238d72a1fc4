use std::fs::{DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use portunus::hosts::Reading;
use portunus::resolve::Plan;
use portunus_containerd::{Containerd, MountNamespace, ReadableDirectory};
use tempfile::TempDir;

use crate::error::ClientError;
use crate::error::daemon::DaemonFailure;
use crate::runtime_folder::{RuntimeFolder, UnusedRuntime, trusted};
use crate::settings::Settings;

/// The hosts that the daemon reads: rendered for it and removed afterwards, or the operator's own
/// where the daemon cannot see ours.
#[derive(Debug)]
pub(super) enum DaemonHosts {
    /// A directory for each host of the plan, with that host alone.
    Alone {
        /// Where those directories are: [`directory_of`] each.
        folder: TempDir,
        /// What the person should know of where they are.
        warning: Option<UnusedRuntime>,
    },
    /// One with all of them.
    Original {
        directory: PathBuf,
        /// Why the daemon reads that.
        why: &'static str,
    },
}

impl DaemonHosts {
    /// The hosts of the plan, as this daemon understands them.
    pub(super) fn for_daemon(
        plan: &Plan,
        daemon: &Containerd,
        settings: &Settings,
    ) -> Result<Self, ClientError> {
        let own_user = rustix::process::geteuid().as_raw();
        match (daemon.readable_directory(own_user), daemon.peer()) {
            (ReadableDirectory::Rendered, _) => {
                let environment = settings.environment();
                let named = environment.path("XDG_RUNTIME_DIR");
                let runtime =
                    RuntimeFolder::find(named.as_deref(), &environment.temporary_directory)?;
                let folder = render(plan, daemon, runtime.path, settings)?;
                Ok(Self::Alone {
                    folder,
                    warning: runtime.unused,
                })
            }
            // Another user's daemon cannot enter our runtime folder; root can make it a folder of
            // its own.
            (_, Some(peer)) if own_user == 0 && peer.mount_namespace == MountNamespace::Same => {
                let folder = trusted(&settings.environment().temporary_directory)?.to_owned();
                let folder = render(plan, daemon, folder, settings)?;
                give_to(peer.uid, folder.path())?;
                Ok(Self::Alone {
                    folder,
                    warning: None,
                })
            }
            (ReadableDirectory::Original { reason, .. }, _) => {
                use_original(reason, plan, daemon, settings)
            }
            _ => use_original("it may see other files", plan, daemon, settings),
        }
    }
}

/// A private folder below `folder`, with a directory for each host.
fn render(
    plan: &Plan,
    daemon: &Containerd,
    folder: PathBuf,
    settings: &Settings,
) -> Result<TempDir, ClientError> {
    let folder = tempfile::Builder::new()
        .prefix("portunus-hosts-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(folder)?;
    let version = daemon.version().daemon_version();
    let registry_namespace = plan.reference.registry_namespace();
    let hosts = settings.hosts();
    for (at, attempt) in plan.attempts.iter().enumerate() {
        if attempt.phases.is_empty() {
            continue;
        }
        let directory = directory_of(at, folder.path());
        DirBuilder::new().mode(0o700).create(&directory)?;
        hosts
            .render_alone(registry_namespace, at, Some(version), &directory)
            .map_err(DaemonFailure::from)?;
    }
    Ok(folder)
}

/// The directory of one host, by its place in the plan.
pub(super) fn directory_of(position: usize, folder: &Path) -> PathBuf {
    folder.join(position.to_string())
}

/// Hands the folder and what is in it to a user, which only root can.
fn give_to(user: u32, folder: &Path) -> Result<(), ClientError> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => give_to(user, &path)?,
            false => chown(&path, Some(user), None)?,
        }
    }
    Ok(chown(folder, Some(user), None)?)
}

/// The root that speaks for the registry namespace, checked by the rules of the daemon's version.
fn use_original(
    why: &'static str,
    plan: &Plan,
    daemon: &Containerd,
    settings: &Settings,
) -> Result<DaemonHosts, ClientError> {
    let reading = Reading::Strict {
        daemon: Some(daemon.version().daemon_version()),
    };
    let found = settings
        .hosts()
        .hosts(plan.reference.registry_namespace(), reading)?;
    let configured = found.dir.as_deref().and_then(Path::parent);
    let root = configured.or_else(|| settings.hosts_directories.first().map(PathBuf::as_path));
    let directory = std::path::absolute(root.unwrap_or_else(|| Path::new("/")))?;
    Ok(DaemonHosts::Original { directory, why })
}
