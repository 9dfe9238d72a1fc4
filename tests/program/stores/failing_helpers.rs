//! Helpers that fail in ways of their own: what became of them is told, and nothing they printed.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use support::home::Home;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::alice;

/// A pull that needs a login, which that helper is to have.
fn pull(home: &Home, helper: &str) -> Ran {
    let registry = ProgrammableRegistry::basic(&alice());
    let config = json!({ "credsStore": helper }).to_string();
    fs::write(home.docker_config(), config).unwrap();
    let image = format!("{}/team/app:v1", registry.address());
    let layout = home.path().join("layout").display().to_string();
    let ran = home
        .portunus(&["pull", &image, "--oci-layout", &layout])
        .run();
    assert!(!ran.output().contains("canary"), "{ran}");
    ran
}

#[support::test]
fn what_became_of_a_helper_is_told() {
    for (script, said) in [
        (
            "#!/bin/sh\necho canary\nkill -9 $$\n",
            "it was ended by signal 9",
        ),
        (
            "#!/nonexistent/python3\n",
            "it cannot be started: the interpreter or loader that it names is not there",
        ),
        (
            "#!/bin/sh\necho 'canary: User interaction is not allowed.'\nexit 1\n",
            "`get` failed: the keychain is locked, and nobody is there to open it",
        ),
        (
            "#!/bin/sh\necho 'NoCredentialProviders: no valid providers in chain'\nexit 1\n",
            "`get` failed: it found no credentials of AWS",
        ),
    ] {
        let home = Home::new();
        home.write_script("docker-credential-odd", script);
        let ran = pull(&home, "odd");
        ran.assert_code(1);
        assert!(ran.stderr.contains(said), "{ran}");
        // It would tell no more.
        assert!(!ran.stderr.contains("with -v"), "{ran}");
    }
}

#[support::test]
fn a_helper_that_is_there_and_cannot_be_run_is_told_as_that() {
    let home = Home::new();
    let file = home.write_script("docker-credential-odd", "#!/bin/sh\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let ran = pull(&home, "odd");
    let said = format!("{} is not executable", file.display());
    assert!(ran.stderr.contains(&said), "{ran}");
    assert!(!ran.stderr.contains("install"), "{ran}");
    let ran = pull(&home, "/usr/bin/docker-credential-pass");
    assert!(ran.stderr.contains("only: write `pass`"), "{ran}");
}

#[support::test]
fn a_helper_that_cannot_give_back_what_it_was_given_has_not_stored_it() {
    let home = Home::new();
    home.write_script("docker-credential-odd", "#!/bin/sh\necho '<html>canary'\n");
    fs::write(home.docker_config(), r#"{"credsStore": "odd"}"#).unwrap();
    let login = "login --no-verify -u amy --password-stdin reg.test";
    let words: Vec<&str> = login.split(' ').collect();
    let ran = home.portunus(&words).input("canary").run();
    assert!(!ran.status.success(), "{ran}");
    let said = "its answer is not what the protocol says";
    assert!(ran.stderr.contains(said), "{ran}");
    assert!(!ran.output().contains("canary"), "{ran}");
}

#[support::test]
fn a_list_tells_where_it_could_not_look() {
    let home = Home::new();
    home.write_script("docker-credential-odd", "#!/bin/sh\nexit 1\n");
    fs::write(home.docker_config(), r#"{"credsStore": "odd"}"#).unwrap();
    let ran = home.portunus(&["list"]).run();
    let said = "nothing is stored in what could be read";
    assert!(ran.stderr.contains(said), "{ran}");
    let ran = home.portunus(&["list", "--json"]).run();
    let listed: Value = serde_json::from_str(&ran.stdout).unwrap();
    let unread = listed["unread"].as_array().unwrap();
    let [unread] = unread.as_slice() else {
        panic!("{ran}")
    };
    let location = unread["location"].as_str().unwrap();
    assert!(location.starts_with("docker-credential-odd "), "{location}");
    assert_eq!(listed["credentials"], json!([]));
}
