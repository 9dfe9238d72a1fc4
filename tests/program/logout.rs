//! `portunus logout`: what it removes, in which spelling, and what it leaves.

use std::fs;

use serde_json::{Value, json};
use support::home::Home;
use worlds::login::assert_says;

use crate::worlds::{hosts, log_in, log_out};

#[support::test]
fn a_host_reached_over_http_is_logged_out_of_as_it_was_logged_in_to() {
    for (file_of, arguments, stored_at) in [
        ("hp.test", vec!["hp.test"], "hp.test:80"),
        (
            "hp.test",
            vec!["--repository", "team", "hp.test"],
            "hp.test:80",
        ),
        (
            "sk.test",
            vec!["--registry-namespace", "sk.test", "hp.test"],
            "hp.test:80",
        ),
        ("sk.test", vec!["endpoint://sk.test/hp.test"], "hp.test:80"),
    ] {
        let home = Home::new();
        home.write_hosts_toml(file_of, "server = \"http://hp.test\"\n");
        log_in(&home, &arguments);
        assert_eq!(hosts(&home), [stored_at]);
        log_out(&home, &arguments).assert_success();
        assert_eq!(hosts(&home), [""; 0], "{arguments:?}");
        log_in(&home, &arguments);
        log_out(&home, &["--all", "HP.test"]).assert_success();
        assert_eq!(hosts(&home), [""; 0], "{arguments:?}");
    }
    let home = Home::new();
    log_in(&home, &["hp.test:80"]);
    log_out(&home, &["--exit-code", "hp.test"]).assert_code(6);
    log_out(&home, &["--all", "--exit-code", "hp.test"]).assert_code(6);
    assert_eq!(hosts(&home), ["hp.test:80"], "another host is left alone");
}

#[support::test]
fn a_broken_hosts_toml_keeps_nobody_logged_in() {
    for arguments in [vec!["hp.test"], vec!["--all", "hp.test"]] {
        for broken in ["server = \n", "capabilities = 7\n"] {
            let home = Home::new();
            log_in(&home, &["hp.test"]);
            home.write_hosts_toml("hp.test", broken);
            log_out(&home, &arguments).assert_success();
            assert_eq!(hosts(&home), [""; 0], "{arguments:?}");
        }
        // What is wrong with the file does not hide what is right.
        let home = Home::new();
        home.write_hosts_toml("hp.test", "server = \"http://hp.test\"\n");
        log_in(&home, &["hp.test"]);
        let misspelt = "server = \"http://hp.test\"\nskip_verfy = true\n";
        home.write_hosts_toml("hp.test", misspelt);
        log_out(&home, &arguments).assert_success();
        assert_eq!(hosts(&home), [""; 0], "{arguments:?}");
    }
}

fn write_docker_config(home: &Home, config: &Value) {
    fs::write(home.docker_config(), config.to_string()).unwrap();
}

fn docker_config(home: &Home) -> Value {
    serde_json::from_slice(&fs::read(home.docker_config()).unwrap()).unwrap()
}

#[support::test]
fn a_broken_helper_does_not_keep_the_others_from_being_removed() {
    for (arguments, told) in [
        (
            vec!["--all", "--yes"],
            &[
                "removed u at a.test from",
                "removed u at c.test from",
                "cannot ask for `b.test`",
            ][..],
        ),
        (vec!["b.test"], &["cannot ask for `b.test`"]),
    ] {
        let home = Home::new();
        let login = json!({"auth": "dTpw"});
        let config = json!({"credHelpers": {"b.test": "missing"}, "auths": {"a.test": login, "c.test": login}});
        write_docker_config(&home, &config);
        let ran = log_out(&home, &arguments);
        ran.assert_code(5);
        assert_says(&ran, told);
        if arguments[0] == "--all" {
            assert_eq!(docker_config(&home)["auths"], json!({}));
        }
    }
}

#[support::test]
fn what_a_broken_helper_s_file_holds_is_removed() {
    let home = Home::new();
    let config =
        json!({"credHelpers": {"b.test": "missing"}, "auths": {"b.test": {"auth": "dTpw"}}});
    write_docker_config(&home, &config);
    let ran = log_out(&home, &["b.test"]);
    ran.assert_code(5);
    assert_says(
        &ran,
        &["removed u at b.test from", "cannot ask for `b.test`"],
    );
    assert_eq!(docker_config(&home)["auths"], json!({}));
}

#[support::test]
fn a_mark_stays_while_its_helper_fails() {
    let home = Home::new();
    let config = json!({"credsStore": "missing", "auths": {"b.test": {}}});
    write_docker_config(&home, &config);
    for (arguments, told) in [
        (vec!["--all", "--yes"], "cannot ask for `all`"),
        (vec!["b.test"], "cannot ask for `b.test`"),
    ] {
        let ran = log_out(&home, &arguments);
        ran.assert_code(5);
        assert_says(&ran, &[told]);
        assert_eq!(docker_config(&home), config);
    }
}

