//! What servers make below `/run`. A containerd since 1.7 makes `/run/containerd` before it does
//! anything else, wherever its own folders are, and keeps it.

use std::fs;
use std::path::Path;

use crate::tools;

const FOLDER: &str = "/run/containerd";

/// Why no containerd can be started, or `None`.
pub(crate) fn lack() -> Option<String> {
    let can_be_had = Path::new(FOLDER).is_dir() || tools::is_root();
    (!can_be_had).then(|| {
        format!(
            "every containerd since 1.7 makes {FOLDER}, which only root can; \
             `sudo mkdir -m 711 {FOLDER}` after each boot"
        )
    })
}

/// Makes it as a daemon of root does, for one that is not.
pub(crate) fn make() {
    fs::create_dir_all(FOLDER).unwrap();
}

/// What root's daemons and its podman make below `/run`, wherever their own folders are, and keep:
/// what of it is not there yet, and so will be of our making.
pub(crate) fn absent() -> Vec<&'static str> {
    const KEPT: [&str; 4] = [
        FOLDER,
        "/run/containers",
        "/run/docker",
        "/run/lock/netavark.lock",
    ];
    if tools::is_root() {
        KEPT.into_iter()
            .filter(|it| !Path::new(it).exists())
            .collect()
    } else {
        Vec::new()
    }
}

/// Removes it, as far as nobody has anything in it.
pub(crate) fn remove(place: &Path) {
    let empty = |file: &Path| fs::metadata(file).is_ok_and(|it| it.is_file() && it.len() == 0);
    // Either may belong to another daemon, or be gone.
    if empty(place) {
        let _ = fs::remove_file(place);
    } else {
        remove_empty(place);
    }
}

fn remove_empty(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_empty(&entry.path());
        }
    }
    // It may hold what belongs to another daemon.
    let _ = fs::remove_dir(folder);
}
