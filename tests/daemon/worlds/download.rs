//! A download that stops in its middle, and the program that has asked for it.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use support::containerd::Containerd;
use support::home::Home;
use support::http::{Reply, Request};
use support::image::Image;
use support::process::Process;
use support::program;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::daemon::DaemonWorld;
use worlds::http::World;

/// A registry that gives half of a layer and then nothing more, until it is told to go on.
pub(crate) struct Download {
    pub(crate) registry: ProgrammableRegistry,
    layer: String,
}

impl Download {
    pub(crate) fn new() -> Self {
        let registry = ProgrammableRegistry::open();
        let image = Image::of_sizes("one", &[4_000_000]);
        registry.put_image("team/app", "v1", &image);
        registry.put_image("team/other", "v1", &Image::small("other"));
        let bytes = image.layers[0].bytes.clone();
        let layer = format!("/v2/team/app/blobs/{}", image.layers[0].digest);
        let (path, rest) = (layer.clone(), layer.clone());
        let half = Reply::cut_short(&bytes[..2_000_000], bytes.len() as u64);
        registry.when(move |request| request.path == path, half);
        registry.when(
            move |request| request.path == rest && goes_on(request),
            Reply::silence(),
        );
        Self { registry, layer }
    }

    pub(crate) fn world(&self) -> World {
        World::new().with_hosts("reg-a.test", &[&self.registry.url()])
    }

    fn is_in_the_middle(&self) -> bool {
        let in_the_middle = |request: &Request| request.path == self.layer && goes_on(request);
        self.registry.requests().iter().any(in_the_middle)
    }

    pub(crate) async fn reaches_the_middle(&self) {
        self.registry.forget_requests();
        while !self.is_in_the_middle() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn wait_for_the_middle(&self) {
        wait_until("the rest of the layer is asked for", || {
            self.is_in_the_middle()
        });
    }

    pub(crate) fn go_on(&self) {
        self.registry.forget_rules();
        self.registry.forget_requests();
    }

    /// The layer was asked for once, from its middle. A daemon that is killed loses what it has not
    /// written yet: less than a mebibyte.
    pub(crate) fn assert_resumed(&self) {
        let requests = self.registry.requests();
        let of_layer: Vec<Option<u64>> = requests
            .iter()
            .filter(|request| request.path == self.layer && request.method == "GET")
            .map(first_byte)
            .collect();
        let from_middle = |byte: Option<u64>| byte.is_some_and(|byte| byte > 900_000);
        assert!(
            of_layer.len() == 1 && from_middle(of_layer[0]),
            "{of_layer:?}"
        );
    }
}

fn goes_on(request: &Request) -> bool {
    first_byte(request).is_some_and(|byte| byte > 0)
}

fn first_byte(request: &Request) -> Option<u64> {
    let range = request.header("Range")?.strip_prefix("bytes=")?;
    range.split('-').next()?.parse().ok()
}

/// The program in a home of its own, and a daemon.
pub(crate) struct Machine {
    pub(crate) world: DaemonWorld,
}

impl Machine {
    pub(crate) fn new(download: &Download) -> Self {
        let world = DaemonWorld::with(download.world(), Containerd::settings());
        std::fs::create_dir(temporary_folder(&world.world.home)).unwrap();
        Self { world }
    }

    pub(crate) fn pull(&self, image: &str, options: &[&str]) -> Process {
        let program = self.world.world.home.command(program::portunus());
        self.start(program, image, options)
    }

    /// Pulls with hang-ups heard, whoever has started the tests: under nohup they are ignored.
    pub(crate) fn pull_with_hangup(&self, image: &str, options: &[&str]) -> Process {
        let mut env = self.world.world.home.command("/usr/bin/env");
        env.arg("--default-signal=HUP").arg(program::portunus());
        self.start(env, image, options)
    }

    /// Pulls as under nohup, where a hang-up is ignored from the start.
    pub(crate) fn pull_without_hangup(&self, image: &str, options: &[&str]) -> Process {
        let mut shell = self.world.world.home.command("/bin/sh");
        shell.args(["-c", r#"trap "" HUP && exec "$@""#, "sh"]);
        shell.arg(program::portunus());
        self.start(shell, image, options)
    }

    fn start(&self, mut command: Command, image: &str, options: &[&str]) -> Process {
        let home = &self.world.world.home;
        command
            .args(["pull", image, "--no-unpack", "--address"])
            .arg(self.world.daemon.socket())
            .args(options)
            .env("TMPDIR", temporary_folder(home));
        Process::start(&mut command, &home.path().join("log"))
    }

    /// Neither rendered hosts nor a layout.
    pub(crate) fn assert_no_folder_is_left(&self) {
        assert_eq!(self.folders(), Vec::<PathBuf>::new());
    }

    /// A private image is in a layout, and an operator's headers are in rendered hosts.
    pub(crate) fn assert_nobody_else_reads_the_folders(&self) {
        let folders = self.folders();
        assert_eq!(folders.len(), 1, "{folders:?}");
        let mode = folders[0].metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{folders:?}: {mode:o}");
    }

    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        let home = &self.world.world.home;
        let parents = [home.runtime_dir().join("portunus"), temporary_folder(home)];
        let entries = parents.iter().flat_map(std::fs::read_dir).flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

fn temporary_folder(home: &Home) -> PathBuf {
    home.path().join("tmp")
}

pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(15), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
