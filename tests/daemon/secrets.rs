//! What a host may see, and what stops before the daemon is asked.

use std::sync::Arc;

use portunus::authorizer::Permit;
use portunus::credential::Credential;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::Operation;
use portunus::secret::Secret;
use portunus_containerd::{Answers, ContainerdNamespace, Given, NoAnswer, TransferErrorKind};
use support::account::Account;
use support::containerd::Containerd;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::advice::commands;
use worlds::http::World;

use crate::worlds::daemon::{DaemonWorld, accounts, path_mirrors};

#[support::test(needs("containerd"))]
fn a_mirror_without_a_login_is_passed_over() {
    let closed = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    let open = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[10, 20]);
    closed.put_image("team/app", "v1", &image);
    open.put_image("team/app", "v1", &image);
    let world = World::new().with_hosts("reg-a.test", &[&closed.url(), &open.url()]);
    let world = DaemonWorld::new(world);
    let report = world.pull("reg-a.test/team/app:v1").unwrap();
    let hosts = report.hosts();
    assert_eq!(hosts.len(), 1, "{hosts:?}");
    assert_eq!(hosts[0].host, closed.address());
    assert_eq!(*hosts[0].given, Given::Nothing(NoAnswer::NothingStored));
}

#[support::test(needs("containerd"))]
fn a_foreign_realm_keeps_the_password_here() {
    let thief = ProgrammableRegistry::open();
    let realm = format!("{}/token", thief.url());
    let registry = ProgrammableRegistry::settings_bearer(&accounts())
        .realm(&realm)
        .start();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", "wonder");
    let world = DaemonWorld::new(world);
    let error = world.pull("reg-a.test/team/app:v1").unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Refused, "{error}");
    let login = commands(&error);
    assert!(login[0].contains("--trust-realm"), "{login:?}");
    assert_eq!(
        thief.requests_with("wonder").len() + registry.requests_with("wonder").len(),
        0
    );
}

#[support::test(needs("containerd"))]
fn path_mirrors_with_different_accounts_are_not_asked_in_one_transfer() {
    let (registry, world) = path_mirrors();
    let world = DaemonWorld::new(world);
    let error = world
        .answers("reg-a.test/team/app:v1", Operation::Pull)
        .unwrap_err();
    assert!(error.to_string().contains(&registry.address()), "{error}");
    assert_eq!(error.remedies(), [Remedy::PullLocally(None)]);
}

#[support::test(needs("containerd"))]
fn the_program_sends_the_daemon_to_each_path_mirror_with_its_own_account() {
    let (registry, world) = path_mirrors();
    let world = DaemonWorld::new(world);
    let home = &world.world.home;
    for (path, user, password) in [
        ("proxy-a", "alice", "wonder"),
        ("proxy-b", "bob", "builder"),
    ] {
        let host = registry.address();
        let login = [
            "login",
            "--no-verify",
            "--store",
            "file",
            "--registry-namespace",
            "reg-a.test",
        ];
        let login = [
            &login[..],
            &["-u", user, "--password-stdin", "--repository", path, &host],
        ]
        .concat();
        home.portunus(&login).input(password).run().assert_success();
    }
    let socket = world.daemon.socket().to_str().unwrap();
    let pull = [
        "pull",
        "reg-a.test/team/app:v1",
        "--no-unpack",
        "--address",
        socket,
    ];
    let ran = home.portunus(&pull).run();
    let told = format!("\nfrom {}/v2/proxy-b\n", registry.url());
    assert!(ran.assert_success().stdout.contains(&told), "{ran}");
    for request in registry.requests() {
        let shown = request.basic().map(|(user, _)| user);
        let own = match request.path.contains("proxy-a") {
            true => "alice",
            false => "bob",
        };
        assert!(shown.is_none_or(|user| user == own), "{}", request.path);
    }
}

