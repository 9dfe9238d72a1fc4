use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use portunus::hosts::{Reading, RenderError};
use portunus::resolve::Plan;
use portunus_containerd::{Containerd, MountNamespace};
use tempfile::TempDir;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// The hosts directory that the daemon reads: rendered for it and removed afterwards, or the
/// operator's own where the daemon cannot see ours.
#[derive(Debug)]
pub(super) struct HostsDirectory {
    path: PathBuf,
    _rendered: Option<TempDir>,
}

impl HostsDirectory {
    /// The hosts of the plan, as this daemon understands them.
    pub(super) fn for_daemon(
        plan: &Plan,
        daemon: &Containerd,
        context: &mut Context<'_>,
    ) -> Result<Self, Failure> {
        let seen = daemon.peer().map(|peer| (peer.uid, peer.mount_namespace));
        match seen {
            Some((uid, MountNamespace::Same)) => match rendered(plan, daemon, uid, context)? {
                Some(directory) => Ok(directory),
                None => original("it runs as another user", plan, daemon, context),
            },
            Some((_, MountNamespace::Different)) => {
                original("it sees other files than we do", plan, daemon, context)
            }
            _ => original("it may see other files than we do", plan, daemon, context),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// A private directory below our runtime folder; `None` where the daemon's user could not read it.
fn rendered(
    plan: &Plan,
    daemon: &Containerd,
    daemon_user: u32,
    context: &Context<'_>,
) -> Result<Option<HostsDirectory>, Failure> {
    let directory = tempfile::Builder::new()
        .prefix("portunus-hosts-")
        .tempdir_in(place(daemon_user, context)?)?;
    let own_user = std::fs::metadata(directory.path())?.uid();
    let version = daemon.version().daemon_version();
    let registry_namespace = plan.reference.registry_namespace().clone();
    context
        .hosts()
        .render(&[registry_namespace], Some(version), directory.path())
        .map_err(unrendered)?;
    if daemon_user != own_user && daemon_user != 0 && !give_to(daemon_user, directory.path()) {
        return Ok(None);
    }
    Ok(Some(HostsDirectory {
        path: directory.path().to_owned(),
        _rendered: Some(directory),
    }))
}

/// Where private folders are made. A daemon of another user cannot enter our runtime folder.
fn place(daemon_user: u32, context: &Context<'_>) -> Result<PathBuf, Failure> {
    let environment = context.environment;
    let runtime = environment
        .path("XDG_RUNTIME_DIR")
        .filter(|path| path.is_absolute());
    let owned = |path: &PathBuf| {
        std::fs::metadata(path).is_ok_and(|folder| daemon_user == 0 || folder.uid() == daemon_user)
    };
    let Some(runtime) = runtime.filter(owned) else {
        return Ok(environment.temporary_directory.clone());
    };
    let folder = runtime.join("portunus");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Hands the folder and what is in it to the daemon's user, which only root can.
fn give_to(user: u32, folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    let mut all = entries.flatten().map(|entry| entry.path());
    let below = all.all(|path| match path.is_dir() {
        true => give_to(user, &path),
        false => chown(&path, Some(user), None).is_ok(),
    });
    below && chown(folder, Some(user), None).is_ok()
}

/// The root that speaks for the registry namespace, checked by the rules of the daemon's version.
fn original(
    why: &str,
    plan: &Plan,
    daemon: &Containerd,
    context: &mut Context<'_>,
) -> Result<HostsDirectory, Failure> {
    let reading = Reading::Strict {
        daemon: Some(daemon.version().daemon_version()),
    };
    let found = context
        .hosts()
        .hosts(plan.reference.registry_namespace(), reading)?;
    let configured = found.dir.as_deref().and_then(Path::parent);
    let root = configured.or_else(|| context.hosts_paths().first().map(PathBuf::as_path));
    let path = std::path::absolute(root.unwrap_or_else(|| Path::new("/")))?;
    let message = format!(
        "containerd reads {} itself, because {why}: what it finds there may differ",
        path.display()
    );
    output::warning(&message, None, context.streams);
    Ok(HostsDirectory {
        path,
        _rendered: None,
    })
}

fn unrendered(error: RenderError) -> Failure {
    match error {
        RenderError::Hosts(error) => error.into(),
        other => Failure::new(Exit::Failed, other.to_string())
            .help("portunus pull --oci-layout DIR does without the daemon"),
    }
}
