//! docker's own credential helpers, real and misbehaving.

use std::fs;
use std::time::{Duration, Instant};

use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::store::{
    DockerConfig, Entry, HelperPrograms, HelperStore, Provenance, Source, Store,
};
use serde_json::{Value, json};
use support::helper_script::HelperScript;
use support::home::Home;
use support::keyring::Keyring;
use support::password_store::PasswordStore;

fn login(home: &Home, store: &str, user: &str, password: &str) -> support::process::Ran {
    let arguments = [
        "login",
        "--no-verify",
        "--store",
        store,
        "-u",
        user,
        "--password-stdin",
    ];
    let arguments = [&arguments[..], &["reg.test"]].concat();
    home.portunus(&arguments).input(password).run()
}

fn programs(home: &Home) -> HelperPrograms {
    let environment = home.env().iter();
    HelperPrograms::new(environment.map(|(name, value)| (name.into(), value.into())))
}

fn key() -> CredentialKey {
    "reg.test".parse().unwrap()
}

/// What docker's file, or the helper it configures, has for `reg.test`.
fn found(home: &Home) -> Result<Option<Credential>, String> {
    let docker = DockerConfig::new(home.docker_config(), programs(home));
    let entries = docker
        .entries(&"reg.test".parse().unwrap())
        .map_err(|e| e.to_string())?;
    match entries.entries.first() {
        Some(entry) => docker.credential(entry).map_err(|error| error.to_string()),
        None => Ok(None),
    }
}

/// Logs in with two accounts one after the other, looks, and logs out.
fn switch_accounts(home: &Home, helper: &str) {
    let config = json!({"credsStore": helper, "auths": {"https://reg.test": {"auth": "b2xkOnB3"}}});
    fs::write(home.docker_config(), config.to_string()).unwrap();
    for (user, password) in [("amy", "first"), ("zed", "second"), ("bob", "th:ird")] {
        login(home, "auto", user, password).assert_success();
        assert_eq!(found(home), Ok(Some(Credential::password(user, password))));
    }
    // As docker leaves it: no secret, and no other spelling beside it.
    let config: Value = serde_json::from_slice(&fs::read(home.docker_config()).unwrap()).unwrap();
    assert_eq!(
        config,
        json!({"credsStore": helper, "auths": {"reg.test": {}}})
    );
    let listed = home.portunus(&["list", "--json"]).run();
    let listed: Value = serde_json::from_str(&listed.assert_success().stdout).unwrap();
    assert_eq!(listed["credentials"][0]["username"], "bob");
    let removed = home.portunus(&["logout", "reg.test"]).run();
    assert!(
        removed
            .assert_success()
            .stdout
            .contains(&format!("docker-credential-{helper}"))
    );
    assert_eq!(found(home), Ok(None));
    let again = home.portunus(&["logout", "--exit-code", "reg.test"]);
    again.run().assert_code(6);
}

#[support::test(needs("pass", "gpg", "docker-credential-pass"))]
fn pass_keeps_one_account_a_host() {
    let mut home = Home::new();
    let store = PasswordStore::new(&mut home);
    switch_accounts(store.home(), "pass");
    let slash = login(store.home(), "helper:pass", "a/b", "pw");
    assert!(slash.assert_code(2).stderr.contains("slash"), "{slash}");
}

#[support::test(needs("pass", "gpg", "docker-credential-pass"))]
fn docker_s_default_helper_is_found_as_docker_finds_it() {
    let mut home = Home::new();
    let store = PasswordStore::new(&mut home);
    login(store.home(), "docker", "amy", "first").assert_success();
    let config = fs::read_to_string(store.home().docker_config()).unwrap();
    let config: Value = serde_json::from_str(&config).unwrap();
    assert_eq!(
        config,
        json!({"auths": {"reg.test": {}}, "credsStore": "pass"})
    );
    assert_eq!(
        found(store.home()),
        Ok(Some(Credential::password("amy", "first")))
    );
}

#[support::test(needs(
    "dbus-daemon",
    "gnome-keyring-daemon",
    "secret-tool",
    "docker-credential-secretservice"
))]
fn the_secret_service_helper_keeps_one_account_a_host() {
    let mut home = Home::new();
    let _keyring = Keyring::unlocked(&mut home);
    let helper = support::tools::program("docker-credential-secretservice");
    home.link(&helper, "docker-credential-secretservice");
    switch_accounts(&home, "secretservice");
}

