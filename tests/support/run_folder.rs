//! `/run/containerd`: a containerd since 1.7 makes it before it does anything else, wherever its
//! own folders are, and keeps it.

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

/// Whether what is there at the end will be of our making.
pub(crate) fn is_ours_to_make() -> bool {
    tools::is_root() && !Path::new(FOLDER).exists()
}

/// Removes it, as far as nobody has anything in it.
pub(crate) fn remove() {
    remove_empty(Path::new(FOLDER));
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
