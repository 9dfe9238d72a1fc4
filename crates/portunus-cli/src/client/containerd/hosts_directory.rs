use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use portunus::hosts::{Reading, RenderError};
use portunus::resolve::Plan;
use portunus_containerd::{Containerd, MountNamespace, ReadableDirectory};
use tempfile::TempDir;

use crate::client::runtime_folder::RuntimeFolder;
use crate::client::settings::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// The hosts directory that the daemon reads: rendered for it and removed afterwards, or the
/// operator's own where the daemon cannot see ours.
#[derive(Debug)]
pub(super) struct HostsDirectory {
    path: PathBuf,
    /// What the person should know of it.
    pub(super) warning: Option<String>,
    _rendered: Option<TempDir>,
}

impl HostsDirectory {
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
                let folder =
                    RuntimeFolder::find(named.as_deref(), &environment.temporary_directory)?;
                let mut directory = render(plan, daemon, folder.path, settings)?;
                directory.warning = folder.warning;
                Ok(directory)
            }
            // Another user's daemon cannot enter our runtime folder; root can make it a folder of
            // its own.
            (_, Some(peer)) if own_user == 0 && peer.mount_namespace == MountNamespace::Same => {
                let folder = settings.environment.temporary_directory.clone();
                let directory = render(plan, daemon, folder, settings)?;
                give_to(peer.uid, directory.path())?;
                Ok(directory)
            }
            (ReadableDirectory::Original { reason, .. }, _) => {
                use_original(reason, plan, daemon, settings)
            }
            _ => use_original("it may see other files", plan, daemon, settings),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// A private directory below `folder`.
fn render(
    plan: &Plan,
    daemon: &Containerd,
    folder: PathBuf,
    settings: &Settings<'_>,
) -> Result<HostsDirectory, Failure> {
    let directory = tempfile::Builder::new()
        .prefix("portunus-hosts-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(folder)?;
    let version = daemon.version().daemon_version();
    let registry_namespace = plan.reference.registry_namespace().clone();
    settings
        .hosts()
        .render(&[registry_namespace], Some(version), directory.path())
        .map_err(explain_unrendered)?;
    Ok(HostsDirectory {
        path: directory.path().to_owned(),
        warning: None,
        _rendered: Some(directory),
    })
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
) -> Result<HostsDirectory, Failure> {
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
    Ok(HostsDirectory {
        path,
        warning: Some(warning),
        _rendered: None,
    })
}

fn explain_unrendered(error: RenderError) -> Failure {
    match error {
        RenderError::Hosts(error) => error.into(),
        other => Failure::new(Exit::Failed, other.to_string())
            .help("{program} pull --oci-layout DIR does without the daemon"),
    }
}
