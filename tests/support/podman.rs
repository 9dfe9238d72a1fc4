//! A real podman that keeps to a home.
//!
//! Whoever is not root has it leave a process behind that holds its user namespace; it is
//! ended with each command.

use std::fs;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::home::Home;
use crate::process::{self, Ran};
use crate::{processes, tools};

/// Runs podman with its settings and storage in this home, for `login` and the like: it starts no
/// container. Needs `podman`.
#[track_caller]
pub fn run(home: &Home, arguments: &[&str], input: &str) -> Ran {
    let ran = process::run(command(home).args(arguments), input.as_bytes());
    end(home);
    ran
}

fn command(home: &Home) -> Command {
    let folder = home.path().join("podman");
    fs::create_dir_all(&folder).unwrap();
    // It looks for these before it does anything, and only where a package would put them.
    let monitor = tools::find("conmon").unwrap_or_else(|| "/usr/bin/conmon".into());
    let runtime = tools::find("runc").unwrap_or_else(|| "/usr/bin/runc".into());
    let helpers = tools::find("netavark").unwrap_or_else(|| "/usr/lib/podman/netavark".into());
    let engine = format!(
        "[engine]\nconmon_path = [{monitor:?}]\nruntime = \"runc\"\nlock_type = \"file\"\ntmp_dir = {:?}\n\
         helper_binaries_dir = [{:?}, \"/usr/libexec/podman\"]\n\
         [engine.runtimes]\nrunc = [{runtime:?}]\n",
        folder.join("tmp"),
        helpers.parent().unwrap(),
    );
    let storage = format!(
        "[storage]\ndriver = \"vfs\"\ngraphroot = {:?}\nrunroot = {:?}\n",
        folder.join("storage"),
        folder.join("run"),
    );
    let mut command = home.command(tools::program("podman"));
    // Where newuidmap is, if it is wanted.
    let path = format!("{}:/usr/bin:/bin", home.bin_dir().display());
    command.env("PATH", path);
    for (variable, name, text) in [
        ("CONTAINERS_CONF", "containers.conf", engine),
        ("CONTAINERS_STORAGE_CONF", "storage.conf", storage),
    ] {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        command.env(variable, file);
    }
    command
}

/// Ends what it has left behind in this home.
fn end(home: &Home) {
    for process in processes::that_name(home.path()) {
        if let Some(pid) = Pid::from_raw(process.id) {
            // It may have ended already.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}
