//! Other people's clients log in and pull through `docker-credential-portunus`.

use std::fs;

use serde_json::{Value, json};
use support::account::Account;
use support::docker_registry::{Auth, DockerRegistry};
use support::home::Home;
use support::image::Image;
use support::pki::CertificateAuthority;
use support::programmable_registry::ProgrammableRegistry;
use support::registry_client::{self, Login};
use support::{podman, process, tools};

use super::credential_helper::helper;

/// Where no daemon says otherwise it asks registries over TLS alone.
#[support::test(needs("docker/docker"))]
fn docker_logs_in_and_out_through_us() {
    let home = Home::new();
    let authority = CertificateAuthority::new();
    let certificate = authority.server(&["127.0.0.1"]);
    let registry = ProgrammableRegistry::settings_basic(&[Account::new("alice", "wonder")]);
    let registry = registry.tls(certificate.server_config(None)).start();
    let roots = home.path().join("roots.pem");
    fs::write(&roots, authority.certificate_pem()).unwrap();
    helper(&home, "version", "").assert_success();
    fs::write(home.docker_config(), r#"{"credsStore": "portunus"}"#).unwrap();
    let docker = |arguments: &[&str], input: &str| {
        let mut docker = home.command(tools::program("docker/docker"));
        docker.env("SSL_CERT_FILE", &roots);
        process::run(docker.args(arguments), input.as_bytes())
    };
    let address = &*registry.address();
    docker(
        &["login", "-u", "alice", "--password-stdin", address],
        "wonder",
    )
    .assert_success();
    let config: Value = serde_json::from_slice(&fs::read(home.docker_config()).unwrap()).unwrap();
    assert_eq!(config["auths"][address], json!({}));
    let own = fs::read_to_string(home.credentials_file()).unwrap();
    assert!(own.contains("wonder") && own.contains(address));
    let manifest = format!("{address}/team/app:none");
    let inspected = docker(&["manifest", "inspect", &manifest], "");
    assert!(inspected.stderr.contains("no such manifest"), "{inspected}");
    docker(&["logout", address], "").assert_success();
    assert!(
        !fs::read_to_string(home.credentials_file())
            .unwrap()
            .contains("wonder")
    );
}

#[support::test(needs("skopeo", "docker-registry", "htpasswd"))]
fn skopeo_logs_in_and_copies_through_us() {
    let mut home = Home::new();
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    let address = registry.address().to_owned();
    let image = Image::small("private");
    registry_client::push(
        &address,
        "team/app",
        "v1",
        &image,
        &Login::Basic("alice".to_owned(), "wonder".to_owned()),
    );
    helper(&home, "version", "").assert_success();
    let logins = home.path().join("auth.json");
    let helpers = json!({"credHelpers": {(&address): "portunus"}});
    fs::write(&logins, helpers.to_string()).unwrap();
    home.set_env("REGISTRY_AUTH_FILE", logins.to_str().unwrap());
    let skopeo = |arguments: &[&str], input: &str| {
        let mut skopeo = home.command(tools::program("skopeo"));
        process::run(skopeo.args(arguments), input.as_bytes())
    };
    let source = format!("docker://{address}/team/app:v1");
    let copy = [
        "--insecure-policy",
        "copy",
        "--src-tls-verify=false",
        &source,
        "dir:copied",
    ];
    assert!(!skopeo(&copy, "").status.success());
    let login = [
        "login",
        "--tls-verify=false",
        "-u",
        "alice",
        "--password-stdin",
        &address,
    ];
    skopeo(&login, "wonder").assert_success();
    assert!(
        fs::read_to_string(home.credentials_file())
            .unwrap()
            .contains("wonder")
    );
    skopeo(&copy, "").assert_success();
    assert!(home.path().join("copied/manifest.json").is_file());
    skopeo(&["logout", "--tls-verify=false", &address], "").assert_success();
    assert!(!skopeo(&copy, "").status.success());
}

/// Where no `auth.json` names a helper, `registries.conf` does for every registry.
#[support::test(needs("skopeo", "docker-registry", "htpasswd"))]
fn skopeo_finds_us_by_registries_conf() {
    let home = Home::new();
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    let address = registry.address();
    helper(&home, "version", "").assert_success();
    let folder = home.path().join(".config/containers");
    fs::create_dir_all(&folder).unwrap();
    let registries = folder.join("registries.conf");
    fs::write(&registries, "credential-helpers = [\"portunus\"]\n").unwrap();
    let skopeo = |arguments: &[&str], input: &str| {
        let mut skopeo = home.command(tools::program("skopeo"));
        skopeo.env("CONTAINERS_REGISTRIES_CONF", &registries);
        // Where that is set, newer ones know no other file, and ask no helper.
        skopeo.env_remove("DOCKER_CONFIG");
        process::run(skopeo.args(arguments), input.as_bytes())
    };
    let login = ["login", "--tls-verify=false", "-u", "alice"];
    let login = [&login[..], &["--password-stdin", address]].concat();
    skopeo(&login, "wonder").assert_success();
    let own = fs::read_to_string(home.credentials_file()).unwrap();
    assert!(own.contains("wonder") && own.contains(address), "{own}");
    let account = skopeo(&["login", "--get-login", address], "");
    assert_eq!(account.assert_success().stdout.trim(), "alice");
    skopeo(&["logout", "--tls-verify=false", address], "").assert_success();
    let own = fs::read_to_string(home.credentials_file()).unwrap();
    assert!(!own.contains("wonder"), "{own}");
}

#[support::test(needs("podman", "docker-registry", "htpasswd"))]
fn podman_logs_in_and_out_through_us() {
    let mut home = Home::new();
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    let address = registry.address().to_owned();
    helper(&home, "version", "").assert_success();
    let logins = home.path().join("auth.json");
    let helpers = json!({"credHelpers": {(&address): "portunus"}});
    fs::write(&logins, helpers.to_string()).unwrap();
    home.set_env("REGISTRY_AUTH_FILE", logins.to_str().unwrap());
    let podman = |arguments: &[&str], input: &str| podman::run(&home, arguments, input);
    let login = ["login", "--tls-verify=false", "-u", "alice"];
    let login = [&login[..], &["--password-stdin", &address]].concat();
    podman(&login, "wonder").assert_success();
    let own = fs::read_to_string(home.credentials_file()).unwrap();
    assert!(own.contains("wonder") && own.contains(&address));
    assert!(!fs::read_to_string(&logins).unwrap().contains("auth\":"));
    let account = podman(&["login", "--get-login", &address], "");
    assert_eq!(account.assert_success().stdout.trim(), "alice");
    // Without an account it asks the registry whether the stored one is still good.
    let again = podman(&["login", "--tls-verify=false", &address], "");
    assert!(
        again.assert_success().stdout.contains("are valid"),
        "{again}"
    );
    podman(&["logout", &address], "").assert_success();
    let own = fs::read_to_string(home.credentials_file()).unwrap();
    assert!(!own.contains("wonder"));
    assert!(
        !podman(&["login", "--get-login", &address], "")
            .status
            .success()
    );
}
