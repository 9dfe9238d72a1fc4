//! Our own client against real registries behind real fronts.

use portunus_http::ErrorKind;
use support::docker_registry::{Auth, DockerRegistry};
use support::image::Image;
use support::nginx::{NamespaceAccount, Nginx};
use support::pki::CertificateAuthority;
use support::registry_client::{self, Login};

use worlds::http::World;

fn registry_with(image: &Image) -> DockerRegistry {
    let registry = DockerRegistry::start(&Auth::Anybody);
    registry_client::push(
        registry.address(),
        "team/app",
        "v1",
        image,
        &Login::Anonymous,
    );
    registry
}

#[support::test(needs("nginx", "docker-registry", "htpasswd"))]
fn one_mirror_serves_two_registry_namespaces_to_two_accounts() {
    let registry = registry_with(&Image::of_sizes("one", &[10, 100_000]));
    let account = |registry_namespace, user, password| NamespaceAccount {
        registry_namespace,
        user,
        password,
    };
    let front = Nginx::per_registry_namespace(
        registry.address(),
        &[
            account("reg-a.test", "alice", "wonder"),
            account("reg-b.test", "bob", "builder"),
        ],
    );
    let key = |registry_namespace: &str| format!("{}?ns={registry_namespace}", front.address());
    let world = World::new()
        .with_hosts("reg-a.test", &[&front.url()])
        .with_hosts("reg-b.test", &[&front.url()]);
    for (registry_namespace, user, password) in [
        ("reg-a.test", "alice", "wonder"),
        ("reg-b.test", "bob", "builder"),
    ] {
        let key = key(registry_namespace);
        world
            .log_in(registry_namespace, &key, user, password)
            .unwrap();
        let wrong = world
            .log_in(registry_namespace, &key, user, "wrong")
            .unwrap_err();
        assert_eq!(wrong.kind, ErrorKind::Rejected);
    }
    let world = world
        .with_login(&key("reg-a.test"), "alice", "wonder")
        .with_login(&key("reg-b.test"), "bob", "builder");
    world.pull("reg-a.test/team/app:v1").unwrap();
    std::fs::remove_dir_all(world.layout()).unwrap();
    world.pull("reg-b.test/team/app:v1").unwrap();
    for access in front
        .access_log()
        .iter()
        .filter(|access| access.status < 400)
    {
        let expected = match access.registry_namespace.as_deref() {
            Some("reg-a.test") => "alice",
            Some("reg-b.test") => "bob",
            other => panic!("{other:?}: {access:?}"),
        };
        assert_eq!(access.user.as_deref(), Some(expected), "{access:?}");
    }
    let swapped = world
        .with_login(&key("reg-a.test"), "bob", "builder")
        .with_login(&key("reg-b.test"), "alice", "wonder");
    for image in ["reg-a.test/team/app:v1", "reg-b.test/team/app:v1"] {
        assert_eq!(swapped.pull(image).unwrap_err().kind, ErrorKind::Rejected);
    }
}

#[support::test(needs("nginx", "docker-registry"))]
fn a_front_with_its_own_authority_and_client_certificates() {
    let image = Image::of_sizes("one", &[10, 100_000]);
    let registry = registry_with(&image);
    let authority = CertificateAuthority::new();
    let front = Nginx::tls(
        registry.address(),
        &authority.server(&["127.0.0.1"]),
        Some(&authority),
    );
    let world = World::new();
    let client = authority.client("alice");
    let ca = world.write("ca.crt", authority.certificate_pem());
    let certificate = world.write("client.crt", client.certificate_pem());
    let key = world.write("client.key", client.key_pem());
    let toml = |client: &str| {
        format!(
            "server = \"{}\"\nca = {ca:?}\n{client}skip_verify = false\n",
            front.url()
        )
    };
    let world = world.with_hosts_toml("reg-a.test", &toml(""));
    assert!(world.pull("reg-a.test/team/app:v1").is_err());
    let pair = format!("client = [[{certificate:?}, {key:?}]]\n");
    let world = world.with_hosts_toml("reg-a.test", &toml(&pair));
    let pulled = world.pull("reg-a.test/team/app:v1").unwrap();
    assert_eq!(pulled.manifest.digest, image.digest());
    world.push("reg-a.test/team/copy:v1").unwrap();
}
