//! The real servers do what the stories take for granted.

use support::account::Account;
use support::containerd::Containerd;
use support::docker_registry::{Auth, DockerRegistry};
use support::home::Home;
use support::image::Image;
use support::nginx::{NamespaceAccount, Nginx};
use support::registry_client::{self, Login};
use support::token_server::TokenServer;

#[support::test(needs("docker-registry", "htpasswd"))]
fn docker_registry_takes_the_right_password_only() {
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    let image = Image::small("one");
    let alice = Login::Basic("alice".to_owned(), "wonder".to_owned());
    registry_client::push(registry.address(), "team/app", "v1", &image, &alice);
    let url = format!("{}/v2/team/app/manifests/v1", registry.url());
    assert_eq!(status(ureq::get(url)), 401);
}

#[support::test(needs("docker-registry"))]
fn docker_registry_takes_tokens_of_either_signature() {
    let accounts = [Account::new("alice", "wonder")];
    for settings in [
        TokenServer::settings(&accounts),
        TokenServer::settings(&accounts).rs256(),
    ] {
        let tokens = settings.start();
        let registry = DockerRegistry::start(&Auth::Tokens(&tokens));
        let login = Login::Bearer(tokens.mint("alice", "team/app", &["pull", "push"]));
        registry_client::push(
            registry.address(),
            "team/app",
            "v1",
            &Image::small("one"),
            &login,
        );
        let url = format!("{}/v2/team/app/manifests/v1", registry.url());
        let pull = |token: &str| {
            status(ureq::get(&url).header("Authorization", format!("Bearer {token}")))
        };
        assert_eq!(pull(&tokens.mint("alice", "team/app", &["pull"])), 200);
        assert_eq!(pull(&tokens.mint("alice", "team/other", &["pull"])), 401);
    }
}

#[support::test(needs("nginx", "htpasswd", "docker-registry"))]
fn nginx_lets_each_account_into_its_own_registry_namespace_only() {
    let registry = DockerRegistry::start(&Auth::Anybody);
    registry_client::push(
        registry.address(),
        "team/app",
        "v1",
        &Image::small("one"),
        &Login::Anonymous,
    );
    let mirror = Nginx::per_registry_namespace(registry.address(), &[ALICE, BOB]);
    let manifest = |query: &str, login: &str| {
        let url = format!("{}/v2/team/app/manifests/v1{query}", mirror.url());
        status(ureq::get(url).header("Authorization", login))
    };
    for (query, login, expected) in [
        ("?ns=reg-a.test", ALICE_LOGIN, 200),
        ("?ns=reg-b.test", BOB_LOGIN, 200),
        ("?ns=reg-b.test", ALICE_LOGIN, 401),
        ("?ns=reg-a.test", BOB_LOGIN, 401),
        ("?ns=elsewhere.test", ALICE_LOGIN, 401),
        ("", ALICE_LOGIN, 401),
    ] {
        assert_eq!(manifest(query, login), expected, "{query} {login}");
    }
    let log = mirror.access_log();
    assert_eq!(log.len(), 6);
    assert_eq!(log[0].user.as_deref(), Some("alice"));
    assert_eq!(log[0].registry_namespace.as_deref(), Some("reg-a.test"));
    assert_eq!(
        (log[0].method.as_str(), log[0].path.as_str()),
        ("GET", "/v2/team/app/manifests/v1")
    );
    let statuses: Vec<u16> = log.iter().map(|access| access.status).collect();
    assert_eq!(statuses, [200, 200, 401, 401, 401, 401]);
}

#[support::test(needs("containerd", "containerd-1.7/containerd", "containerd-1.6/containerd"))]
fn every_containerd_starts_and_tells_its_version() {
    for (settings, version) in [
        (Containerd::settings(), "2."),
        (Containerd::settings().unprivileged(), "2."),
        (
            Containerd::settings().program("containerd-1.7/containerd"),
            "1.7.",
        ),
        (
            Containerd::settings().program("containerd-1.6/containerd"),
            "1.6.",
        ),
    ] {
        let containerd = settings.start();
        let told = containerd.version();
        assert!(told.starts_with(version), "{told:?} is not {version}");
    }
}

#[support::test(needs(
    "root?",
    "unpacking?",
    "containerd",
    "nginx",
    "htpasswd",
    "docker-registry"
))]
fn containerd_pulls_from_a_mirror_through_nginx() {
    let registry = DockerRegistry::start(&Auth::Anybody);
    let image = Image::of_sizes("one", &[1000, 2000]);
    registry_client::push(
        registry.address(),
        "team/app",
        "v1",
        &image,
        &Login::Anonymous,
    );
    let mirror = Nginx::per_registry_namespace(registry.address(), &[ALICE]);
    let home = Home::new();
    home.write_hosts_toml(
        "reg-a.test",
        &format!(
            "[host.\"{}\"]\n  capabilities = [\"pull\", \"resolve\"]\n",
            mirror.url()
        ),
    );
    let containerd = Containerd::start();
    let hosts_dir = home.hosts_dir();
    let pull = containerd.ctr(&[
        "images",
        "pull",
        "--snapshotter",
        "native",
        "--hosts-dir",
        hosts_dir.to_str().unwrap(),
        "--user",
        "alice:wonder",
        "reg-a.test/team/app:v1",
    ]);
    pull.assert_success();
    let listed = containerd.ctr(&["images", "ls"]);
    assert!(
        listed.assert_success().stdout.contains(image.digest()),
        "{listed}"
    );
    assert!(
        mirror
            .access_log()
            .iter()
            .all(|it| it.registry_namespace.as_deref() == Some("reg-a.test"))
    );
}

const ALICE: NamespaceAccount<'_> = NamespaceAccount {
    registry_namespace: "reg-a.test",
    user: "alice",
    password: "wonder",
};
const BOB: NamespaceAccount<'_> = NamespaceAccount {
    registry_namespace: "reg-b.test",
    user: "bob",
    password: "builder",
};
// base64 of `alice:wonder` and `bob:builder`.
const ALICE_LOGIN: &str = "Basic YWxpY2U6d29uZGVy";
const BOB_LOGIN: &str = "Basic Ym9iOmJ1aWxkZXI=";

fn status(request: ureq::RequestBuilder<ureq::typestate::WithoutBody>) -> u16 {
    let request = request.header("Accept", "application/vnd.oci.image.manifest.v1+json");
    let request = request.config().http_status_as_error(false).build();
    request.call().unwrap().status().as_u16()
}
