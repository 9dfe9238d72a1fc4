use std::fs::{DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use portunus::hosts::{Reading, RenderError};
use portunus::resolve::Plan;
use portunus_containerd::{Containerd, MountNamespace, ReadableDirectory};
use tempfile::TempDir;

use crate::client::runtime_folder::RuntimeFolder;
use crate::client::settings::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// The hosts that the daemon reads: rendered for it and removed afterwards, or the operator's own
/// where the daemon cannot see ours.
#[derive(Debug)]
pub(super) enum DaemonHosts {
    /// A directory for each host of the plan, with that host alone.
    Alone {
        /// Where those directories are: [`directory_of`] each.
        folder: TempDir,
        /// What the person should know of where they are.
        warning: Option<String>,
    },
    /// One with all of them.
    Original {
        directory: PathBuf,
        /// What the person should know of it.
        warning: String,
    },
}

impl DaemonHosts {
    /// The hosts of the plan, as this daemon understands them.
    pub(super) fn for_daemon(
        plan: &Plan,
        daemon: &Containerd,
        settings: &Settings<'_>,
    ) -> Result<Self, Failure> {
        let own_user = rustix::process::geteuid().as_raw();
        match (daemon.readable_directory(own_user), daemon.peer()) {
            (ReadableDirectory::Rendered, _) => {
                let environment = settings.environment;
                let named = environment.path("XDG_RUNTIME_DIR");
                let runtime =
                    RuntimeFolder::find(named.as_deref(), &environment.temporary_directory)?;
                let folder = render(plan, daemon, runtime.path, settings)?;
                Ok(Self::Alone {
                    folder,
                    warning: runtime.warning,
                })
            }
            // Another user's daemon cannot enter our runtime folder; root can make it a folder of
            // its own.
            (_, Some(peer)) if own_user == 0 && peer.mount_namespace == MountNamespace::Same => {
                let folder = settings.environment.temporary_directory.clone();
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
    settings: &Settings<'_>,
) -> Result<TempDir, Failure> {
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
            .map_err(explain_unrendered)?;
    }
    Ok(folder)
}

/// The directory of one host, by its place in the plan.
pub(super) fn directory_of(position: usize, folder: &Path) -> PathBuf {
    folder.join(position.to_string())
}

/// Hands the folder and what is in it to a user, which only root can.
fn give_to(user: u32, folder: &Path) -> Result<(), Failure> {
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
    why: &str,
    plan: &Plan,
    daemon: &Containerd,
    settings: &Settings<'_>,
) -> Result<DaemonHosts, Failure> {
    let reading = Reading::Strict {
        daemon: Some(daemon.version().daemon_version()),
    };
    let found = settings
        .hosts()
        .hosts(plan.reference.registry_namespace(), reading)?;
    let configured = found.dir.as_deref().and_then(Path::parent);
    let root = configured.or_else(|| settings.hosts_directories.first().map(PathBuf::as_path));
    let path = std::path::absolute(root.unwrap_or_else(|| Path::new("/")))?;
    let warning = format!(
        "containerd reads {} itself, because {why}: what it finds there may differ",
        path.display()
    );
    Ok(DaemonHosts::Original {
        directory: path,
        warning,
    })
}

fn explain_unrendered(error: RenderError) -> Failure {
    match error {
        RenderError::Hosts(error) => error.into(),
        other => Failure::new(Exit::Failed, other.to_string())
            .help("{program} pull --oci-layout does without the daemon"),
    }
}
