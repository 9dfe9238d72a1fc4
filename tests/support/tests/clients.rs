//! Other people's clients take our servers for real ones.

use std::fs;

use support::account::Account;
use support::connect_proxy::ConnectProxy;
use support::containerd::Containerd;
use support::docker_registry::{Auth, DockerRegistry};
use support::hello;
use support::home::Home;
use support::image::{self, Image};
use support::nginx::Nginx;
use support::pki::CertificateAuthority;
use support::podman;
use support::process::{self, Ran};
use support::programmable_registry::ProgrammableRegistry;
use support::token_server::TokenServer;
use support::{registry_client, tools};

#[support::test(needs("root?", "unpacking?", "containerd"))]
fn containerd_takes_a_server_of_ours_for_docker_hub() {
    let authority = CertificateAuthority::new();
    let server = authority
        .server(&["registry-1.docker.io"])
        .server_config(None);
    let accounts = [Account::new("alice", "wonder")];
    let hub = ProgrammableRegistry::settings_basic(&accounts)
        .tls(server)
        .start();
    let image = Image::small("one");
    hub.put_image("library/alpine", "3", &image);
    let proxy = ConnectProxy::start(&[("registry-1.docker.io:443", &hub.address())]);
    let home = Home::new();
    let bundle = home.path().join("ca.pem");
    fs::write(&bundle, authority.certificate_pem()).unwrap();
    let containerd = Containerd::settings()
        .env("HTTPS_PROXY", &proxy.url())
        .env("SSL_CERT_FILE", bundle.to_str().unwrap())
        .start();
    let pull = containerd.ctr(&[
        "images",
        "pull",
        "--snapshotter",
        "native",
        "--user",
        "alice:wonder",
        HUB_IMAGE,
    ]);
    pull.assert_success();
    let listed = containerd.ctr(&["images", "ls"]);
    assert!(
        listed.assert_success().stdout.contains(image.digest()),
        "{listed}"
    );
    assert!(
        proxy
            .asked()
            .iter()
            .all(|name| name == "registry-1.docker.io:443"),
        "{:?}",
        proxy.asked()
    );
    assert!(!hub.requests_with("wonder").is_empty());
}

#[support::test(needs("containerd"))]
fn an_index_leads_ctr_to_this_machine_s_image() {
    let registry = ProgrammableRegistry::open();
    let (ours, other) = (Image::small("ours"), Image::small("other"));
    for image in [&ours, &other] {
        registry.put_image("team/app", image.digest(), image);
    }
    let index = image::index(&[("s390x", &other), (image::architecture(), &ours)]);
    registry.put_manifest("team/app", "v1", &index);
    let containerd = Containerd::settings().unprivileged().start();
    let reference = format!("{}/team/app:v1", registry.address());
    containerd
        .ctr(&["content", "fetch", "--plain-http", &reference])
        .assert_success();
    let asked = |blob: &str| {
        registry
            .requests()
            .iter()
            .any(|request| request.path.ends_with(blob))
    };
    assert!(asked(&ours.layers[0].digest));
    assert!(!asked(&other.layers[0].digest));
}

#[support::test(needs("containers?", "containerd"))]
fn a_container_of_a_pulled_image_runs() {
    let registry = ProgrammableRegistry::open();
    registry.put_image(
        "team/hello",
        "v1",
        &hello::image("hello from a container\n"),
    );
    let containerd = Containerd::start();
    let reference = format!("{}/team/hello:v1", registry.address());
    let pull = [
        "images",
        "pull",
        "--plain-http",
        "--snapshotter",
        "native",
        &reference,
    ];
    containerd.ctr(&pull).assert_success();
    let ran = hello::run(&containerd, &reference);
    assert_eq!(ran.assert_success().stdout, "hello from a container\n");
}

