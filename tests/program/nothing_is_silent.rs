//! What is passed over is told: keys that answer for nobody, secrets without a credential, and what
//! the environment names in vain.

use std::fs;

use serde_json::{Value, json};
use support::home::Home;
use support::process::Ran;
use worlds::login::assert_says;

fn write_docker_config(home: &Home, text: &str) {
    fs::write(home.docker_config(), text).unwrap();
}

fn run(home: &Home, arguments: &[&str]) -> Ran {
    let ran = home.portunus(arguments).run();
    ran.assert_success();
    ran
}

fn warnings(ran: &Ran) -> usize {
    let is_warning = |line: &&str| line.starts_with("warning: ");
    ran.stderr.lines().filter(is_warning).count()
}

const UNUSABLE: [(&str, &str); 3] = [
    (":1:11: `https://reg.test/team/app`", "URL with a path"),
    (
        ":1:55: `reg.test/team/app:v1`",
        "which has neither tag nor digest",
    ),
    (":1:94: `reg.test?x=1`", "only `?ns=` is known"),
];

fn home_with_unusable_keys() -> Home {
    let home = Home::new();
    let keys = [
        "https://reg.test/team/app",
        "reg.test/team/app:v1",
        "reg.test?x=1",
    ];
    let entries = keys.map(|key| format!("\"{key}\":{{\"auth\":\"dTpw\"}}"));
    write_docker_config(&home, &format!("{{\"auths\":{{{}}}}}", entries.join(",")));
    home
}

#[support::test]
fn each_key_that_answers_for_nobody_is_told_with_place_and_reason() {
    let home = home_with_unusable_keys();
    for arguments in [
        &["list"][..],
        &["resolve", "--why", "reg.test/team/app:v1"],
        &["logout", "--all", "--yes"],
    ] {
        let ran = run(&home, arguments);
        assert_eq!(warnings(&ran), UNUSABLE.len(), "{ran}");
        for (place, reason) in UNUSABLE {
            let lines = ran.stderr.lines();
            let mut told = lines.filter(|line| line.contains(place));
            assert!(told.any(|line| line.contains(reason)), "{ran}");
        }
    }
    let listed = run(&home, &["list"]);
    assert_says(&listed, &["3 entries are of no use"]);
    let why = run(&home, &["resolve", "--why", "reg.test/team/app:v1"]);
    for (place, _) in UNUSABLE {
        let line = format!("passed over: ~/.docker/config.json{place}");
        assert!(why.stdout.contains(&line), "{why}");
    }
    for arguments in [
        &["list", "--json"][..],
        &["resolve", "--json", "reg.test/a"],
    ] {
        let document: Value = serde_json::from_str(&run(&home, arguments).stdout).unwrap();
        let unusable = document["unusable"].as_array().unwrap();
        assert_eq!(unusable.len(), 3, "{document:#}");
        let location = unusable[0]["location"].as_str().unwrap();
        assert!(location.ends_with("config.json:1:11"), "{location}");
    }
}

#[support::test]
fn of_many_keys_the_first_are_told_and_then_their_number() {
    let home = Home::new();
    let keys = (0..25).map(|at| format!("\"reg.test/app:v{at}\":{{\"auth\":\"dTpw\"}}"));
    let keys: Vec<String> = keys.collect();
    write_docker_config(&home, &format!("{{\"auths\":{{{}}}}}", keys.join(",\n")));
    for command in [&["list"][..], &["resolve", "reg.test/app"]] {
        let ran = run(&home, command);
        assert_eq!(warnings(&ran), 21, "{ran}");
        assert_says(&ran, &["5 more entries are not used, 25 in all"]);
        assert!(!ran.stderr.contains("app:v20`"), "{ran}");
        let ran = run(&home, &[command, &["-v"]].concat());
        assert_eq!(warnings(&ran), 25, "{ran}");
    }
}

