//! Files that name one host more than once, as people have them: one stored login pulls and pushes
//! them all, as ctr does.

use support::account::Account;
use support::image::Image;
use support::pki::CertificateAuthority;
use support::process;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::site::{IMAGE, Site};

const PASSWORD: &str = "canary-pw-3f1d";
const ALL: &str = "capabilities = [\"pull\", \"resolve\", \"push\"]";

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn http_with_tls_keys_is_pulled_and_pushed() {
    let registry = with_image(registry());
    let url = registry.url();
    let file = format!("server = \"{url}\"\n[host.\"{url}\"]\n{ALL}\nskip_verify = true\n");
    pull_and_push(&file, &registry);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn http_without_a_server_is_pulled_and_pushed() {
    let registry = with_image(registry());
    pull_and_push(
        &format!("[host.\"{}\"]\n{ALL}\n", registry.url()),
        &registry,
    );
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn https_with_its_authority_in_one_place_alone_is_pulled_and_pushed() {
    let authority = CertificateAuthority::new();
    let registry = over_tls(&authority);
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.certificate_pem()).unwrap();
    let (url, ca) = (registry.url(), ca.display());
    let file = format!("server = \"{url}\"\n[host.\"{url}\"]\n{ALL}\nca = \"{ca}\"\n");
    pull_and_push(&file, &registry);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn https_that_is_not_verified_in_one_place_alone_is_pulled_and_pushed() {
    let registry = over_tls(&CertificateAuthority::new());
    let url = registry.url();
    let file = format!("server = \"{url}\"\n[host.\"{url}\"]\n{ALL}\nskip_verify = true\n");
    pull_and_push(&file, &registry);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn http_before_https_of_one_host_is_pulled_and_pushed() {
    let registry = with_image(registry());
    let address = registry.address();
    let file = format!(
        "server = \"https://{address}/v2\"\nskip_verify = true\n\
         [host.\"http://{address}/v2\"]\n{ALL}\nskip_verify = true\n"
    );
    pull_and_push(&file, &registry);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_path_that_refuses_everybody_is_passed_over_for_one_that_asks() {
    let registry = registry();
    registry.put_image("a/team/app", "v1", &image());
    registry.when(
        |request| request.path.starts_with("/v2/b"),
        support::http::Reply::status(403),
    );
    let url = registry.url();
    let paths = ["b", "a"].map(|path| {
        format!("[host.\"{url}/v2/{path}\"]\ncapabilities = [\"pull\", \"resolve\"]\noverride_path = true\n")
    });
    let site = Site::of_file(&paths.concat());
    site.log_in(&registry, "u", PASSWORD);
    site.pull().assert_success();
    assert_pulled_by_ctr(&site);
}

/// With one login, which `login` verifies.
fn pull_and_push(file: &str, registry: &ProgrammableRegistry) {
    let site = Site::of_file(file);
    site.log_in(registry, "u", PASSWORD);
    let ran = site.pull();
    assert!(!ran.assert_success().output().contains(PASSWORD), "{ran}");
    let ran = site.run("push", &[]);
    assert!(ran.assert_success().stdout.contains("pushed "), "{ran}");
    assert_pulled_by_ctr(&site);
}

fn assert_pulled_by_ctr(site: &Site) {
    let account = format!("u:{PASSWORD}");
    let mut ctr = site.daemon.ctr_command();
    ctr.args([
        "images",
        "pull",
        "--snapshotter",
        "native",
        "--user",
        &account,
    ])
    .arg("--hosts-dir")
    .arg(site.home.hosts_dir())
    .arg(IMAGE);
    process::run(&mut ctr, b"").assert_success();
}

fn registry() -> ProgrammableRegistry {
    ProgrammableRegistry::basic(&[Account::new("u", PASSWORD)])
}

fn over_tls(authority: &CertificateAuthority) -> ProgrammableRegistry {
    let identity = authority.server(&["127.0.0.1"]);
    with_image(
        ProgrammableRegistry::settings_basic(&[Account::new("u", PASSWORD)])
            .tls(identity.server_config(None))
            .start(),
    )
}

fn with_image(registry: ProgrammableRegistry) -> ProgrammableRegistry {
    registry.put_image("team/app", "v1", &image());
    registry
}

fn image() -> Image {
    Image::of_sizes("repeated", &[100, 200])
}