#[support::test(needs("skopeo", "docker-registry", "htpasswd"))]
fn skopeo_copies_into_every_kind_of_registry() {
    let accounts = [Account::new("alice", "wonder")];
    let tokens = TokenServer::start(&accounts);
    let (basic, bearer) = (
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    );
    let users = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    let signed = DockerRegistry::start(&Auth::Tokens(&tokens));
    let image = Image::of_sizes("one", &[10, 1000]);
    for address in [
        &basic.address(),
        &bearer.address(),
        users.address(),
        signed.address(),
    ] {
        let home = Home::new();
        let layout = home.path().join("layout");
        image.write_oci_layout(&layout, "v1");
        let (here, there) = (
            format!("oci:{}:v1", layout.display()),
            format!("docker://{address}/team/app:v1"),
        );
        let to = [
            "copy",
            "--dest-tls-verify=false",
            "--dest-creds=alice:wonder",
            &here,
            &there,
        ];
        skopeo(&home, &to).assert_success();
        let back = format!("oci:{}:v1", home.path().join("back").display());
        let from = [
            "copy",
            "--src-tls-verify=false",
            "--src-creds=alice:wonder",
            &there,
            &back,
        ];
        skopeo(&home, &from).assert_success();
        let manifest = image.digest().trim_start_matches("sha256:");
        assert!(
            home.path()
                .join("back/blobs/sha256")
                .join(manifest)
                .is_file(),
            "{address}"
        );
    }
}

#[support::test(needs("skopeo", "podman", "docker-registry", "htpasswd"))]
fn skopeo_and_podman_log_in() {
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    let home = Home::new();
    let file = home.path().join("auth.json");
    let arguments = [
        "login",
        "--tls-verify=false",
        "--username=alice",
        "--password-stdin",
        "--authfile",
        file.to_str().unwrap(),
        registry.address(),
    ];
    let skopeo = || {
        let mut skopeo = home.command(tools::program("skopeo"));
        process::run(skopeo.args(arguments), b"wonder")
    };
    let podman = || podman::run(&home, &arguments, "wonder");
    for log_in in [&skopeo as &dyn Fn() -> Ran, &podman] {
        log_in().assert_success();
        let written = fs::read_to_string(&file).unwrap();
        // base64 of `alice:wonder`.
        assert!(
            written.contains(registry.address()) && written.contains("YWxpY2U6d29uZGVy"),
            "{written}"
        );
        fs::remove_file(&file).unwrap();
    }
}

#[support::test(needs("docker?", "docker-registry", "htpasswd"))]
fn docker_logs_in() {
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    let home = Home::new();
    let mut command = home.command(tools::program("docker"));
    command.args([
        "login",
        "--username=alice",
        "--password-stdin",
        registry.address(),
    ]);
    process::run(&mut command, b"wonder").assert_success();
    let written = fs::read_to_string(home.docker_config()).unwrap();
    assert!(written.contains("YWxpY2U6d29uZGVy"), "{written}");
}

#[support::test(needs("nginx", "docker-registry"))]
fn a_tls_front_wants_its_clients_certificate() {
    let registry = DockerRegistry::start(&Auth::Anybody);
    let authority = CertificateAuthority::new();
    let front = Nginx::tls(
        registry.address(),
        &authority.server(&["127.0.0.1"]),
        Some(&authority),
    );
    let url = format!("{}/v2/", front.url());
    let alice = authority.client("alice");
    let status = |client| {
        let request = registry_client::tls_agent(&authority, client).get(&url);
        let request = request.config().http_status_as_error(false).build();
        request.call().unwrap().status().as_u16()
    };
    assert_eq!(status(Some(&alice)), 200);
    assert_eq!(status(None), 400);
}

const HUB_IMAGE: &str = "docker.io/library/alpine:3";

fn skopeo(home: &Home, arguments: &[&str]) -> Ran {
    let mut command = home.command(tools::program("skopeo"));
    command
        .args([
            "--insecure-policy",
            "--tmpdir",
            home.path().to_str().unwrap(),
        ])
        .args(arguments);
    process::run(&mut command, b"")
}