#[support::test]
fn whatever_else_of_docker_s_file_is_not_used_is_told() {
    let login = json!({"auth": "dTpw"});
    let other = json!({"auth": "eDp5"});
    for (config, told) in [
        (
            json!({"reg.test": login}),
            Some("`reg.test` is not read: there is no `auths` in this file"),
        ),
        (
            json!({"auths": {}, "reg.test": login}),
            Some("`reg.test` is not read: it stands outside of `auths`"),
        ),
        (
            json!({"auths": {"reg.test": {}}}),
            Some("`reg.test` is empty, and no helper is named"),
        ),
        (
            json!({"auths": {"reg.test": login}, "credsStore": "vault"}),
            Some("`reg.test` is not read: docker-credential-vault answers"),
        ),
        (
            json!({"auths": {"reg.test": login, "https://reg.test/v1/": other}}),
            Some("`https://reg.test/v1/` is not read: `reg.test` names the same"),
        ),
        (
            json!({"credHelpers": {"reg.test/team": "vault"}}),
            Some("`reg.test/team` names no host in `credHelpers`"),
        ),
        (
            json!({"credHelpers": {"*.*": "vault"}}),
            Some("`*.*` in `credHelpers` would be for hosts of any name"),
        ),
        (
            json!({"auths": {"reg.test": {"auth": "u:canary"}}}),
            Some("`reg.test`: `auth` is not base64"),
        ),
        (
            json!({"auths": {"reg.test": {"auth": "Y2FuYXJ5"}}}),
            Some("`reg.test`: `auth` has no colon between user name and password"),
        ),
        (
            json!({"auths": {"reg.test": "dTpjYW5hcnk="}}),
            Some("`reg.test`: the entry is not an object"),
        ),
        (
            json!({"auths": {"reg.test": {"password": "canary"}}}),
            Some("`reg.test`: `password` stands without a `username`"),
        ),
        (
            json!({"auths": {"reg.test": null}}),
            Some("`reg.test` is empty, and no helper is named"),
        ),
        (
            json!({"credStore": "vault"}),
            Some("`credStore` is not read: did you mean `credsStore`?"),
        ),
        (
            json!({"credHelper": {"reg.test": "vault"}}),
            Some("`credHelper` is not read: did you mean `credHelpers`?"),
        ),
        // What docker writes itself, and what says the same twice.
        (
            json!({"auths": {"https://index.docker.io/v1/": login,
                "https://index.docker.io/v1/access-token": login}}),
            None,
        ),
        (
            json!({"auths": {"reg.test": {}}, "credsStore": "vault"}),
            None,
        ),
        // A helper of other hosts.
        (json!({"credHelpers": {"*.reg.test": "vault"}}), None),
        (
            json!({"auths": {"reg.test": login, "https://reg.test": login}}),
            None,
        ),
        (
            json!({"HttpHeaders": {"User-Agent": "x"}, "psFormat": "x", "auths": {}}),
            None,
        ),
    ] {
        let home = Home::new();
        write_docker_config(&home, &config.to_string());
        let ran = run(&home, &["resolve", "reg.test/app"]);
        assert_eq!(
            warnings(&ran),
            usize::from(told.is_some()),
            "{config}\n{ran}"
        );
        assert_says(&ran, told.as_slice());
        assert!(!ran.output().contains("canary"), "{ran}");
        // Whatever is passed over is counted.
        let listed = run(&home, &["list", "--json"]);
        let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
        let unusable = listed["unusable"].as_array().unwrap();
        assert_eq!(unusable.len(), usize::from(told.is_some()), "{config}");
    }
}

