//! Half a gigabyte in one layer from a registry over http: through `--local` into containerd, beside
//! what reaches a layout, and beside ctr's own client. Everything in memory, whole processes in turn.

use std::fs;
use std::path::Path;
use std::process::Command;

use support::containerd::Containerd;
use support::docker_registry::DockerRegistry;
use support::home::Home;
use support::image::Image;
use support::{program, registry_client};
use tempfile::TempDir;

use crate::report::{Report, Times};
use crate::spent::{Spent, of_process};

const IMAGE: &str = "reg.test/team/app:v1";
const ONE_LAYER: [usize; 1] = [500_000_000];
const RUNS: usize = 5;

/// A file system in memory, on every Linux.
const MEMORY: &str = "/dev/shm";

type Client = fn(&World) -> Command;
const CLIENTS: [(&str, Client); 3] = [
    ("portunus pull --oci-layout", World::to_layout),
    ("portunus pull --local --no-unpack", World::local),
    ("ctr content fetch", World::ctr),
];

pub(crate) fn measure() -> Report {
    let world = World::new();
    let mut spent = CLIENTS.map(|_| Vec::new());
    let mut of_daemon = CLIENTS.map(|_| Vec::new());
    for _ in 0..RUNS {
        for (at, (_, client)) in CLIENTS.iter().enumerate() {
            let before = of_process(world.daemon.id());
            spent[at].push(Spent::by(&mut client(&world)));
            of_daemon[at].push(of_process(world.daemon.id()) - before);
            world.forget();
        }
    }
    let what = "one layer of 500 MB, pulled over http from and to memory; whole processes, in turn";
    let mut report = Report::new(what);
    for (at, (name, _)) in CLIENTS.iter().enumerate() {
        let times = |of: fn(&Spent) -> _| Times::new(spent[at].iter().map(of).collect());
        report.add(format!("{name}, wall"), times(|it| it.wall));
        report.add(format!("{name}, processor"), times(|it| it.processor));
        let of_daemon = Times::new(of_daemon[at].clone());
        report.add(format!("{name}, processor of the daemon"), of_daemon);
    }
    let wall = |at: usize| {
        let times = Times::new(spent[at].iter().map(|it| it.wall).collect());
        times.median().as_secs_f64()
    };
    let what = format!("{} / {}, wall, medians", CLIENTS[1].0, CLIENTS[0].0);
    report.bound(what, wall(1) / wall(0), 1.05, "");
    report
}

/// A registry with the image, a daemon, and a folder for layouts.
struct World {
    home: Home,
    daemon: Containerd,
    folder: TempDir,
    _registry: DockerRegistry,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir_in(MEMORY).unwrap();
        let registry = DockerRegistry::start_at(&folder.path().join("data"), None);
        let image = Image::of_sizes("local", &ONE_LAYER);
        let nobody = registry_client::Login::Anonymous;
        registry_client::push(registry.address(), "team/app", "v1", &image, &nobody);
        let home = Home::new();
        home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
        Self {
            home,
            daemon: Containerd::settings().below(Path::new(MEMORY)).start(),
            folder,
            _registry: registry,
        }
    }

    fn to_layout(&self) -> Command {
        let mut command = self.home.command(program::portunus());
        command.args(["pull", IMAGE, "--oci-layout"]);
        command.arg(self.folder.path().join("layout"));
        command
    }

    fn local(&self) -> Command {
        let mut command = self.home.command(program::portunus());
        command.args(["pull", IMAGE, "--local", "--no-unpack", "--address"]);
        command.arg(self.daemon.socket());
        command
    }

    fn ctr(&self) -> Command {
        let mut command = self.daemon.ctr_command();
        command.args(["content", "fetch", "--hosts-dir"]);
        command.arg(self.home.hosts_dir()).arg(IMAGE);
        command
    }

    /// What was pulled is to be pulled again.
    fn forget(&self) {
        // Not there where it went to the daemon.
        let _ = fs::remove_dir_all(self.folder.path().join("layout"));
        self.daemon.ctr(&["images", "rm", "--sync", IMAGE]);
        let left = self.daemon.ctr(&["content", "ls", "--quiet"]);
        assert_eq!(left.assert_success().stdout.trim(), "");
    }
}