#[support::test]
fn what_cannot_be_listed_is_not_taken_for_removed() {
    let home = Home::new();
    write_docker_config(&home, &json!({"credsStore": "missing"}));
    log_in(&home, &["a.test"]);
    let ran = log_out(&home, &["--all", "--yes"]);
    ran.assert_code(5);
    assert_says(&ran, &["removed u at a.test from", "cannot ask for `all`"]);
}

#[support::test]
fn a_login_is_named_as_it_was_shown() {
    for (arguments, key) in [
        (
            vec![
                "--registry-namespace",
                "a.test",
                "--repository",
                "team",
                "m.test",
            ],
            "m.test?ns=a.test&path=team",
        ),
        (
            vec!["m.test?path=team&ns=a.test"],
            "m.test?ns=a.test&path=team",
        ),
        (
            vec!["--registry-namespace", "a b", "m.test"],
            "m.test?ns=a%20b",
        ),
        (
            vec!["--profile", "ci", "--repository", "team", "m.test"],
            "m.test?path=team&profile=ci",
        ),
    ] {
        let home = Home::new();
        let ran = log_in(&home, &arguments);
        assert_says(&ran, &[&format!("stored, not checked: u at {key}\n")]);
        if arguments[0] == "--profile" {
            let ran = log_out(&home, &[key]);
            ran.assert_code(2);
            assert_says(&ran, &["the profile is default, not ci", "--profile ci"]);
            log_out(&home, &["--profile", "ci", key]).assert_success();
        } else {
            log_out(&home, &[key]).assert_success();
        }
        assert_eq!(hosts(&home), [""; 0], "{key}");
    }
}

#[support::test]
fn every_login_at_a_host_is_not_those_of_one_registry_namespace() {
    let home = Home::new();
    log_in(&home, &["m.test"]);
    for server in [
        "m.test?ns=a.test",
        "m.test?path=team",
        "endpoint://a.test/m.test",
    ] {
        log_out(&home, &["--all", server]).assert_code(2);
    }
    assert_eq!(hosts(&home), ["m.test"]);
}

const LOGIN: &str = "{\"auths\": {\"reg.test\": {\"auth\": \"dTpw\"}}}";

#[support::test]
fn a_login_says_what_comes_before_it() {
    let warning = "DOCKER_AUTH_CONFIG holds a login for `reg.test`, which comes first";
    for (arguments, warned) in [
        (vec!["reg.test"], true),
        (vec!["https://REG.test:443"], true),
        (vec!["other.test"], false),
        (vec!["--repository", "team", "reg.test"], false),
        (vec!["--profile", "ci", "reg.test"], false),
    ] {
        let mut home = Home::new();
        home.set_env("DOCKER_AUTH_CONFIG", LOGIN);
        let ran = log_in(&home, &arguments);
        assert_eq!(ran.stderr.contains(warning), warned, "{arguments:?}\n{ran}");
        assert_eq!(
            ran.stderr.contains("help: unset DOCKER_AUTH_CONFIG"),
            warned
        );
    }
}

#[support::test]
fn what_a_logout_cannot_remove_is_named() {
    for arguments in [
        vec!["reg.test"],
        vec!["--all", "reg.test"],
        vec!["--all", "--yes"],
    ] {
        let mut home = Home::new();
        home.set_env("DOCKER_AUTH_CONFIG", LOGIN);
        let folder = home.runtime_dir().join("containers");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("auth.json");
        fs::write(&file, LOGIN).unwrap();
        log_in(&home, &["reg.test"]);
        let in_file = format!(
            "{} holds a login for `reg.test`, and is never written to",
            file.display()
        );
        let told = [
            "DOCKER_AUTH_CONFIG holds a login for `reg.test`, and is never written to",
            in_file.as_str(),
            "help: unset DOCKER_AUTH_CONFIG",
            "help: log out with the program that stored it there",
        ];
        let ran = log_out(&home, &arguments);
        ran.assert_success();
        assert_says(&ran, &["removed u at reg.test"]);
        assert_says(&ran, &told);
        let ran = log_out(&home, &arguments);
        ran.assert_success();
        assert_says(&ran, &["nothing that can be removed is stored"]);
        assert_says(&ran, &told);
        assert!(!ran.output().contains("portunus list"), "{ran}");
        let ran = log_out(&home, &["--all", "other.test"]);
        assert_says(&ran, &["nothing is stored for other.test", "portunus list"]);
    }
}

/// Where thousands are, each of them would be a line, and the time to write them.
#[support::test]
fn of_many_other_logins_at_a_host_the_first_are_told() {
    let home = Home::new();
    let login = r#"{"kind": "password", "username": "alice", "secret": "s"}"#;
    let logins = (0..3000).map(|at| format!("\"reg.test?path=p{at}\": {login}"));
    let logins = logins.collect::<Vec<_>>().join(",");
    let text = format!("{{\"version\": 1, \"credentials\": {{{logins}}}}}");
    fs::write(home.credentials_file(), text).unwrap();
    let ran = home.portunus(&["logout", "reg.test"]).run();
    ran.assert_success();
    let told = ran.stderr.matches("portunus logout --repository").count();
    assert_eq!(told, 10, "{ran}");
    assert!(
        ran.stderr.contains("`portunus list` shows the others"),
        "{ran}"
    );
}
