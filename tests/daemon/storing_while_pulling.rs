//! A pull from our side: the daemon is given a layer while it arrives, and told to keep it once we know
//! that it is right.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use support::containerd::Containerd;
use support::http::{Reply, Request};
use support::image::{Image, digest};
use support::process::{self, Process, Ran};
use support::program;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::daemon::DaemonWorld;
use crate::worlds::download::{Download, Machine, wait_until};

const IMAGE: &str = "reg-a.test/team/app:v1";
/// About half of the layer.
const HALF: usize = 2_000_000;

#[support::test(needs("containerd"))]
fn a_layer_s_load_begins_before_the_layer_has_arrived() {
    let site = Site::new();
    site.give_half(&site.server, site.layer());
    site.hold_rest(has_half, None);
    site.pull().assert_success();
    site.assert_stored();
}

#[support::test(needs("containerd"))]
fn a_layer_that_is_whole_is_kept_before_the_others_are() {
    let site = Site::new();
    site.give_half(&site.server, site.layer());
    let whole = site.image.layers[0].digest.clone();
    let keeps_it = move |daemon: &Containerd| {
        let kept = daemon.ctr(&["content", "ls", "--quiet"]).stdout;
        kept.contains(&whole)
    };
    site.hold_rest(keeps_it, None);
    site.pull().assert_success();
    site.assert_stored();
}

#[support::test(needs("containerd"))]
fn a_host_that_fails_in_the_middle_leaves_what_the_daemon_has_to_the_next() {
    let site = Site::new();
    site.give_half(&site.mirror, site.layer());
    site.hold_rest(has_half, None);
    site.pull().assert_success();
    site.assert_stored();
    let mut asked = site.server.requests();
    asked.retain(|request| request.path == site.path());
    let from: Vec<_> = asked.iter().map(|it| it.header("Range")).collect();
    assert_eq!(from, [Some(&*format!("bytes={HALF}-"))]);
}

#[support::test(needs("containerd"))]
fn the_wrong_start_of_one_host_is_replaced_by_what_the_next_gives() {
    let site = Site::new();
    site.give_half(&site.mirror, &[b'x'; HALF]);
    site.hold_rest(has_half, None);
    site.pull().assert_success();
    site.assert_stored();
}

#[support::test(needs("containerd"))]
fn what_has_the_wrong_digest_is_never_kept_though_the_daemon_was_given_it() {
    let site = Site::new();
    let (path, wrong) = (site.path(), vec![b'x'; site.layer().len()]);
    let whole = Reply::status(200).body(wrong.clone());
    site.server.when(move |request| request.path == path, whole);
    site.give_half(&site.server, &wrong);
    let size = wrong.len();
    let range = format!("bytes {HALF}-{}/{size}", size - 1);
    let rest = Reply::status(206).header("Content-Range", &range);
    site.hold_rest(has_half, Some(rest.body(&wrong[HALF..])));
    let ran = site.pull();
    ran.assert_code(1);
    let (right, wrong) = (&site.image.layers[1].digest, digest(&wrong));
    let told = format!("{right} has the digest {wrong}");
    assert!(ran.stderr.contains(&told), "{ran}");
    let kept = site.ctr(&["content", "ls", "--quiet"]);
    assert!(!kept.contains(right) && !kept.contains(&wrong), "{kept}");
    assert_eq!(site.being_written(), "");
    site.world.assert_no_lease();
}

#[support::test(needs("containerd"))]
fn a_pull_that_is_cancelled_while_a_layer_arrives_leaves_nothing_of_it() {
    let download = Download::new();
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &["--local"]);
    download.wait_for_the_middle();
    let daemon = &machine.world.daemon;
    wait_until("the daemon has the half", || has_half(daemon));
    program.interrupt();
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    assert!(!has_half(daemon));
    machine.world.assert_no_lease();

    download.go_on();
    let mut program = machine.pull(IMAGE, &["--local"]);
    assert!(program.wait().success(), "{}", program.log());
    assert!(machine.world.has(IMAGE));
}

