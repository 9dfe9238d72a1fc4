//! What a pull has fetched when it is stopped is there for the next one, and nothing else is left.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use portunus_containerd::{Lease, TransferErrorKind};
use support::containerd::Containerd;
use support::home::Home;
use support::http::{Reply, Request};
use support::image::Image;
use support::process::Process;
use support::programmable_registry::ProgrammableRegistry;
use support::trials;

use crate::daemon_world::{DaemonWorld, default_namespace, tomorrow};
use crate::http_world::World;

trials! {
    a_cancelled_pull_leaves_nothing_and_the_next_one_succeeds needs ["containerd"],
    a_cancelled_pull_leaves_nothing_running_in_the_daemon needs ["containerd"],
    what_a_cancelled_pull_has_fetched_is_collected_in_the_end needs ["containerd"],
    ctrl_c_ends_the_program_in_order_and_the_next_call_resumes needs ["containerd"],
    ctrl_c_ends_a_local_pull_in_order needs ["containerd"],
    ctrl_c_ends_the_asking_of_hosts_in_order needs ["containerd"],
    a_program_that_was_killed_is_cleared_up_after needs ["containerd"],
    a_daemon_that_was_killed_goes_on_where_it_was needs ["containerd"],
    the_lease_of_a_program_that_runs_stays needs ["containerd"],
    the_lease_of_a_program_that_cannot_tell_who_it_is_stays needs ["containerd"],
}

const IMAGE: &str = "reg-a.test/team/app:v1";
const OTHER: &str = "reg-a.test/team/other:v1";

fn a_cancelled_pull_leaves_nothing_and_the_next_one_succeeds() {
    let download = Download::new();
    let world = DaemonWorld::new(download.world());
    let request = world.pull_request(IMAGE, Default::default());
    let error = world
        .pull_until(request.clone(), download.reaches_the_middle())
        .unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Cancelled, "{error}");
    world.assert_only_remains_of(IMAGE);
    assert!(!world.has(IMAGE));

    // Once more, so that what was taken over is handed on.
    let error = world
        .pull_until(request.clone(), download.reaches_the_middle())
        .unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Cancelled, "{error}");
    world.assert_only_remains_of(IMAGE);

    download.go_on();
    world.pull_until(request, std::future::pending()).unwrap();
    download.assert_resumed();
    assert!(world.has(IMAGE));
    world.assert_no_lease();
}

fn a_cancelled_pull_leaves_nothing_running_in_the_daemon() {
    let download = Download::new();
    let world = DaemonWorld::new(download.world());
    let works = || {
        let stacks = world.daemon.goroutines();
        ["/transfer/local.", "/services/streaming."].map(|package| stacks.contains(package))
    };
    let cancelled = async {
        download.reaches_the_middle().await;
        assert_eq!(works(), [true, true]);
    };
    let request = world.pull_request(IMAGE, Default::default());
    world.pull_until(request, cancelled).unwrap_err();
    wait_until("the transfer and its streams end", || {
        works() == [false, false]
    });
}

fn what_a_cancelled_pull_has_fetched_is_collected_in_the_end() {
    let download = Download::new();
    let world = DaemonWorld::new(download.world());
    let mut request = world.pull_request(IMAGE, Default::default());
    request.lease_expires_at = tomorrow() - Duration::from_secs(86_400 - 4);
    let cancelled = world.pull_until(request, download.reaches_the_middle());
    cancelled.unwrap_err();
    let kept = || {
        collect_garbage(&world.daemon);
        let listed = |what| world.daemon.ctr(&["content", what]).stdout;
        (listed("ls"), listed("active"))
    };
    let (whole, parts) = kept();
    assert!(whole.contains("sha256:"), "no manifest: {whole}");
    assert!(
        parts.contains("layer-sha256:"),
        "no part of the layer: {parts}"
    );
    wait_until("the lease expires", || {
        let (whole, parts) = kept();
        !whole.contains("sha256:") && !parts.contains("sha256:")
    });
}

