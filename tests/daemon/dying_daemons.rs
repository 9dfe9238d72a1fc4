//! What breaks in the first of two transfers or between them, a host that hangs or the daemon: what
//! had its turn is known, the next host is asked where there is a daemon, and no lease is left.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use portunus_containerd::{
    Answers, Containerd, Observer, ProgressReport, PullRequest, Question, SentTo, TransferError,
    TransferErrorKind, TransferReport, Turn, TurnOutcome, TurnReport, Unpack, Way,
};
use support::containerd;
use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use tokio::runtime::Runtime;

use crate::worlds::daemon::{default_namespace, tomorrow};
use crate::worlds::download::wait_until;

const IMAGE: &str = "reg-a.test/team/app:v1";

const IDLE: Duration = Duration::from_secs(3);

#[support::test(needs("containerd"))]
fn a_daemon_that_was_started_again_between_two_transfers_goes_on() {
    let world = World::new();
    let mut killer = Killer::new(true);
    let report = world
        .pull(killer.daemon.socket().to_owned(), &mut killer)
        .unwrap();
    assert_eq!(report.digest, world.image.digest());
    let outcomes: Vec<bool> = report.turns.iter().map(served).collect();
    assert_eq!(outcomes, [false, true], "{report:?}");
    assert_eq!(leases(&killer.daemon), "");
}

#[support::test(needs("containerd"))]
fn a_daemon_that_dies_between_two_transfers_is_named_and_its_lease_given_back_later() {
    let world = World::new();
    let mut killer = Killer::new(false);
    let started = Instant::now();
    let socket = killer.daemon.socket().to_owned();
    let error = world.pull(socket, &mut killer).unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(10), "{error}");
    assert_eq!(error.kind(), TransferErrorKind::Failed);
    let told = "the connection to containerd broke";
    assert!(error.to_string().contains(told), "{error}");
    let hosts: Vec<&str> = error
        .turns()
        .iter()
        .map(|turn| turn.host.as_str())
        .collect();
    assert_eq!(hosts, ["mirror"]);
    assert!(!world.server_was_asked());

    killer.daemon.start_again();
    wait_until("the lease is given back", || {
        !ids(&killer.daemon).contains("portunus/owner")
    });
}

#[support::test(waits, needs("containerd"))]
fn a_host_that_hangs_costs_the_idle_time_once_and_then_the_next_one_is_asked() {
    let world = World::new();
    world.mirror.always(Reply::silence());
    let daemon = containerd::Containerd::start();
    let report = world.pull(daemon.socket().to_owned(), &mut ()).unwrap();
    assert!(
        report.elapsed >= IDLE && report.elapsed < 5 * IDLE,
        "{report:?}"
    );
    let TurnOutcome::Failed { kind, reason, .. } = &report.turns[0].outcome else {
        panic!("{report:?}")
    };
    assert_eq!(*kind, TransferErrorKind::TimedOut);
    assert!(
        reason.contains("a host accepts connections and does not answer"),
        "{reason}"
    );
    assert!(served(&report.turns[1]), "{report:?}");
    assert_eq!(leases(&daemon), "");
}

/// The first host lacks the layers.
struct World {
    runtime: Runtime,
    mirror: ProgrammableRegistry,
    server: ProgrammableRegistry,
    image: Image,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let image = Image::of_sizes("one", &[100, 200]);
        let [mirror, server] = [(); 2].map(|()| ProgrammableRegistry::open());
        for host in [&mirror, &server] {
            host.put_image("team/app", "v1", &image);
        }
        mirror.when(
            |request| request.path.contains("/blobs/"),
            Reply::status(404),
        );
        Self {
            runtime: Runtime::new().unwrap(),
            mirror,
            server,
            image,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn pull(
        &self,
        socket: PathBuf,
        observer: &mut dyn Observer,
    ) -> Result<TransferReport, TransferError> {
        let turn = |name: &str, host: &ProgrammableRegistry| {
            let root = self.folder.path().join(name);
            let hosts = root.join("reg-a.test");
            std::fs::create_dir_all(&hosts).unwrap();
            let text = format!("server = \"{}\"\n", host.url());
            std::fs::write(hosts.join("hosts.toml"), text).unwrap();
            Turn::new(
                name,
                Way::Sent(SentTo::new(root, Arc::new(Answers::default()))),
            )
        };
        let turns = vec![turn("mirror", &self.mirror), turn("server", &self.server)];
        let mut request = PullRequest::in_turns(
            IMAGE.parse().unwrap(),
            default_namespace(),
            turns,
            tomorrow(),
        );
        request.unpack = Unpack::No;
        request.terms.deadlines.idle = IDLE;
        self.runtime.block_on(async {
            let daemon = connect(&socket).await;
            daemon.pull(request, observer, std::future::pending()).await
        })
    }

    fn server_was_asked(&self) -> bool {
        !self.server.requests().is_empty()
    }
}

/// Kills the daemon by its process id when a host has had its turn, and starts it again or not.
struct Killer {
    daemon: containerd::Containerd,
    starts_again: bool,
}

impl Killer {
    fn new(starts_again: bool) -> Self {
        Self {
            daemon: containerd::Containerd::start(),
            starts_again,
        }
    }
}

impl Observer for Killer {
    fn progress(&mut self, _: &ProgressReport) {}

    fn question(&mut self, _: &Question) {}

    fn turn(&mut self, turn: &TurnReport) {
        if served(turn) {
            return;
        }
        self.daemon.kill();
        if self.starts_again {
            self.daemon.start_again();
        }
    }
}

async fn connect(socket: &Path) -> Containerd {
    let connecting = Containerd::connect(socket, Duration::from_secs(5));
    connecting.await.unwrap()
}

fn served(turn: &TurnReport) -> bool {
    turn.outcome == TurnOutcome::Served
}

fn leases(daemon: &containerd::Containerd) -> String {
    let listed = daemon.ctr(&["leases", "ls", "--quiet"]);
    listed.assert_success().stdout.trim().to_owned()
}

fn ids(daemon: &containerd::Containerd) -> String {
    daemon
        .ctr(&["leases", "ls"])
        .assert_success()
        .stdout
        .clone()
}
