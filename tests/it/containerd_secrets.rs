//! What a host may see, and what stops before the daemon is asked.

use portunus::credential::Credential;
use portunus::resolve::Operation;
use portunus_containerd::{Given, NoAnswer, TransferErrorKind};
use support::account::Account;
use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::trials;

use crate::daemon_world::{DaemonWorld, accounts};
use crate::http_world::World;

trials! {
    a_redirect_target_sees_no_secret needs ["containerd"],
    a_mirror_without_a_login_is_passed_over needs ["containerd"],
    a_foreign_realm_keeps_the_password_here needs ["containerd"],
    path_mirrors_with_different_accounts_stop_before_the_daemon_is_asked needs ["containerd"],
    a_registry_token_is_refused_before_the_daemon_is_asked needs ["containerd"],
}

fn a_redirect_target_sees_no_secret() {
    let target = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    target.put_image("team/app", "v1", &Image::small("one"));
    let mirror = ProgrammableRegistry::open();
    let elsewhere = format!(
        "http://localhost:{}",
        target.address().split(':').next_back().unwrap()
    );
    mirror
        .answer_with(move |request| Some(Reply::redirect(&format!("{elsewhere}{}", request.path))));
    let login = target.address();
    let world = DaemonWorld::new(
        World::new()
            .with_hosts("reg-a.test", &[&mirror.url()])
            .with_login(&login, "alice", "wonder")
            .with_login(&login.replace("127.0.0.1", "localhost"), "alice", "wonder"),
    );
    let error = world.pull("reg-a.test/team/app:v1").unwrap_err();
    let hosts = error.hosts();
    assert!(
        hosts
            .iter()
            .any(|host| *host.given == Given::Nothing(NoAnswer::NotInPlan)),
        "{hosts:?}"
    );
    assert_eq!(target.requests_with("wonder").len(), 0);
}

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
    assert!(
        error.help()[0].contains("--trust-realm"),
        "{:?}",
        error.help()
    );
    assert_eq!(
        thief.requests_with("wonder").len() + registry.requests_with("wonder").len(),
        0
    );
}

fn path_mirrors_with_different_accounts_stop_before_the_daemon_is_asked() {
    let registry = ProgrammableRegistry::basic(&[
        Account::new("alice", "wonder").only("proxy-a"),
        Account::new("bob", "builder").only("proxy-b"),
    ]);
    for proxy in ["proxy-a", "proxy-b"] {
        registry.put_image(&format!("{proxy}/team/app"), "v1", &Image::small("one"));
    }
    let url = registry.url();
    let mirror = |proxy: &str| format!("[host.\"{url}/v2/{proxy}\"]\noverride_path = true\n");
    let text = format!(
        "server = \"{url}/v2/proxy-b\"\n{}{}",
        mirror("proxy-a"),
        mirror("proxy-b")
    );
    let world = World::new()
        .with_hosts_toml("reg-a.test", &text)
        .with_login(
            &format!("{}?path=proxy-a", registry.address()),
            "alice",
            "wonder",
        )
        .with_login(
            &format!("{}?path=proxy-b", registry.address()),
            "bob",
            "builder",
        );
    let world = DaemonWorld::new(world);
    let error = world
        .answers("reg-a.test/team/app:v1", Operation::Pull)
        .unwrap_err();
    assert!(error.to_string().contains(&registry.address()), "{error}");
    assert!(error.help().contains("--local"));
}

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
    assert!(error.help().contains("--local"), "{error}");
}
