//! Images are pulled through a real containerd, and each host sees its own secret only.

use portunus::remedy::{Advise, Remedy};
use portunus_containerd::{ContainerdNamespace, Given, TransferErrorKind, Unpack};
use support::containerd::Containerd;
use support::docker_registry::{Auth, DockerRegistry};
use support::image::Image;
use support::nginx::{NamespaceAccount, Nginx};
use support::programmable_registry::ProgrammableRegistry;
use support::registry_client::{self, Login};
use worlds::advice::commands;
use worlds::http::World;

use crate::worlds::daemon::{DaemonWorld, accounts};

#[support::test(needs("containerd", "nginx", "htpasswd", "docker-registry"))]
fn each_registry_namespace_is_pulled_with_its_own_account() {
    let registry = DockerRegistry::start(&Auth::Anybody);
    let image = Image::of_sizes("one", &[1000, 2000, 3000]);
    registry_client::push(
        registry.address(),
        "team/app",
        "v1",
        &image,
        &Login::Anonymous,
    );
    let account = |registry_namespace, user, password| NamespaceAccount {
        registry_namespace,
        user,
        password,
    };
    let accounts = [
        account("reg-a.test", "alice", "wonder"),
        account("reg-b.test", "bob", "builder"),
    ];
    let mirror = Nginx::per_registry_namespace(registry.address(), &accounts);
    let world = World::new()
        .with_hosts("reg-a.test", &[&mirror.url()])
        .with_hosts("reg-b.test", &[&mirror.url()])
        .with_login(
            &format!("{}?ns=reg-a.test", mirror.address()),
            "alice",
            "wonder",
        )
        .with_login(
            &format!("{}?ns=reg-b.test", mirror.address()),
            "bob",
            "builder",
        );
    let world = DaemonWorld::new(world);
    for (registry_namespace, user) in [("reg-a.test", "alice"), ("reg-b.test", "bob")] {
        let name = format!("{registry_namespace}/team/app:v1");
        let report = world.pull(&name).unwrap();
        assert_eq!(report.digest, image.digest());
        assert!(world.has(&name));
        assert_eq!(report.totals.layers(), (3, 3));
        let told = report.hosts();
        assert_eq!(told.len(), 1, "{told:?}");
        let Given::Credential {
            stored, username, ..
        } = told[0].given
        else {
            panic!("{told:?}")
        };
        assert_eq!(username.as_deref(), Some(user));
        assert_eq!(
            stored.key.to_string(),
            format!("{}?ns={registry_namespace}", mirror.address())
        );
    }
    for access in mirror.access_log() {
        let expected = match access.registry_namespace.as_deref() {
            Some("reg-a.test") => "alice",
            Some("reg-b.test") => "bob",
            other => panic!("asked with ?ns={other:?}"),
        };
        assert!(
            access.user.is_none() || access.user.as_deref() == Some(expected),
            "{access:?}"
        );
    }
    world.assert_no_lease();
}

#[support::test(needs("containerd"))]
fn swapped_passwords_fail_with_host_and_key() {
    for registry in [
        ProgrammableRegistry::basic(&accounts()),
        ProgrammableRegistry::bearer(&accounts()),
    ] {
        registry.put_image("team/app", "v1", &Image::small("one"));
        let key = format!("{}?ns=reg-a.test", registry.address());
        let world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&key, "bob", "builder");
        let world = DaemonWorld::new(world);
        let error = world.pull("reg-a.test/team/app:v1").unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Rejected, "{error}");
        for part in [registry.address().as_str(), key.as_str(), "memory"] {
            assert!(
                error.to_string().contains(part),
                "{error} does not name {part}"
            );
        }
        let login = format!(
            "login --registry-namespace reg-a.test {}",
            registry.address()
        );
        assert_eq!(commands(&error), [login]);
        assert!(!format!("{error:?}").contains("builder"));
        assert_eq!(
            registry.requests_with("builder").len(),
            1,
            "a bad password is tried once"
        );
        world.assert_no_lease();
    }
}

#[support::test(needs("containerd"))]
fn an_image_goes_to_the_containerd_namespace_asked_for() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let world = DaemonWorld::new(World::new().with_hosts("reg-a.test", &[&registry.url()]));
    let name = "reg-a.test/team/app:v1";
    let mut request = world.pull_request(name, Default::default());
    request.terms.containerd_namespace = ContainerdNamespace::new("k8s.io").unwrap();
    world.pull_until(request, std::future::pending()).unwrap();
    assert!(!world.has(name));
    let listed = world
        .daemon
        .ctr(&["--namespace", "k8s.io", "images", "ls", "--quiet"]);
    let listed = listed.assert_success().stdout.trim();
    let names: Vec<&str> = listed.lines().collect();
    // What names it by its digest finds it too, as after a pull by Kubernetes itself.
    let by_digest = format!("reg-a.test/team/app@{}", Image::small("one").digest());
    assert_eq!(names, [name, &by_digest]);
}

#[support::test(needs("containerd"))]
fn a_pull_asks_no_more_than_a_probe_and_two_questions() {
    let registry = ProgrammableRegistry::basic(&accounts());
    registry.put_image("team/app", "v1", &Image::of_sizes("one", &[10, 20, 30]));
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", "wonder");
    let world = DaemonWorld::new(world);
    let report = world.pull("reg-a.test/team/app:v1").unwrap();
    assert_eq!(report.questions.len(), 2, "{:?}", report.questions);
    // Manifest, config and three layers, each once; the two challenges; and our own two.
    let requests = registry.requests();
    assert_eq!(
        requests.iter().filter(|it| it.method == "GET").count(),
        1 + 5
    );
    assert_eq!(
        requests.iter().filter(|it| it.method == "HEAD").count(),
        2 + 2
    );
}

#[support::test(needs("containerd", "unpacking?"))]
fn layers_are_unpacked_with_what_the_daemon_is_configured_for() {
    if !support::tools::is_root() {
        return;
    }
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::of_sizes("one", &[100, 200]));
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let world = DaemonWorld::with(world, Containerd::settings());
    let mut request = world.pull_request("reg-a.test/team/app:v1", Default::default());
    request.unpack = Unpack::AsConfigured;
    world.pull_until(request, std::future::pending()).unwrap();
    let snapshots = world
        .daemon
        .ctr(&["snapshots", "--snapshotter", "native", "ls"]);
    assert_eq!(
        snapshots.assert_success().stdout.lines().count(),
        1 + 2,
        "{snapshots}"
    );
    world.assert_no_lease();
}

#[support::test(needs("containerd"))]
fn an_unknown_platform_says_how_to_go_on() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let world = DaemonWorld::new(world);
    let mut request = world.pull_request("reg-a.test/team/app:v1", Default::default());
    request.unpack = Unpack::With("no-such-snapshotter".to_owned());
    let error = world
        .pull_until(request, std::future::pending())
        .unwrap_err();
    assert_eq!(error.remedies(), [Remedy::LeavePacked], "{error}");
    world.assert_no_lease();
}

#[support::test(needs("containerd-1.7/containerd"))]
fn an_old_daemon_is_refused_before_it_asks_anybody() {
    let registry = ProgrammableRegistry::open();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let old = Containerd::settings()
        .program("containerd-1.7/containerd")
        .unprivileged();
    let world = DaemonWorld::with(world, old);
    let request = world.pull_request("reg-a.test/team/app:v1", Default::default());
    let error = world
        .pull_until(request, std::future::pending())
        .unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TooOld);
    let remedies = [Remedy::PullLocally(None), Remedy::UpdateDaemon];
    assert_eq!(error.remedies(), remedies);
    assert!(registry.requests().is_empty());
}
