//! Other people's clients log in and pull through `docker-credential-portunus`.

use std::fs;

use serde_json::{Value, json};
use support::docker_registry::{Auth, DockerRegistry};
use support::helper_script::HelperScript;
use support::home::Home;
use support::image::Image;
use support::keyring::Keyring;
use support::process::{self, Ran};
use support::registry_client::{self, Login};
use support::{podman, program, tools};

fn helper(home: &Home, verb: &str, input: &str) -> Ran {
    let path = home.bin_dir().join("docker-credential-portunus");
    if !path.exists() {
        home.link(&program::portunus(), "docker-credential-portunus");
    }
    process::run(home.command(path).arg(verb), input.as_bytes())
}

#[support::test(needs("docker?", "docker-registry", "htpasswd"))]
fn docker_logs_in_and_out_through_us() {
    let home = Home::new();
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    helper(&home, "version", "").assert_success();
    fs::write(home.docker_config(), r#"{"credsStore": "portunus"}"#).unwrap();
    let docker = |arguments: &[&str], input: &str| {
        let mut docker = home.command(tools::program("docker"));
        process::run(docker.args(arguments), input.as_bytes())
    };
    let address = registry.address();
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
    let inspected = docker(&["manifest", "inspect", "--insecure", &manifest], "");
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
    // Its logout wants the file that it looks at for logins to be there.
    fs::write(home.docker_config(), "{}").unwrap();
    let folder = home.path().join(".config/containers");
    fs::create_dir_all(&folder).unwrap();
    let registries = folder.join("registries.conf");
    fs::write(&registries, "credential-helpers = [\"portunus\"]\n").unwrap();
    let skopeo = |arguments: &[&str], input: &str| {
        let mut skopeo = home.command(tools::program("skopeo"));
        skopeo.env("CONTAINERS_REGISTRIES_CONF", &registries);
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
    let podman = |arguments: &[&str], input: &str| {
        let ran = process::run(podman::command(&home).args(arguments), input.as_bytes());
        podman::end(&home);
        ran
    };
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

/// What a client hands to its helper.
fn message() -> String {
    json!({"ServerURL": "reg.test", "Username": "amy", "Secret": "wonder"}).to_string()
}

#[support::test]
fn what_is_stored_through_us_never_comes_back_into_docker_s_file() {
    for config in [
        json!({}),
        json!({"credsStore": "portunus", "auths": {"reg.test": {}}}),
        json!({"credHelpers": {"reg.test": "portunus"}}),
        json!({"auths": {"reg.test": {"auth": "b2xkOnB3"}}}),
    ] {
        for choice in ["", "auto", "docker", "file", "helper:other"] {
            let mut home = Home::new();
            home.set_env("PORTUNUS_STORE", choice);
            let other = HelperScript::new().install(&home, "other");
            fs::write(home.docker_config(), config.to_string()).unwrap();
            helper(&home, "store", &message()).assert_success();
            let own = fs::read_to_string(home.credentials_file()).unwrap();
            assert!(own.contains("wonder"), "{choice}");
            helper(&home, "erase", "reg.test").assert_success();
            helper(&home, "get", "reg.test").assert_code(1);
            let now = fs::read_to_string(home.docker_config()).unwrap();
            assert_eq!(now, config.to_string(), "{choice}");
            assert_eq!(other.calls(), Vec::<String>::new(), "{choice}");
        }
    }
}

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn what_is_stored_through_us_goes_to_the_keyring() {
    let mut home = Home::new();
    let keyring = Keyring::unlocked(&mut home);
    fs::write(home.docker_config(), r#"{"credsStore": "portunus"}"#).unwrap();
    helper(&home, "store", &message()).assert_success();
    let lookup = ["lookup", "service", "portunus", "username", "reg.test"];
    let item = keyring.secret_tool(&home, &lookup, "");
    assert!(item.stdout.contains("wonder"), "{item}");
    assert!(!home.credentials_file().exists());
    let got = helper(&home, "get", "reg.test");
    assert!(got.assert_success().stdout.contains("wonder"), "{got}");
    let now = fs::read_to_string(home.docker_config()).unwrap();
    assert_eq!(now, r#"{"credsStore": "portunus"}"#);
}

#[support::test]
fn a_helper_that_calls_us_is_not_called_by_us() {
    for section in ["credsStore", "credHelpers"] {
        let home = Home::new();
        helper(&home, "version", "").assert_success();
        // It notes how deep it is called, and would go on for ever.
        let log = home.path().join("depth");
        let script = format!(
            "#!/bin/sh\nDEPTH=\"${{DEPTH}}x\"; export DEPTH\necho \"$DEPTH\" >> '{}'\n\
             docker-credential-portunus \"$@\"\n",
            log.display()
        );
        home.write_script("docker-credential-calls-us", &script);
        let config = match section {
            "credsStore" => json!({(section): "calls-us"}),
            _ => json!({(section): {"reg.test": "calls-us"}}),
        };
        fs::write(home.docker_config(), config.to_string()).unwrap();
        // As another client calls the helper.
        let path = home.bin_dir().join("docker-credential-calls-us");
        let through =
            |verb: &str, input: &str| process::run(home.command(&path).arg(verb), input.as_bytes());
        through("store", &message()).assert_success();
        let got = through("get", "reg.test");
        assert!(got.assert_success().stdout.contains("wonder"), "{got}");
        through("list", "").assert_success();
        through("erase", "reg.test").assert_success();
        // As we do.
        log_in(&home, &["--store", "auto", "reg.test"]);
        home.portunus(&["list"]).run().assert_success();
        home.portunus(&["resolve", "reg.test/app"])
            .run()
            .assert_success();
        home.portunus(&["logout", "reg.test"])
            .run()
            .assert_success();
        let depths = fs::read_to_string(&log).unwrap();
        assert!(depths.lines().count() >= 5, "{depths}");
        assert!(depths.lines().all(|depth| depth == "x"), "{depths}");
    }
}

#[support::test]
fn the_protocol_is_the_one_of_other_helpers() {
    let home = Home::new();
    let absent = "credentials not found in native keychain\n";
    assert_eq!(
        helper(&home, "get", "reg.test").assert_code(1).stdout,
        absent
    );
    assert_eq!(
        helper(&home, "list", "unused").assert_success().stdout,
        "{}\n"
    );
    helper(&home, "erase", "reg.test").assert_success();
    for (verb, input, said) in [
        ("get", "", "no credentials server URL"),
        ("erase", " \n", "no credentials server URL"),
        (
            "store",
            r#"{"ServerURL":"","Username":"u","Secret":"s"}"#,
            "no credentials server URL",
        ),
        (
            "store",
            r#"{"ServerURL":"h.test","Username":"","Secret":"s"}"#,
            "no credentials username",
        ),
        ("store", "hunter2", "not the JSON of the protocol"),
        ("bogus", "", "Unknown credential action `bogus`"),
    ] {
        let ran = helper(&home, verb, input);
        assert!(ran.assert_code(1).stdout.contains(said), "{ran}");
        assert!(!ran.output().contains("hunter2"));
    }
    for (server, user, secret) in [
        ("https://index.docker.io/v1/", "alice", "p\"\n"),
        ("https://index.docker.io/v1/access-token", "token", "access"),
        ("reg.test:5000", "<token>", "refresh"),
    ] {
        let message = json!({"ServerURL": server, "Username": user, "Secret": secret});
        let stored = helper(&home, "store", &format!("{message}\n"));
        assert_eq!(stored.assert_success().stdout, "");
        let answer = helper(&home, "get", &format!("{server}\n"));
        let answer: Value = serde_json::from_str(&answer.assert_success().stdout).unwrap();
        assert_eq!(answer, message);
    }
    let listed = helper(&home, "list", "unused");
    let listed: Value = serde_json::from_str(&listed.assert_success().stdout).unwrap();
    let expected = json!({"https://index.docker.io/v1/": "alice", "reg.test:5000": "<token>"});
    assert_eq!(listed, expected);
    helper(&home, "erase", "https://index.docker.io/v1/").assert_success();
    helper(&home, "get", "docker.io").assert_code(1);
    helper(&home, "get", "https://index.docker.io/v1/access-token").assert_success();
}

fn log_in(home: &Home, more: &[&str]) {
    let arguments = ["login", "--no-verify", "-u", "alice", "--password-stdin"];
    let arguments = [&arguments[..], more].concat();
    home.portunus(&arguments)
        .input("wonder")
        .run()
        .assert_success();
}

#[support::test]
fn a_scoped_entry_never_answers_for_the_plain_host() {
    let home = Home::new();
    log_in(
        &home,
        &[
            "--store",
            "file",
            "--registry-namespace",
            "docker.io",
            "m.test",
        ],
    );
    log_in(
        &home,
        &["--store", "file", "--repository", "team", "m.test"],
    );
    for server in [
        "m.test",
        "https://m.test",
        "m.test:443",
        "https://m.test/v2/",
    ] {
        helper(&home, "get", server).assert_code(1);
    }
    assert_eq!(helper(&home, "list", "").stdout, "{}\n");
    // Who asks cannot say which registry namespace it will show the secret to.
    helper(&home, "get", "m.test?ns=docker.io").assert_code(1);
}

/// A client cannot have verified what is for a registry namespace or for repositories.
#[support::test]
fn what_is_limited_is_neither_replaced_nor_removed_through_us() {
    let home = Home::new();
    let verified = [
        (
            ["--registry-namespace", "docker.io"],
            "m.test/?ns=docker.io",
        ),
        (["--repository", "team"], "m.test/team"),
    ];
    for (limit, _) in verified {
        log_in(
            &home,
            &[&["--store", "file"], &limit[..], &["m.test"]].concat(),
        );
    }
    let before = fs::read_to_string(home.credentials_file()).unwrap();
    for (limit, server) in verified {
        let command = |verb: &str| format!("portunus {verb} {} m.test", limit.join(" "));
        for server in [server.to_owned(), format!("https://{server}")] {
            let message = json!({"ServerURL": server, "Username": "carol", "Secret": "canary"});
            let stored = helper(&home, "store", &message.to_string());
            assert!(
                stored.assert_code(1).stdout.contains(&command("login")),
                "{stored}"
            );
            assert!(!stored.output().contains("canary"), "{stored}");
            let erased = helper(&home, "erase", &server);
            assert!(
                erased.assert_code(1).stdout.contains(&command("logout")),
                "{erased}"
            );
        }
    }
    assert_eq!(fs::read_to_string(home.credentials_file()).unwrap(), before);
}

#[support::test]
fn a_profile_answers_only_under_its_name() {
    let mut home = Home::new();
    log_in(&home, &["--store", "file", "--profile", "ci", "m.test"]);
    helper(&home, "get", "m.test").assert_code(1);
    home.set_env("PORTUNUS_PROFILE", "ci");
    helper(&home, "get", "m.test").assert_success();
    home.set_env("PORTUNUS_PROFILE", "other");
    helper(&home, "get", "m.test").assert_code(1);
}