/// A registry elsewhere, played by the proxy that everybody reaches it through.
#[support::test(needs("containerd"))]
fn a_secret_leaves_containerd_over_plain_http_only_with_consent() {
    let registry = HttpServer::start(|request| match request.header("Authorization") {
        Some(_) => Reply::status(404),
        None => Reply::challenge("Basic realm=\"r\""),
    });
    let daemon = Containerd::settings()
        .unprivileged()
        .env("HTTP_PROXY", &registry.url());
    let mut world = World::new().with_hosts("reg-a.test", &["http://reg.test:5000"]);
    world.options.proxies.http = Some(Secret::new(registry.url()));
    let alice = Credential::password("alice", "wonder");
    world.store_under("reg.test:5000", &alice, |_| {});
    let world = DaemonWorld::with(world, daemon);
    let error = world.pull("reg-a.test/team/app:v1").unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Refused, "{error}");
    assert_eq!(commands(&error), ["login reg.test:5000 --plain-http"]);
    assert_eq!(registry.requests_with("wonder").len(), 0);

    world
        .world
        .store_under("reg.test:5000", &alice, |note| note.plain_http = true);
    let error = world.pull("reg-a.test/team/app:v1").unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::NotFound, "{error}");
    let of_containerd = registry.requests_with("wonder").into_iter().find(|it| {
        it.header("User-Agent")
            .is_some_and(|agent| agent.starts_with("containerd"))
    });
    assert!(of_containerd.is_some());
}

/// containerd repeats a request over http, with what it was told for https.
#[support::test]
fn a_host_that_containerd_reaches_without_verified_tls_needs_consent() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", "wonder");
    let image = "reg-a.test/team/app:v1";
    let plan = world.plan(image, Operation::Pull);
    for (scheme, http_fallback, tls_insecure, host, is_given) in [
        ("https", 0, false, "reg.test:5000", true),
        ("https", 0, true, "reg.test:5000", false),
        ("https", 1, false, "reg.test:5000", false),
        ("https", 1, true, "reg.test:5000", false),
        ("http", 0, false, "reg.test:5000", false),
        ("https", 1, true, "127.0.0.1:5000", true),
        ("http", 0, false, "localhost:5000", true),
    ] {
        let mut attempt = plan.attempts[0].clone();
        let of_plan = Arc::make_mut(&mut attempt.host);
        of_plan.scheme = scheme.to_owned().into();
        of_plan.host = host.to_owned();
        of_plan.http_fallback = http_fallback;
        of_plan.tls_insecure = tls_insecure;
        let candidate = &attempt.candidates[0];
        let permit = Permit::hand_over(&attempt, candidate, &world.options.trust);
        let told = format!("{scheme} {http_fallback} {tls_insecure} {host}: {permit:?}");
        match permit {
            Ok(_) => assert!(is_given, "{told}"),
            Err(failure) => assert!(!is_given && failure.refusal().is_some(), "{told}"),
        }
    }
}

/// A limit of containerd's shared content store, which nothing outside can mend.
#[support::test(needs("containerd"))]
fn layers_that_containerd_has_need_no_credential_in_another_namespace_of_it() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::of_sizes("one", &[1000]));
    let world = DaemonWorld::new(World::new().with_hosts("reg-a.test", &[&registry.url()]));
    let image = "reg-a.test/team/app:v1";
    world.pull(image).unwrap();
    registry.when(
        |request| request.method == "GET",
        Reply::challenge("Basic realm=\"r\""),
    );
    let mut request = world.pull_request(image, Answers::default());
    request.terms.containerd_namespace = ContainerdNamespace::new("other").unwrap();
    let report = world.pull_until(request, std::future::pending()).unwrap();
    assert!(report.questions.is_empty(), "{:?}", report.questions);
}

#[support::test(needs("containerd"))]
fn a_registry_token_is_refused_before_the_daemon_is_asked() {
    let registry = ProgrammableRegistry::bearer(&accounts());
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry.when(
        |request| request.bearer() == Some("static"),
        Reply::status(200),
    );
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let token = Credential::RegistryToken {
        token: "static".into(),
    };
    world.store_under(&registry.address(), &token, |_| {});
    let world = DaemonWorld::new(world);
    let error = world
        .answers("reg-a.test/team/app:v1", Operation::Pull)
        .unwrap_err();
    assert_eq!(error.remedies(), [Remedy::PullLocally(None)]);
}