#[support::test(needs("containerd"))]
fn a_daemon_that_is_started_again_while_a_layer_arrives_has_the_image_in_the_end() {
    let mut site = Site::new();
    site.give_half(&site.server, site.layer());
    let (path, runs_again) = (site.path(), Arc::new(AtomicBool::new(false)));
    let awaited = Arc::clone(&runs_again);
    site.server.answer_with(move |request| {
        if is_rest(request, &path) {
            wait_until("the daemon runs again", || awaited.load(Ordering::SeqCst));
        }
        None
    });
    let mut command = site.command();
    let mut program = Process::start(&mut command, &site.world.world.home.path().join("log"));
    wait_until("the daemon has the half", || has_half(&site.world.daemon));
    let world = Arc::get_mut(&mut site.world).unwrap();
    world.daemon.kill();
    world.daemon.start_again();
    runs_again.store(true, Ordering::SeqCst);
    assert!(program.wait().success(), "{}", program.log());
    site.assert_stored();
}

/// An image of a small layer and a large one at two hosts, the first of which does not have the large
/// one, and a daemon. The layer is the large one.
struct Site {
    image: Image,
    mirror: ProgrammableRegistry,
    server: ProgrammableRegistry,
    world: Arc<DaemonWorld>,
}

impl Site {
    fn new() -> Self {
        let image = Image::of_sizes("one", &[1000, 2 * HALF]);
        let [mirror, server] = [(); 2].map(|()| ProgrammableRegistry::open());
        for host in [&mirror, &server] {
            host.put_image("team/app", "v1", &image);
        }
        let hosts = World::new().with_hosts("reg-a.test", &[&mirror.url(), &server.url()]);
        let site = Self {
            image,
            mirror,
            server,
            world: Arc::new(DaemonWorld::with(hosts, Containerd::settings())),
        };
        let path = site.path();
        let is_layer = move |request: &Request| request.path == path;
        site.mirror.when(is_layer, Reply::status(404));
        site
    }

    /// The host gives half of these bytes when it is asked for the layer for the first time.
    fn give_half(&self, host: &ProgrammableRegistry, bytes: &[u8]) {
        let path = self.path();
        let half = Reply::cut_short(&bytes[..HALF], self.layer().len() as u64);
        host.when_first(1, move |request| request.path == path, half);
    }

    /// The server does not answer for the rest of the layer before that is so of the daemon: with this,
    /// or what it has.
    fn hold_rest(
        &self,
        is_so: impl Fn(&Containerd) -> bool + Send + Sync + 'static,
        rest: Option<Reply>,
    ) {
        let (path, world) = (self.path(), Arc::clone(&self.world));
        self.server.answer_with(move |request| {
            if !is_rest(request, &path) {
                return None;
            }
            wait_until("the daemon is so far", || is_so(&world.daemon));
            rest.clone()
        });
    }

    fn layer(&self) -> &[u8] {
        &self.image.layers[1].bytes
    }

    fn path(&self) -> String {
        format!("/v2/team/app/blobs/{}", self.image.layers[1].digest)
    }

    fn command(&self) -> Command {
        let mut command = self.world.world.home.command(program::portunus());
        command.args(["pull", IMAGE, "--local", "--no-unpack", "--address"]);
        command.arg(self.world.daemon.socket());
        command
    }

    fn pull(&self) -> Ran {
        process::run(&mut self.command(), b"")
    }

    fn ctr(&self, arguments: &[&str]) -> String {
        let ran = self.world.daemon.ctr(arguments);
        ran.assert_success().stdout.clone()
    }

    /// The blobs that the daemon has a part of.
    fn being_written(&self) -> String {
        let listed = self.ctr(&["content", "active"]);
        listed.lines().skip(1).collect()
    }

    #[track_caller]
    fn assert_stored(&self) {
        assert!(self.world.has(IMAGE));
        let stored = self.ctr(&["content", "ls"]);
        let digest = &self.image.layers[1].digest;
        let layer = stored.lines().find(|line| line.contains(digest));
        let label = "containerd.io/distribution.source.reg-a.test=team/app";
        assert!(layer.is_some_and(|it| it.contains(label)), "{stored}");
        assert_eq!(self.being_written(), "");
        self.world.assert_no_lease();
    }
}

fn is_rest(request: &Request, path: &str) -> bool {
    request.path == path && request.header("Range").is_some()
}

fn has_half(daemon: &Containerd) -> bool {
    let listed = daemon.ctr(&["content", "active"]).stdout;
    listed
        .lines()
        .any(|line| line.contains("2MB") && line.contains("portunus-sha256:"))
}