fn ctrl_c_ends_the_program_in_order_and_the_next_call_resumes() {
    let download = Download::new();
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &[]);
    download.wait_for_the_middle();
    machine.assert_nobody_else_reads_the_folders();
    program.interrupt();
    let status = program.wait();
    assert_eq!(status.code(), Some(1), "{}", program.log());
    for told in [
        "pull of reg-a.test/team/app:v1: cancelled",
        "help: run the same command again",
    ] {
        assert!(program.log().contains(told), "{}", program.log());
    }
    machine.world.assert_only_remains_of(IMAGE);
    machine.assert_no_folder_is_left();

    download.go_on();
    let mut program = machine.pull(IMAGE, &[]);
    assert!(program.wait().success(), "{}", program.log());
    download.assert_resumed();
    machine.world.assert_no_lease();
    machine.assert_no_folder_is_left();
}

fn ctrl_c_ends_a_local_pull_in_order() {
    let download = Download::new();
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &["--local"]);
    download.wait_for_the_middle();
    machine.assert_nobody_else_reads_the_folders();
    program.interrupt();
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    assert!(program.log().contains("cancelled"), "{}", program.log());
    machine.world.assert_no_lease();
    machine.assert_no_folder_is_left();

    // What was fetched went with the folder: from zero.
    download.go_on();
    let mut program = machine.pull(IMAGE, &["--local"]);
    assert!(program.wait().success(), "{}", program.log());
    assert!(machine.world.has(IMAGE));
    machine.world.assert_no_lease();
}

/// Before containerd is called, while a mirror does not answer us.
fn ctrl_c_ends_the_asking_of_hosts_in_order() {
    let download = Download::new();
    download.registry.always(Reply::silence());
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &[]);
    wait_until("the mirror is asked", || {
        !download.registry.requests().is_empty()
    });
    let pressed = Instant::now();
    program.interrupt();
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    assert!(pressed.elapsed() < Duration::from_secs(2));
    assert!(program.log().contains("cancelled"), "{}", program.log());
    machine.assert_no_folder_is_left();
    machine.world.assert_no_lease();
}

fn a_program_that_was_killed_is_cleared_up_after() {
    for next in [IMAGE, OTHER] {
        let download = Download::new();
        let machine = Machine::new(&download);
        let mut program = machine.pull(IMAGE, &[]);
        download.wait_for_the_middle();
        program.kill();
        let listed = machine.world.daemon.ctr(&["leases", "ls", "--quiet"]);
        assert_eq!(listed.stdout.lines().count(), 1, "{listed}");

        download.go_on();
        let mut program = machine.pull(next, &[]);
        assert!(program.wait().success(), "{}", program.log());
        machine.world.assert_no_lease();
        if next == IMAGE {
            download.assert_resumed();
        }
    }
}

fn a_daemon_that_was_killed_goes_on_where_it_was() {
    let download = Download::new();
    let mut machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &[]);
    download.wait_for_the_middle();
    let killed = Instant::now();
    machine.world.daemon.kill();
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    assert!(killed.elapsed() < Duration::from_secs(5));
    let told = "the connection to containerd broke";
    assert!(program.log().contains(told), "{}", program.log());
    machine.assert_no_folder_is_left();

    let mut program = machine.pull(IMAGE, &[]);
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    let told = "nobody listens at this socket";
    assert!(program.log().contains(told), "{}", program.log());

    download.go_on();
    machine.world.daemon.start_again();
    let mut program = machine.pull(IMAGE, &[]);
    assert!(program.wait().success(), "{}", program.log());
    download.assert_resumed();
    machine.world.assert_no_lease();
}

fn the_lease_of_a_program_that_runs_stays() {
    let download = Download::new();
    download.go_on();
    let machine = Machine::new(&download);
    let daemon = machine.world.connect();
    let namespace = default_namespace();
    let creating = Lease::create(&daemon, &namespace, tomorrow());
    let lease = machine.world.world.block_on(creating).unwrap();
    let mut program = machine.pull(IMAGE, &[]);
    assert!(program.wait().success(), "{}", program.log());
    let listed = machine.world.daemon.ctr(&["leases", "ls", "--quiet"]);
    assert_eq!(listed.stdout.trim(), lease.id());
    machine.world.world.block_on(lease.delete()).unwrap();
    machine.world.assert_no_lease();
}

