//! `docker-credential-portunus` in docker's protocol: what it answers, keeps and refuses.

use std::fs;

use serde_json::{Value, json};
use support::helper_script::HelperScript;
use support::home::Home;
use support::keyring::Keyring;
use support::process::{self, Ran};
use support::program;

pub(super) fn helper(home: &Home, verb: &str, input: &str) -> Ran {
    let path = home.bin_dir().join("docker-credential-portunus");
    if !path.exists() {
        home.link(&program::portunus(), "docker-credential-portunus");
    }
    process::run(home.command(path).arg(verb), input.as_bytes())
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
        (
            "https://index.docker.io/v1/refresh-token",
            "token",
            "refresh",
        ),
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

#[support::test]
fn whoever_asks_for_help_gets_it() {
    let home = Home::new();
    for verb in ["--help", "-h", "help"] {
        let ran = helper(&home, verb, "");
        let said = &ran.assert_success().stdout;
        for word in [
            "<store|get|erase|list|version>",
            "credsStore",
            "PORTUNUS_PROFILE",
        ] {
            assert!(said.contains(word), "{ran}");
        }
    }
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
