//! A pull of 20 MB in 4 layers: `portunus pull` next to `ctr images pull`, whole processes in turn,
//! against one containerd and one docker-registry that asks for a password. Once with the daemon's
//! files on the disk of `/tmp`, and once in memory, where no other writer of the disk is waited for.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::containerd::Containerd;
use support::docker_registry::{Auth, DockerRegistry};
use support::home::Home;
use support::image::Image;
use support::program;
use support::registry_client::{self, Login};

use crate::report::{Report, Times, millis};

const IMAGE: &str = "reg.test/team/app:v1";
const LAYERS: [usize; 4] = [5_000_000; 4];
/// How often each client pulls for one median.
const RUNS: usize = 9;
/// How many medians: another machine on the same processor moves one by a twentieth.
const ROUNDS: usize = 3;

/// A file system in memory, on every Linux.
const MEMORY: &str = "/dev/shm";

pub(crate) fn on_disk() -> Report {
    measure("/tmp", "on disk")
}

pub(crate) fn in_memory() -> Report {
    measure(MEMORY, "in memory")
}

/// The clients, and the command that each of them pulls with.
type Client = fn(&World) -> Command;
const CLIENTS: [(&str, Client); 3] = [
    ("portunus pull", World::portunus),
    ("ctr images pull", World::ctr),
    ("ctr images pull --local", World::ctr_local),
];

fn measure(folder: &str, place: &str) -> Report {
    let world = World::new(Path::new(folder));
    // The first pull of each client is slower: nothing has been read yet.
    world.pull_in_turn(1);
    let rounds = [(); ROUNDS].map(|()| world.pull_in_turn(RUNS));
    let mut report = Report::new(format!(
        "20 MB in 4 layers, Basic auth, unpacked with overlayfs {place}; whole processes, in turn"
    ));
    for (at, (name, _)) in CLIENTS.iter().enumerate() {
        let all = rounds.iter().flat_map(|round| round[at].clone()).collect();
        report.add(*name, Times::new(all));
    }
    for (at, limit) in [(1, 1.02), (2, 0.6)] {
        let median = |times: &Vec<Duration>| millis(Times::new(times.clone()).median());
        let ratios = rounds.each_ref().map(|it| median(&it[0]) / median(&it[at]));
        let what = format!("{} / {}", CLIENTS[0].0, CLIENTS[at].0);
        report.bound_in_rounds(what, ratios.to_vec(), limit, "");
    }
    report
}

/// A daemon, a registry with the image, and somebody who is logged in.
struct World {
    home: Home,
    daemon: Containerd,
    _registry: DockerRegistry,
}

impl World {
    /// With the files of the daemon below `folder`.
    fn new(folder: &Path) -> Self {
        let registry = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
        let login = Login::Basic("alice".to_owned(), "wonder".to_owned());
        let image = Image::of_sizes("bench", &LAYERS);
        registry_client::push(registry.address(), "team/app", "v1", &image, &login);
        let home = Home::new();
        home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
        let log_in = ["login", "--registry-namespace", "reg.test"];
        let rest = ["-u", "alice", "--password-stdin", "--store", "file"];
        home.portunus(&[&log_in[..], &[registry.address()], &rest].concat())
            .input("wonder")
            .run()
            .assert_success();
        Self {
            home,
            daemon: Containerd::settings()
                .snapshotter("overlayfs")
                .below(folder)
                .start(),
            _registry: registry,
        }
    }

    fn portunus(&self) -> Command {
        let mut command = self.home.command(program::portunus());
        command.arg("pull").arg(IMAGE).arg("--address");
        command.arg(self.daemon.socket());
        command
    }

    fn ctr(&self) -> Command {
        self.ctr_with(&[])
    }

    fn ctr_local(&self) -> Command {
        self.ctr_with(&["--local"])
    }

    fn ctr_with(&self, flags: &[&str]) -> Command {
        let mut command = self.daemon.ctr_command();
        command.args(["images", "pull", "--user", "alice:wonder"]);
        command
            .args(flags)
            .arg("--hosts-dir")
            .arg(self.home.hosts_dir());
        command.arg(IMAGE);
        command
    }

    /// How long each client takes, in the order of [`CLIENTS`]: in turn, so that other work on the
    /// machine hits all of them.
    fn pull_in_turn(&self, runs: usize) -> [Vec<Duration>; 3] {
        let mut times = [const { Vec::new() }; 3];
        for _ in 0..runs {
            for ((_, client), times) in CLIENTS.iter().zip(&mut times) {
                times.push(self.pull(client(self)));
            }
        }
        times
    }

    /// Pulls into a daemon that holds nothing, while nothing of the last pull is still on its way
    /// to the disk.
    fn pull(&self, mut command: Command) -> Duration {
        assert!(Command::new("sync").status().unwrap().success());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let started = Instant::now();
        let status = command.stderr(Stdio::null()).status().unwrap();
        let took = started.elapsed();
        assert!(status.success(), "{command:?}: {status}");
        // Collects the content and the snapshots as well.
        self.daemon
            .ctr(&["images", "rm", "--sync", IMAGE])
            .assert_success();
        let left = self.daemon.ctr(&["content", "ls", "--quiet"]);
        assert_eq!(left.assert_success().stdout.trim(), "");
        took
    }
}