/// As it is in a pid namespace of its own with the `/proc` of another: its lease has no owner.
fn the_lease_of_a_program_that_cannot_tell_who_it_is_stays() {
    let download = Download::new();
    download.go_on();
    let machine = Machine::new(&download);
    let reference = format!("portunus/reference={IMAGE}");
    let create = ["leases", "create", "--id", "ownerless", &reference];
    machine.world.daemon.ctr(&create).assert_success();
    let mut program = machine.pull(IMAGE, &[]);
    assert!(program.wait().success(), "{}", program.log());
    let listed = machine.world.daemon.ctr(&["leases", "ls", "--quiet"]);
    assert_eq!(listed.stdout.trim(), "ownerless");
}

/// A registry that gives half of a layer and then nothing more, until it is told to go on.
struct Download {
    registry: ProgrammableRegistry,
    layer: String,
}

impl Download {
    fn new() -> Self {
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

    fn world(&self) -> World {
        World::new().with_hosts("reg-a.test", &[&self.registry.url()])
    }

    fn is_in_the_middle(&self) -> bool {
        let in_the_middle = |request: &Request| request.path == self.layer && goes_on(request);
        self.registry.requests().iter().any(in_the_middle)
    }

    async fn reaches_the_middle(&self) {
        self.registry.forget_requests();
        while !self.is_in_the_middle() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn wait_for_the_middle(&self) {
        wait_until("the rest of the layer is asked for", || {
            self.is_in_the_middle()
        });
    }

    fn go_on(&self) {
        self.registry.forget_rules();
        self.registry.forget_requests();
    }

    /// The layer was asked for once, from its middle. A daemon that is killed loses what it has not
    /// written yet: less than a mebibyte.
    fn assert_resumed(&self) {
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
struct Machine {
    world: DaemonWorld,
}

impl Machine {
    fn new(download: &Download) -> Self {
        let world = DaemonWorld::with(download.world(), Containerd::settings());
        std::fs::create_dir(temporary_folder(&world.world.home)).unwrap();
        Self { world }
    }

    fn pull(&self, image: &str, options: &[&str]) -> Process {
        let home = &self.world.world.home;
        let socket = self.world.daemon.socket().to_str().unwrap();
        let arguments = [
            &["pull", image, "--no-unpack", "--address", socket],
            options,
        ]
        .concat();
        home.portunus(&arguments)
            .env("TMPDIR", temporary_folder(home).to_str().unwrap())
            .start(home, "log")
    }

    /// Neither rendered hosts nor a layout.
    fn assert_no_folder_is_left(&self) {
        assert_eq!(self.folders(), Vec::<PathBuf>::new());
    }

    /// A private image is in a layout, and an operator's headers are in rendered hosts.
    fn assert_nobody_else_reads_the_folders(&self) {
        let folders = self.folders();
        assert_eq!(folders.len(), 1, "{folders:?}");
        let mode = folders[0].metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{folders:?}: {mode:o}");
    }

    fn folders(&self) -> Vec<PathBuf> {
        let home = &self.world.world.home;
        let parents = [home.runtime_dir().join("portunus"), temporary_folder(home)];
        let entries = parents.iter().flat_map(std::fs::read_dir).flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

fn temporary_folder(home: &Home) -> PathBuf {
    home.path().join("tmp")
}

/// Has the daemon collect what nothing refers to.
fn collect_garbage(daemon: &Containerd) {
    let create = ["leases", "create", "--id", "short", "--expires", "1m"];
    daemon.ctr(&create).assert_success();
    daemon
        .ctr(&["leases", "rm", "--sync", "short"])
        .assert_success();
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(15), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
