//! The world of the HTTP tests with a real containerd in it.

use std::future::Future;
use std::time::{Duration, SystemTime};

use portunus::credential::Credential;
use portunus::resolve::Operation;
use portunus_containerd::{
    Answers, AnswersError, Containerd, ContainerdNamespace, HeldCredential, HostAnswer,
    PullRequest, PushRequest, StoredUnder, TransferError, TransferReport, Unpack,
};
use support::account::Account;
use support::containerd;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

use worlds::http::World;

/// Hosts directories, credentials, and a containerd that answers nobody else.
pub(crate) struct DaemonWorld {
    pub(crate) world: World,
    pub(crate) daemon: containerd::Containerd,
    pub(crate) deadline: Duration,
}

impl DaemonWorld {
    /// A containerd that runs as nobody in particular, and so does not unpack.
    pub(crate) fn new(world: World) -> Self {
        Self::with(world, containerd::Containerd::settings().unprivileged())
    }

    pub(crate) fn with(world: World, settings: containerd::Settings) -> Self {
        Self {
            world,
            daemon: settings.start(),
            deadline: Duration::from_secs(20),
        }
    }

    pub(crate) fn connect(&self) -> Containerd {
        let connecting = Containerd::connect(self.daemon.socket(), Duration::from_secs(5));
        self.world.block_on(connecting).unwrap()
    }

    /// What our own probe of the hosts finds.
    pub(crate) fn answers(
        &self,
        image: &str,
        operation: Operation,
    ) -> Result<Answers, AnswersError> {
        let operation = self.world.prepare(image, operation);
        let choices = self.world.block_on(self.world.client().choose(&operation));
        Answers::from_choices(&choices, &self.world.options.trust)
    }

    pub(crate) fn pull(&self, image: &str) -> Result<TransferReport, TransferError> {
        let answers = self.answers(image, Operation::Pull).unwrap();
        self.pull_until(self.pull_request(image, answers), std::future::pending())
    }

    pub(crate) fn push(&self, image: &str) -> Result<TransferReport, TransferError> {
        let answers = self.answers(image, Operation::Push).unwrap();
        let (reference, home) = (image.parse().unwrap(), self.world.home.hosts_dir());
        let mut request =
            PushRequest::new(reference, default_namespace(), home, answers, tomorrow());
        request.terms.deadlines.idle = self.deadline;
        let daemon = self.connect();
        self.world
            .block_on(daemon.push(request, &mut (), std::future::pending()))
    }

    pub(crate) fn pull_until(
        &self,
        request: PullRequest,
        cancelled: impl Future<Output = ()>,
    ) -> Result<TransferReport, TransferError> {
        let daemon = self.connect();
        self.world
            .block_on(daemon.pull(request, &mut (), cancelled))
    }

    pub(crate) fn pull_request(&self, image: &str, answers: Answers) -> PullRequest {
        let (reference, home) = (image.parse().unwrap(), self.world.home.hosts_dir());
        let mut request =
            PullRequest::new(reference, default_namespace(), home, answers, tomorrow());
        request.unpack = Unpack::No;
        request.terms.deadlines.idle = self.deadline;
        request
    }

    /// No lease is left, whatever happened.
    pub(crate) fn assert_no_lease(&self) {
        let leases = self.daemon.ctr(&["leases", "ls", "--quiet"]);
        assert_eq!(leases.assert_success().stdout.trim(), "", "a lease is left");
    }

    /// No lease is left but one that keeps what was fetched for the next pull of the image: no
    /// process works under it, and it expires.
    pub(crate) fn assert_only_remains_of(&self, image: &str) {
        let listed = self.daemon.ctr(&["leases", "ls"]);
        let leases: Vec<&str> = listed.assert_success().stdout.lines().skip(1).collect();
        let [lease] = leases[..] else {
            panic!("not one lease: {listed}")
        };
        for label in [
            &format!("portunus/reference={image}"),
            "portunus/remains=",
            "containerd.io/gc.expire=",
        ] {
            assert!(lease.contains(label), "no {label}: {lease}");
        }
        assert!(!lease.contains("portunus/owner"), "{lease}");
    }

    pub(crate) fn has(&self, image: &str) -> bool {
        self.daemon
            .ctr(&["images", "ls", "--quiet"])
            .stdout
            .lines()
            .any(|line| line == image)
    }
}

/// The plain login of one host, as if a probe had found it to hold.
pub(crate) fn unprobed(host: &str, user: &str, password: &str) -> Answers {
    let mut answers = Answers::default();
    let stored = StoredUnder::new(host.parse().unwrap(), "memory");
    let credential = Credential::password(user, password);
    answers
        .add(
            "http",
            host,
            HostAnswer::Credential(HeldCredential::new(credential, stored)),
        )
        .unwrap();
    answers
}

pub(crate) fn default_namespace() -> ContainerdNamespace {
    ContainerdNamespace::new("default").unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests read the clock for the library"
)]
pub(crate) fn tomorrow() -> SystemTime {
    SystemTime::now() + Duration::from_secs(86_400)
}

/// An account for each of two registry namespaces.
pub(crate) fn accounts() -> [Account; 2] {
    [
        Account::new("alice", "wonder").in_registry_namespace("reg-a.test"),
        Account::new("bob", "builder").in_registry_namespace("reg-b.test"),
    ]
}

/// Two path mirrors for `reg-a.test` on one host and port, where the image is at the second, and the
/// accounts of both.
pub(crate) fn path_mirrors() -> (ProgrammableRegistry, World) {
    let registry = ProgrammableRegistry::basic(&[
        Account::new("alice", "wonder").only("proxy-a"),
        Account::new("bob", "builder").only("proxy-b"),
    ]);
    registry.put_image("proxy-b/team/app", "v1", &Image::small("one"));
    let (url, address) = (registry.url(), registry.address());
    let text = format!(
        "server = \"{url}/v2/proxy-b\"\n[host.\"{url}/v2/proxy-a\"]\noverride_path = true\n\
         [host.\"{url}/v2/proxy-b\"]\noverride_path = true\n"
    );
    let world = World::new()
        .with_hosts_toml("reg-a.test", &text)
        .with_login(&format!("{address}?path=proxy-a"), "alice", "wonder")
        .with_login(&format!("{address}?path=proxy-b"), "bob", "builder");
    (registry, world)
}
