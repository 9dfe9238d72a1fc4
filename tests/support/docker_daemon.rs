//! A real dockerd with its own root, whose builder asks its clients for tokens.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::Process;
use crate::{scratch, tools};

/// A running dockerd, without any network of its own. A push asks its client for tokens, since it
/// stores images in containerd.
///
/// Needs `docker/dockerd`, `containerd`, `runc` and `docker-daemon?`. It is ended when dropped.
#[derive(Debug)]
pub struct DockerDaemon {
    process: Process,
    socket: PathBuf,
    dir: TempDir,
}

impl DockerDaemon {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("dk-").tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let socket = at("sock");
        std::fs::write(at("daemon.json"), "{}").unwrap();
        let path = |name: &str| at(name).display().to_string();
        let mut command = Command::new(tools::program("docker/dockerd"));
        command
            .env_clear()
            .env("PATH", daemon_path())
            .env("HOME", dir.path())
            .current_dir(dir.path())
            .args(["--data-root", &path("root")])
            .args(["--exec-root", &path("state")])
            .args(["--pidfile", &path("pid")])
            .args(["--config-file", &path("daemon.json")])
            .args(["--host", &format!("unix://{}", path("sock"))])
            .args(["--bridge=none", "--iptables=false", "--ip6tables=false"])
            .arg("--userland-proxy=false")
            .args(["--ip-forward=false", "--storage-driver=native"])
            .args(["--feature", "containerd-snapshotter=true"]);
        let mut process = Process::start(&mut command, &at("log"));
        process.wait_until(|process| {
            process.log().contains("API listen on") && UnixStream::connect(&socket).is_ok()
        });
        Self {
            process,
            socket,
            dir,
        }
    }

    /// The socket of its API.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Everything it has logged so far.
    pub fn log(&self) -> String {
        self.process.log()
    }
}

impl Drop for DockerDaemon {
    /// It ends its containerd, which would outlive it otherwise. Where the folder's mount is
    /// private it has mounted its root over itself, and leaves that.
    fn drop(&mut self) {
        self.process.terminate();
        scratch::unmount_below(self.dir.path());
    }
}

/// Where it looks for its containerd and for runc.
fn daemon_path() -> std::ffi::OsString {
    let containerd = tools::program("containerd");
    let runc = tools::program("runc");
    let folders = [containerd, runc].map(|program| program.parent().map(Path::to_owned));
    let system = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(PathBuf::from);
    std::env::join_paths(folders.into_iter().flatten().chain(system)).unwrap()
}
