//! How long containerd waits for an answer, over a socket: from its question to our answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use portunus::hosts::HostsDirectories;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::CredentialsFile;
use portunus_containerd::{
    Answer, Answers, CallbackLimits, Containerd, ContainerdNamespace, CredentialCallback,
    HeldCredential, Lease, Lookup, StoredUnder,
};
use support::home::Home;

use crate::daemon::Daemon;
use crate::report::{Report, Times, millis};
use crate::store;

const IMAGE: &str = "reg.test/team/app:v1";
const HOSTS: usize = 10;
/// Operations, each of which asks once for each host.
const OPERATIONS: usize = 200;
const PREPARATIONS: usize = 20;

pub(crate) fn measure() -> Report {
    let home = Home::new();
    let hosts: Vec<String> = (0..HOSTS)
        .map(|at| format!("mirror-{at}.test:5000"))
        .collect();
    home.write_hosts_toml("reg.test", &hosts_toml(&hosts));
    store::write(&home.credentials_file(), &hosts, "reg.test");
    let socket = home.path().join("sock");
    let daemon = Daemon::start(&socket, IMAGE, &hosts);
    let resolving = || Resolving::new(home.hosts_dir(), home.credentials_file());

    let mut report = Report::new(format!(
        "{} questions over a unix socket, a file of {} credentials",
        OPERATIONS * HOSTS,
        store::ENTRIES
    ));
    let mut answers = Answers::default();
    for (host, answer) in resolving().all() {
        answers.add("https", &host, answer).unwrap();
    }
    let prepared = waits(&socket, &daemon, Arc::new(answers));
    let looked_up = waits(&socket, &daemon, Arc::new(resolving()));
    let preparations = (0..PREPARATIONS).map(|_| {
        let started = Instant::now();
        assert_eq!(resolving().all().len(), HOSTS);
        started.elapsed()
    });
    let preparations = Times::new(preparations.collect());
    for (what, times) in [
        ("answered as decided before", prepared),
        ("answered by a resolver that is asked then", looked_up),
    ] {
        let p99 = millis(times.percentile(99));
        report.add(what, times);
        report.bound(format!("{what}, 99 of 100"), p99, 2.0, " ms");
    }
    report.add(
        "deciding before: read all files, make the plan",
        preparations,
    );
    report
}

fn hosts_toml(hosts: &[String]) -> String {
    let (server, mirrors) = hosts.split_last().unwrap();
    let mirrors = mirrors
        .iter()
        .map(|mirror| format!("[host.\"https://{mirror}\"]\n"));
    format!(
        "server = \"https://{server}\"\n{}",
        mirrors.collect::<String>()
    )
}

/// Lets the daemon ask in many operations.
fn waits(socket: &Path, daemon: &Daemon, lookup: Arc<dyn Lookup>) -> Times {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let containerd = Containerd::connect(socket, Duration::from_secs(5))
            .await
            .unwrap();
        for _ in 0..OPERATIONS {
            operate(&containerd, Arc::clone(&lookup)).await;
        }
    });
    let waits = daemon.take_waits();
    assert_eq!(waits.len(), OPERATIONS * HOSTS);
    Times::new(waits)
}

async fn operate(containerd: &Containerd, lookup: Arc<dyn Lookup>) {
    let containerd_namespace = ContainerdNamespace::new("default").unwrap();
    let expires = SystemTime::UNIX_EPOCH;
    let lease = Lease::create(containerd, &containerd_namespace, expires)
        .await
        .unwrap();
    let limits = CallbackLimits::default();
    let mut callback = CredentialCallback::open(&lease, IMAGE, lookup, limits)
        .await
        .unwrap();
    while callback.question().await.is_some() {}
    lease.delete().await.unwrap();
}

/// Finds the answer when it is asked for, as a program with a transfer of its own may do.
#[derive(Debug)]
struct Resolving {
    resolver: Resolver,
    image: ImageReference,
}

impl Resolving {
    fn new(hosts: PathBuf, credentials: PathBuf) -> Self {
        let hosts = HostsDirectories::new(vec![hosts]);
        Self {
            resolver: Resolver::new(hosts).with_source(Arc::new(CredentialsFile::new(credentials))),
            image: IMAGE.parse().unwrap(),
        }
    }

    fn all(&self) -> Vec<(String, Answer)> {
        let plan = self
            .resolver
            .resolve(&self.image, Operation::Pull, &Profile::DEFAULT)
            .unwrap();
        let session = self.resolver.session();
        let answers = plan.attempts.iter().map(|attempt| {
            let candidate = attempt.candidates.first().unwrap();
            let credential = session.credential(candidate).unwrap().unwrap();
            let stored = StoredUnder {
                key: candidate.entry.key.clone(),
                location: candidate.entry.location.clone(),
            };
            let held = HeldCredential { credential, stored };
            (attempt.host.host.clone(), Answer::Credential(held))
        });
        answers.collect()
    }
}

impl Lookup for Resolving {
    fn answer(&self, host: &str) -> Option<Answer> {
        self.all()
            .into_iter()
            .find(|(name, _)| name == host)
            .map(|(_, answer)| answer)
    }
}
