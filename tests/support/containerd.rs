//! A real containerd with its own root, state and socket.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{self, Process, Ran};
use crate::{run_folder, tools};

/// The user and group `nobody`.
const NOBODY: u32 = 65_534;

/// How a containerd is to be started.
#[derive(Debug, Clone)]
pub struct Settings {
    program: &'static str,
    nobody: bool,
    snapshotter: &'static str,
    environment: Vec<(String, String)>,
    mounted: Option<(PathBuf, PathBuf)>,
    below: PathBuf,
    cri: Option<(PathBuf, CriPull)>,
}

/// Who carries out the pulls of a kubelet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CriPull {
    /// The transfer service.
    Transfer,
    /// CRI's own client, as before containerd 2.1, and still where a setting wants it.
    Own,
}

impl Settings {
    /// Another containerd than the newest: `containerd-1.7/containerd` or
    /// `containerd-1.6/containerd`, the name that the test lists in its `needs(..)`.
    pub fn program(mut self, program: &'static str) -> Self {
        self.program = program;
        self
    }

    /// As the unprivileged user 65534 where the test runs as root; otherwise every containerd is
    /// unprivileged anyway. Such a daemon pulls, but cannot unpack.
    pub fn unprivileged(mut self) -> Self {
        self.nobody = tools::is_root();
        self
    }

    /// What the transfer service unpacks with, in place of `native`. `overlayfs` needs root.
    pub fn snapshotter(mut self, snapshotter: &'static str) -> Self {
        self.snapshotter = snapshotter;
        self
    }

    /// A variable of the daemon's environment, such as `HTTPS_PROXY` or `SSL_CERT_FILE`.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// In a mount namespace of its own, where the folder `at` shows what is in `source`. Needs
    /// `namespaces?`.
    pub fn with_mount(mut self, source: &Path, at: &Path) -> Self {
        self.mounted = Some((source.to_owned(), at.to_owned()));
        self
    }

    /// With CRI on, for a kubelet, whose images come by the host directories in this folder. Needs
    /// `root?` and `unpacking?`, since CRI unpacks what it pulls.
    pub fn with_cri(mut self, hosts: &Path, pull: CriPull) -> Self {
        self.cri = Some((hosts.to_owned(), pull));
        self
    }

    /// With its files below this folder, in place of that of all tests. A socket's path is at most
    /// 107 bytes long.
    pub fn below(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.below);
        self
    }

    /// Starts it and waits until it answers.
    pub fn start(self) -> Containerd {
        let dir = tempfile::Builder::new()
            .prefix("cd-")
            .tempdir_in(&self.below)
            .unwrap();
        let socket = dir.path().join("sock");
        let config = dir.path().join("config.toml");
        fs::write(&config, config_text(dir.path(), &self)).unwrap();
        let process = self.launch(dir.path());
        Containerd {
            process,
            ctr: tools::program(self.program).with_file_name("ctr"),
            socket,
            dir,
            settings: self,
        }
    }

    /// Starts it in its folder and waits until it answers.
    fn launch(&self, dir: &Path) -> Process {
        let (config, socket) = (dir.join("config.toml"), dir.join("sock"));
        let program = tools::program(self.program);
        let mut command = match &self.mounted {
            None => Command::new(&program),
            Some((source, at)) => {
                let script = r#"mount -n --bind "$1" "$2" && shift 2 && exec "$@""#;
                let mut command = Command::new("unshare");
                command.args(["--mount", "sh", "-c", script, "sh"]);
                command.args([source, at, &program]);
                command
            }
        };
        command
            .env_clear()
            .env("PATH", daemon_path(&program))
            .envs(self.environment.clone());
        if self.nobody {
            run_folder::make();
            fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
            chown(dir, Some(NOBODY), Some(NOBODY)).unwrap();
            command = within_reach(&program, dir, command);
            command.uid(NOBODY).gid(NOBODY);
        }
        command.arg("--config").arg(&config).current_dir(dir);
        let mut process = Process::start(&mut command, &dir.join("log"));
        process.wait_until(|process| {
            process.log().contains("containerd successfully booted")
                && UnixStream::connect(&socket).is_ok()
        });
        process
    }
}

/// A running containerd. Needs the program it was started with.
///
/// It is killed when dropped. What containers it has left running is the test's to end before.
#[derive(Debug)]
pub struct Containerd {
    process: Process,
    ctr: PathBuf,
    socket: PathBuf,
    dir: TempDir,
    settings: Settings,
}

impl Containerd {
    /// The newest containerd, as the user that runs the tests.
    pub fn start() -> Self {
        Self::settings().start()
    }

    /// Another version, another user, another environment.
    pub fn settings() -> Settings {
        Settings {
            program: "containerd",
            nobody: false,
            snapshotter: "native",
            environment: Vec::new(),
            mounted: None,
            below: tempfile::env::temp_dir(),
            cri: None,
        }
    }

