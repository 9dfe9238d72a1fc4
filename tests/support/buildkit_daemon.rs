//! A real buildkitd with its own root.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::Process;
use crate::tools;

/// A running buildkitd that unpacks images by itself.
///
/// Needs `buildkitd?`, `runc` and `docker-daemon?`. It is ended when dropped.
#[derive(Debug)]
pub struct BuildKitDaemon {
    process: Process,
    socket: PathBuf,
    _dir: TempDir,
}

impl BuildKitDaemon {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        let dir = tempfile::Builder::new().prefix("bk-").tempdir().unwrap();
        let socket = dir.path().join("sock");
        let runc = tools::program("runc");
        let folder = runc.parent().unwrap().display();
        let mut command = Command::new(tools::program("buildkitd"));
        command
            .env_clear()
            .env("PATH", format!("{folder}:/usr/sbin:/usr/bin:/sbin:/bin"))
            .env("HOME", dir.path())
            .arg("--root")
            .arg(dir.path().join("root"))
            .args(["--addr", &format!("unix://{}", socket.display())])
            .args(["--config", "/dev/null", "--containerd-worker=false"])
            .args(["--oci-worker-snapshotter=native", "--oci-worker-net=host"]);
        let mut process = Process::start(&mut command, &dir.path().join("log"));
        process.wait_until(|process| {
            process.log().contains("running server on") && UnixStream::connect(&socket).is_ok()
        });
        Self {
            process,
            socket,
            _dir: dir,
        }
    }

    /// Where it listens.
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Drop for BuildKitDaemon {
    /// It unmounts what it has mounted.
    fn drop(&mut self) {
        self.process.terminate();
    }
}