#[support::test]
fn a_file_of_podman_s_names_no_helper_for_all_hosts() {
    let home = Home::new();
    let file = home.path().join("auth.json");
    fs::write(&file, r#"{"auths": {}, "credsStore": "vault"}"#).unwrap();
    let ran = home.portunus(&["resolve", "reg.test/app"]);
    let ran = ran.env("REGISTRY_AUTH_FILE", file.to_str().unwrap()).run();
    ran.assert_success();
    assert_says(
        &ran,
        &["`credsStore` is passed over", "`credHelpers` alone"],
    );
}

#[support::test]
fn an_entry_of_our_own_file_that_is_none_is_told_and_counted() {
    for (entry, problem) in [
        (r#""not a key/": {}"#, "the name is not a credential key"),
        (
            r#""reg.test": {"kind": "ssh_key", "secret": "canary"}"#,
            "`kind` is not",
        ),
    ] {
        let home = Home::new();
        fs::create_dir_all(home.config_dir()).unwrap();
        let text = format!("{{\"version\": 1, \"credentials\": {{\n{entry}}}}}");
        fs::write(home.credentials_file(), &text).unwrap();
        let listed = run(&home, &["list"]);
        assert_says(
            &listed,
            &["credentials.json:2:", problem, "1 entry is of no use"],
        );
        let why = run(&home, &["resolve", "--why", "reg.test/app"]);
        let told = why
            .stdout
            .lines()
            .filter(|line| line.contains("passed over: "));
        assert!(told.into_iter().any(|line| line.contains(problem)), "{why}");
        assert!(!listed.output().contains("canary"), "{listed}");
    }
}

#[support::test]
fn a_pull_secret_that_holds_nothing_for_anybody_is_told() {
    let home = Home::new();
    let file = home.path().join("secret.json");
    for (secret, told) in [
        (
            json!({"auths": {"reg.test": {}}, "credsStore": "osxkeychain"}),
            &[
                "it holds no credential for anybody",
                "`reg.test` is empty",
                "`credsStore` is passed over",
            ][..],
        ),
        (
            json!({"reg.test": {"auth": "dTpw"}}),
            &["it holds no credential", "there is no `auths`"],
        ),
    ] {
        fs::write(&file, secret.to_string()).unwrap();
        let path = file.to_str().unwrap();
        let ran = run(&home, &["resolve", "--pull-secret", path, "reg.test/app"]);
        assert_says(&ran, told);
        assert_eq!(warnings(&ran), told.len(), "{ran}");
    }
}

#[support::test]
fn what_the_environment_names_in_vain_is_told() {
    let home = Home::new();
    write_docker_config(&home, "{}");
    let config = home.docker_config().display().to_string();
    let folder = home.docker_dir().display().to_string();
    for (variable, value, told) in [
        ("DOCKER_CONFIG", config.as_str(), "which is no directory"),
        ("DOCKER_CONFIG", "/nowhere", "which does not exist"),
        (
            "REGISTRY_AUTH_FILE",
            "/nowhere/auth.json",
            "which does not exist",
        ),
        (
            "REGISTRY_AUTH_FILE",
            folder.as_str(),
            "which is a directory",
        ),
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "which does not exist"),
        ("SSL_CERT_FILE", folder.as_str(), "which is a directory"),
        ("SSL_CERT_DIR", "/nowhere", "which does not exist"),
        ("SSL_CERT_DIR", config.as_str(), "which is no directory"),
    ] {
        for command in [&["list"][..], &["resolve", "reg.test/app"]] {
            let ran = home.portunus(command).env(variable, value).run();
            ran.assert_success();
            let warning = format!("warning: {variable} names {value}, {told}");
            assert_says(&ran, &[&warning]);
            assert_eq!(warnings(&ran), 1, "{ran}");
        }
    }
    let ran = home.portunus(&["list"]).env("DOCKER_CONFIG", &config).run();
    assert_says(&ran, &[&format!("help: set DOCKER_CONFIG to {folder}\n")]);
    let login = [
        "login",
        "reg.test",
        "-u",
        "u",
        "--password-stdin",
        "--no-verify",
    ];
    let ran = home.portunus(&login).env("DOCKER_CONFIG", &config);
    let ran = ran.input("canary").run();
    ran.assert_code(5);
    assert_says(&ran, &["not a directory", "warning: DOCKER_CONFIG names "]);
}

#[support::test]
fn a_registry_namespace_that_no_directory_speaks_for_is_an_error_of_check() {
    let home = Home::new();
    home.write_hosts_toml("reg.test", "server = \"https://reg.test\"\n");
    home.portunus(&["check", "reg.test"]).run().assert_success();
    let ran = home.portunus(&["check", "other.test"]).run();
    ran.assert_code(5);
    assert_says(&ran, &["no directory speaks for other.test in "]);
    home.write_hosts_toml("_default", "");
    let ran = home.portunus(&["check", "other.test"]).run();
    ran.assert_success();
}

#[support::test]
fn every_source_is_listed_with_what_it_holds() {
    let home = home_with_unusable_keys();
    let places = [
        ("docker", ".docker/config.json", "0 entries, 3 of no use"),
        ("file", ".config/portunus/credentials.json", "absent"),
        ("environment", "DOCKER_AUTH_CONFIG", "absent"),
        ("containers", ".config/containers/auth.json", "absent"),
        ("containers", ".dockercfg", "absent"),
    ];
    for (command, shape) in [
        (&["-v", "resolve", "reg.test/app"][..], "source=\""),
        (&["config"], ""),
    ] {
        let told = run(&home, command).output();
        for (source, place, holds) in places {
            let mut lines = told.lines();
            let found = lines.any(|line| {
                line.contains(&format!("{shape}{source}"))
                    && line.contains(place)
                    && line.ends_with(holds)
            });
            assert!(found, "{source} {place} {holds}\n{told}");
        }
    }
    let document: Value = serde_json::from_str(&run(&home, &["config", "--json"]).stdout).unwrap();
    let sources = document["sources"].as_array().unwrap();
    let docker = sources.iter().find(|it| it["source"] == "docker").unwrap();
    assert_eq!(
        (&docker["present"], &docker["entries"], &docker["unusable"]),
        (&json!(true), &json!(0), &json!(3))
    );
    let settings = document["settings"].as_array().unwrap();
    let dirs = settings
        .iter()
        .find(|it| it["key"] == "hosts_dirs")
        .unwrap();
    assert_eq!(dirs["value"], json!([home.hosts_dir()]));
    assert_eq!(dirs["from"], "PORTUNUS_HOSTS_DIR");
}

#[support::test]
fn a_given_secret_that_fits_no_host_is_told_with_its_keys_and_the_nearest() {
    let home = Home::new();
    let file = home.path().join("secret.json");
    let path = file.to_str().unwrap();
    let login = json!({"auth": "dTpw"});
    let secret = json!({"auths": {"docker.pkg.test": login, "reg.test": login}});
    fs::write(&file, secret.to_string()).unwrap();
    let resolve = |image| run(&home, &["resolve", "--pull-secret", path, image]);
    let ran = resolve("europe-central2-docker.pkg.test/p/app");
    assert_says(
        &ran,
        &[
            "its keys are docker.pkg.test, reg.test; ",
            "the nearest to europe-central2-docker.pkg.test is docker.pkg.test\n",
        ],
    );
    let ran = resolve("reg.test/p/app");
    assert_eq!(warnings(&ran), 0, "{ran}");
}