#[support::test(needs("pass", "gpg", "docker-credential-pass"))]
fn an_identity_token_goes_through_a_helper() {
    let mut home = Home::new();
    let store = PasswordStore::new(&mut home);
    let helper = HelperStore::new("pass", &programs(store.home()));
    let token = Credential::IdentityToken {
        username: None,
        token: "refresh".into(),
    };
    helper.put(&key(), &token, &Provenance::default()).unwrap();
    let entries = helper
        .entries(&"reg.test".parse().unwrap())
        .unwrap()
        .entries;
    assert_eq!(helper.credential(&entries[0]).unwrap(), Some(token));
    let scoped: CredentialKey = "reg.test?ns=docker.io".parse().unwrap();
    let password = Credential::password("u", "p");
    assert!(
        helper
            .put(&scoped, &password, &Provenance::default())
            .is_err()
    );
}

#[support::test]
fn a_missing_helper_is_named_with_the_file_and_a_public_pull_goes_on() {
    let home = Home::new();
    fs::write(home.docker_config(), r#"{"credsStore": "absent"}"#).unwrap();
    let error = found(&home).unwrap_err();
    for part in [
        "docker-credential-absent",
        home.docker_config().to_str().unwrap(),
        "`reg.test`",
        "PATH",
    ] {
        assert!(error.contains(part), "{error}");
    }
    home.portunus(&["resolve", "reg.test/app"])
        .run()
        .assert_success();
    let refused = login(&home, "auto", "amy", "first");
    assert!(
        refused
            .assert_code(5)
            .stderr
            .contains("docker-credential-absent"),
        "{refused}"
    );
}

#[support::test]
fn what_a_helper_cannot_keep_is_refused_before_it_is_asked() {
    let long = "x".repeat(64 * 1024);
    for (user, password, problem) in [
        ("amy", "p\0w", "NUL"),
        ("amy", long.as_str(), "64 KiB"),
        ("", "pw", "without a user name"),
    ] {
        let home = Home::new();
        let asked = home.path().join("asked");
        home.write_script(
            "docker-credential-odd",
            &format!("#!/bin/sh\n: > {}\n", asked.display()),
        );
        let refused = login(&home, "helper:odd", user, password);
        refused.assert_code(2);
        assert!(refused.stderr.contains(problem), "{refused}");
        let help = "help: use another store, `--store file`\n";
        assert!(refused.stderr.ends_with(help), "{refused}");
        assert!(!asked.exists());
    }
}

#[support::test]
fn a_helper_s_output_never_reaches_an_error() {
    for (output, code) in [
        ("boom hunter2", 3),
        ("hunter2", 0),
        ("{\"Username\":\"u\",\"Secret\":\"hunter2\"}", 1),
        ("{\"Username\":\"hunter2", 0),
        ("{\"Username\":[\"hunter2\"]}", 0),
    ] {
        let home = Home::new();
        fs::write(
            home.docker_config(),
            r#"{"credHelpers": {"reg.test": "odd"}}"#,
        )
        .unwrap();
        HelperScript::new()
            .answer("get", "reg.test", output, code)
            .install(&home, "odd");
        let error = found(&home).unwrap_err();
        assert!(
            error.contains("docker-credential-odd") && !error.contains("hunter2"),
            "{error}"
        );
    }
}

fn helper(home: &Home, script: &str) -> Result<Option<Credential>, String> {
    home.write_script(
        "docker-credential-odd",
        &format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n"),
    );
    let patience = Duration::from_millis(700);
    let helper = HelperStore::new("odd", &programs(home).with_patience(patience));
    let entry: Entry = helper
        .entries(&"reg.test".parse().unwrap())
        .unwrap()
        .entries
        .remove(0);
    helper.credential(&entry).map_err(|error| error.to_string())
}

#[support::test(waits)]
fn a_helper_that_hangs_is_killed_with_its_children() {
    for script in [
        "sleep 300 & echo $! > child; wait",
        "echo '{' ; sleep 300 & echo $! > child; exit 0",
    ] {
        let home = Home::new();
        let child = home.path().join("child");
        let started = Instant::now();
        let script = script.replace("child", child.to_str().unwrap());
        let error = helper(&home, &script).unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(10));
        assert!(error.contains("no answer within 0.7 s"), "{error}");
        let id = fs::read_to_string(&child).unwrap();
        let status = format!("/proc/{}/stat", id.trim());
        let dead = || fs::read_to_string(&status).map_or(true, |stat| stat.contains(") Z "));
        while !dead() {
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "its child lives on"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[support::test]
fn a_helper_that_floods_is_not_believed() {
    let error = helper(&Home::new(), "yes hunter2").unwrap_err();
    assert!(
        error.contains("more than 1 MiB") && !error.contains("hunter2"),
        "{error}"
    );
}

#[support::test]
fn a_helper_that_does_not_read_its_input_is_no_failure() {
    let script = "exec <&-; echo '{\"Username\":\"u\",\"Secret\":\"s\"}'";
    assert_eq!(
        helper(&Home::new(), script),
        Ok(Some(Credential::password("u", "s")))
    );
}

#[support::test]
fn a_name_with_a_path_is_no_helper() {
    for name in ["../x", "a b", "a;b", "x\u{0}"] {
        let home = Home::new();
        fs::write(
            home.docker_config(),
            json!({"credsStore": name}).to_string(),
        )
        .unwrap();
        let error = found(&home).unwrap_err();
        assert!(error.contains("letters, digits"), "{error}");
    }
    // Relative directories of PATH are not looked at.
    let mut home = Home::new();
    home.set_env("PATH", "bin:.");
    fs::write(home.docker_config(), r#"{"credsStore": "odd"}"#).unwrap();
    HelperScript::new()
        .holds("reg.test", "u", "s")
        .install(&home, "odd");
    assert!(found(&home).unwrap_err().contains("no such program"));
}

#[support::test]
fn portunus_never_starts_itself() {
    let home = Home::new();
    let portunus = support::program::portunus();
    home.link(&portunus, "docker-credential-portunus");
    home.link(&portunus, "docker-credential-other-name");
    // A helper that passes everything on to us.
    home.write_script(
        "docker-credential-wrapper",
        "#!/bin/sh\nexec docker-credential-portunus \"$@\"\n",
    );
    for name in ["portunus", "other-name", "wrapper"] {
        fs::write(
            home.docker_config(),
            json!({"credsStore": name}).to_string(),
        )
        .unwrap();
        let started = Instant::now();
        home.portunus(&["resolve", "reg.test/app"])
            .run()
            .assert_success();
        let ran = login(&home, "auto", "amy", "first");
        ran.assert_success();
        assert!(started.elapsed() < Duration::from_secs(20));
        let own = fs::read_to_string(home.credentials_file()).unwrap();
        assert!(own.contains("reg.test"), "{name}: {ran}");
        home.portunus(&["logout", "reg.test"])
            .run()
            .assert_success();
    }
}

#[support::test]
fn a_helper_is_asked_once_a_session() {
    let home = Home::new();
    fs::write(home.docker_config(), r#"{"credsStore": "odd"}"#).unwrap();
    let installed = HelperScript::new()
        .holds("reg.test", "u", "s")
        .install(&home, "odd");
    assert_eq!(found(&home), Ok(Some(Credential::password("u", "s"))));
    assert_eq!(installed.calls(), ["get reg.test"]);
}

#[support::test]
fn a_helper_that_cannot_erase_what_is_not_there_stores_all_the_same() {
    let home = Home::new();
    fs::write(
        home.docker_config(),
        json!({"credsStore": "sad"}).to_string(),
    )
    .unwrap();
    let said = "The specified item could not be found in the keychain.";
    let helper = HelperScript::new().answer("erase", "reg.test", said, 1);
    let helper = helper.install(&home, "sad");
    login(&home, "docker", "amy", "first").assert_success();
    assert!(helper.calls().iter().any(|call| call.starts_with("store ")));
    // What is there has to go before another account comes.
    let helper = HelperScript::new()
        .holds("reg.test", "zed", "second")
        .answer("erase", "reg.test", said, 1);
    helper.install(&home, "sad");
    login(&home, "docker", "amy", "first").assert_code(5);
}