    /// Its socket, for `--address`.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The folder that holds its root, state, socket and log.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The version it reports.
    pub fn version(&self) -> String {
        let ran = self.ctr(&["version"]);
        let server = ran
            .assert_success()
            .stdout
            .split("Server:")
            .nth(1)
            .unwrap_or_default();
        let version = server
            .lines()
            .find_map(|line| line.trim().strip_prefix("Version:"));
        version.unwrap_or_default().trim().to_owned()
    }

    /// Runs the `ctr` that belongs to it.
    #[track_caller]
    pub fn ctr(&self, arguments: &[&str]) -> Ran {
        process::run(self.ctr_command().args(arguments), b"")
    }

    /// The `ctr` that belongs to it, without a subcommand yet.
    pub fn ctr_command(&self) -> Command {
        let mut command = Command::new(&self.ctr);
        command.env_clear().arg("--address").arg(&self.socket);
        command
    }

    /// What it is doing: the stacks of its goroutines.
    #[track_caller]
    pub fn goroutines(&self) -> String {
        let socket = self.dir.path().join("debug");
        let dump = [
            "pprof",
            "--debug-socket",
            socket.to_str().unwrap(),
            "goroutines",
        ];
        self.ctr(&dump).assert_success().stdout.clone()
    }

    /// Everything it has logged so far.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Kills it now, as a crash would.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again after [`Self::kill`], with what it had stored.
    pub fn start_again(&mut self) {
        self.process = self.settings.launch(self.dir.path());
    }
}

fn config_text(dir: &Path, settings: &Settings) -> String {
    let snapshotter = settings.snapshotter;
    let (version, without_cri, cri) = match &settings.cri {
        None => (2, WITHOUT_CRI, String::new()),
        Some((hosts, pull)) => (3, "", cri_text(dir, snapshotter, hosts, *pull)),
    };
    let dir = dir.display();
    // Without these the daemon gives its sockets to root, which only root can.
    let (user, group) = if settings.nobody {
        (NOBODY, NOBODY)
    } else {
        tools::user_and_group()
    };
    let owner = format!("  uid = {user}\n  gid = {group}\n");
    format!(
        r#"version = {version}
root = "{dir}/root"
state = "{dir}/state"
disabled_plugins = [
{without_cri}  "io.containerd.internal.v1.opt",
  "io.containerd.internal.v1.tracing",
  "io.containerd.nri.v1.nri",
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
]
[grpc]
  address = "{dir}/sock"
{owner}[ttrpc]
  address = "{dir}/ttrpc"
{owner}[debug]
  address = "{dir}/debug"
{owner}[plugins."io.containerd.transfer.v1.local"]
  [[plugins."io.containerd.transfer.v1.local".unpack_config]]
    platform = "linux/{architecture}"
    snapshotter = "{snapshotter}"
{cri}"#,
        architecture = crate::image::architecture(),
    )
}

const WITHOUT_CRI: &str = r#"  "io.containerd.grpc.v1.cri",
  "io.containerd.cri.v1.images",
  "io.containerd.cri.v1.runtime",
"#;

/// CRI has no network here, and is not to make a folder for one in `/etc`.
fn cri_text(dir: &Path, snapshotter: &str, hosts: &Path, pull: CriPull) -> String {
    let (dir, hosts, own) = (dir.display(), hosts.display(), pull == CriPull::Own);
    format!(
        r#"[plugins."io.containerd.cri.v1.images"]
  snapshotter = "{snapshotter}"
  use_local_image_pull = {own}
  [plugins."io.containerd.cri.v1.images".registry]
    config_path = "{hosts}"
[plugins."io.containerd.cri.v1.runtime".cni]
  conf_dir = "{dir}/cni"
"#
    )
}

/// Where the daemon looks for its shim and for runc: beside itself, among the other tools, and where
/// the system keeps its own.
fn daemon_path(program: &Path) -> OsString {
    let beside = program.parent().map(Path::to_owned);
    let tools = tools::folder().map(|folder| folder.join("bin"));
    let system = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(PathBuf::from);
    std::env::join_paths(beside.into_iter().chain(tools).chain(system)).unwrap()
}

/// The same command with a program that another user can run: a copy, where the checkout lies in a
/// folder that is closed to others.
fn within_reach(program: &Path, dir: &Path, command: Command) -> Command {
    let program = program.canonicalize().unwrap();
    let open = |folder: &Path| {
        folder
            .metadata()
            .is_ok_and(|it| it.permissions().mode() & 0o001 != 0)
    };
    if program.ancestors().skip(1).all(open) {
        return command;
    }
    let copy = dir.join("containerd");
    // Another process writes it. Were it open here, a program that another test starts at this
    // moment would have it open, too, and nobody could run it (`ETXTBSY`).
    process::run(Command::new("cp").arg(&program).arg(&copy), b"").assert_success();
    let mut command_with_copy = Command::new(copy);
    let environment: Vec<_> = command
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command_with_copy.env_clear().envs(environment);
    command_with_copy
}
