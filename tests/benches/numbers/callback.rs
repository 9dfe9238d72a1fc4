//! How long containerd waits for an answer, over a socket: from its question to our answer.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use portunus::authorizer::Permit;
use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::CredentialsFile;
use portunus::token::trust::TrustPolicy;
use portunus_containerd::{
    Answers, Containerd, ContainerdNamespace, HeldCredential, HostAnswer, Lookup, PullRequest,
    SentTo, StoredUnder, Turn, Way,
};
use support::home::Home;

use crate::fake_daemon::{FakeDaemon, Script, Step};
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
    let prepared = waits(&hosts, &to_lookup(answers));
    let looked_up = waits(&hosts, &to_lookup(resolving()));
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

fn to_lookup(lookup: impl Lookup) -> Arc<dyn Lookup> {
    Arc::new(lookup)
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

/// Lets a daemon ask in many operations.
fn waits(hosts: &[String], lookup: &Arc<dyn Lookup>) -> Times {
    let questions = hosts.iter().cloned().map(Step::Ask);
    let daemon = FakeDaemon::start(Script::of("2.1.9").transfer(questions));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let connecting = Containerd::connect(daemon.socket(), Duration::from_secs(5));
        let containerd = connecting.await.unwrap();
        for _ in 0..OPERATIONS {
            let (request, mut nobody) = (request(lookup), ());
            let pulling = containerd.pull(request, &mut nobody, std::future::pending());
            pulling.await.unwrap();
        }
    });
    let seen = daemon.seen();
    for (answer, host) in seen.answers.iter().zip(hosts.iter().cycle()) {
        assert_eq!(answer.secret, store::password(host));
    }
    assert_eq!(seen.waits.len(), OPERATIONS * HOSTS);
    Times::new(seen.waits)
}

fn request(lookup: &Arc<dyn Lookup>) -> PullRequest {
    let containerd_namespace = ContainerdNamespace::new("default").unwrap();
    let turn = Turn::new("none", Way::Sent(SentTo::new("/none", Arc::clone(lookup))));
    let (image, expires) = (IMAGE.parse().unwrap(), SystemTime::UNIX_EPOCH);
    PullRequest::in_turns(image, containerd_namespace, vec![turn], expires)
}

/// Finds the answer when it is asked for, as a program with a transfer of its own may do.
#[derive(Debug)]
struct Resolving {
    resolver: Resolver,
    image: ImageReference,
}

impl Resolving {
    fn new(hosts: PathBuf, credentials: PathBuf) -> Self {
        let hosts = HostsTree::new(vec![hosts]);
        Self {
            resolver: Resolver::new(hosts).with_source(Arc::new(CredentialsFile::new(credentials))),
            image: IMAGE.parse().unwrap(),
        }
    }

    fn all(&self) -> Vec<(String, HostAnswer)> {
        let plan = self
            .resolver
            .resolve(&self.image, Operation::Pull, &Profile::DEFAULT)
            .unwrap();
        let session = self.resolver.session();
        let answers = plan.attempts.iter().map(|attempt| {
            let candidate = attempt.candidates.first().unwrap();
            let permit = Permit::hand_over(attempt, candidate, &TrustPolicy::default()).unwrap();
            let credential = permit.reveal(&session).unwrap().unwrap();
            let entry = &candidate.entry;
            let stored = StoredUnder::new(entry.key.clone(), entry.location.clone());
            let held = HeldCredential::new(credential, stored);
            (attempt.host.host.clone(), HostAnswer::Credential(held))
        });
        answers.collect()
    }
}

impl Lookup for Resolving {
    fn answer(&self, host: &str) -> Option<HostAnswer> {
        self.all()
            .into_iter()
            .find(|(name, _)| name == host)
            .map(|(_, answer)| answer)
    }
}
