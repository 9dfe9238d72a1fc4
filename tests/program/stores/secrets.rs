//! No secret that is in any source is ever shown: not in `Debug`, errors, listings, plans, or on
//! a terminal.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portunus::credential::Credential;
use portunus::store::{
    ContainersAuth, CredentialsFile, DockerAuthVariable, DockerConfig, HelperPrograms, HelperStore,
    MemoryStore, Provenance, Source, SourceName, Store,
};
use serde_json::json;
use support::helper_script::HelperScript;
use support::home::Home;

/// In everything that is planted.
pub(super) const CANARY: &str = "c4n4ry-hunter2";

/// The canary, and what it is in base64 after any user name of three letters.
pub(super) fn assert_hidden(text: &str, what: &str) {
    let encoded = STANDARD.encode(format!("usr:{CANARY}"));
    let part = &encoded[6..20];
    for secret in [CANARY, "hunter2", part] {
        assert!(!text.contains(secret), "{what}: {text}");
    }
}

fn auth() -> String {
    STANDARD.encode(format!("usr:{CANARY}"))
}

/// Plants the canary in every file, variable and helper of a home.
pub(super) fn planted() -> Home {
    planted_for(str::to_owned)
}

/// The same for other hosts in place of these.
pub(super) fn planted_for(host: impl Fn(&str) -> String) -> Home {
    let mut home = Home::new();
    let entry = |kind: &str| json!({"kind": kind, "username": "usr", "secret": CANARY});
    let own_host = host("own.test");
    let own = json!({"version": 1, "credentials": {
        &own_host: entry("password"),
        format!("{own_host}?ns=docker.io"): entry("identity_token"),
        format!("{own_host}?path=team"): entry("registry_token"),
        "*.glob.test": entry("password"),
        "bad.test": {"kind": CANARY, "secret": CANARY},
        "broken/key": {"secret": CANARY},
    }});
    fs::create_dir_all(home.config_dir()).unwrap();
    fs::write(home.credentials_file(), own.to_string()).unwrap();
    let docker = json!({
        "auths": {
            host("docker.test"): {"auth": auth()},
            host("fields.test"): {"username": "usr", "password": CANARY},
            host("token.test"): {"identitytoken": CANARY, "registrytoken": CANARY},
            "bad.test": {"auth": CANARY},
            "worse.test": {"auth": [CANARY]},
        },
        "credHelpers": {host("helper.test"): "canary", host("failing.test"): "canary"},
    });
    fs::write(home.docker_config(), docker.to_string()).unwrap();
    let containers = home.runtime_dir().join("containers");
    fs::create_dir(&containers).unwrap();
    let podman = json!({"auths": {
        format!("{}/team", host("podman.test")): {"auth": auth()},
        "bad.test": {"auth": "%%"},
    }});
    fs::write(containers.join("auth.json"), podman.to_string()).unwrap();
    home.set_env(
        "DOCKER_AUTH_CONFIG",
        &json!({"auths": {host("env.test"): {"auth": auth()}}}).to_string(),
    );
    HelperScript::new()
        .holds(&host("helper.test"), "usr", CANARY)
        .answer("get", &host("failing.test"), CANARY, 1)
        .answer("list", "unused", CANARY, 1)
        .install(&home, "canary");
    home
}

const HOSTS: [&str; 11] = [
    "own.test",
    "a.glob.test",
    "docker.test",
    "fields.test",
    "token.test",
    "bad.test",
    "helper.test",
    "failing.test",
    "podman.test",
    "env.test",
    "absent.test",
];

fn sources(home: &Home) -> Vec<Box<dyn Source>> {
    let environment = home.env().iter();
    let programs =
        HelperPrograms::new(environment.map(|(name, value)| (name.into(), value.into())));
    let memory = MemoryStore::new(SourceName::COMMAND_LINE);
    let credential = Credential::password("usr", CANARY);
    memory
        .put(
            &"memory.test".parse().unwrap(),
            &credential,
            &Provenance::default(),
        )
        .unwrap();
    vec![
        Box::new(memory),
        Box::new(DockerAuthVariable::new(&home.env()["DOCKER_AUTH_CONFIG"])),
        Box::new(CredentialsFile::new(home.credentials_file())),
        Box::new(HelperStore::new("canary", &programs)),
        Box::new(DockerConfig::new(home.docker_config(), programs.clone())),
        Box::new(ContainersAuth::new(
            home.runtime_dir().join("containers/auth.json"),
            programs,
        )),
    ]
}

#[support::test]
fn no_source_shows_its_secrets() {
    let home = planted();
    let mut found = 0;
    for source in sources(&home) {
        for host in HOSTS {
            let entries = source.entries(&host.parse().unwrap());
            assert_hidden(&format!("{entries:?}"), host);
            for entry in entries.iter().flat_map(|entries| &entries.entries) {
                let credential = source.credential(entry);
                assert_hidden(&format!("{credential:?}"), host);
                if let Err(error) = &credential {
                    assert_hidden(&format!("{error} {:?}", error.remedy), host);
                }
                found += u32::from(matches!(credential, Ok(Some(_))));
            }
            for warning in entries.iter().flat_map(|entries| &entries.warnings) {
                assert_hidden(&warning.to_string(), host);
            }
        }
        // After use, when it holds what it has read.
        assert_hidden(&format!("{source:?} {source:#?}"), "the source itself");
    }
    assert!(found >= 9, "{found}");
}

#[support::test]
fn no_command_shows_a_secret() {
    let home = planted();
    let images: Vec<String> = HOSTS
        .iter()
        .map(|host| format!("{host}/team/app"))
        .collect();
    let mut commands: Vec<Vec<&str>> = vec![vec!["list"], vec!["list", "--json"], vec!["config"]];
    for image in &images {
        commands.push(vec!["resolve", "--why", image]);
        commands.push(vec!["resolve", "--json", image]);
        commands.push(vec!["resolve", "--push", image]);
    }
    commands.push(vec!["logout", "failing.test"]);
    for target in [
        &["new.test"][..],
        &["bad host"],
        &["failing.test"],
        &["--store", "helper:none", "x.test"],
    ] {
        let login = ["login", "--no-verify", "-u", "usr", "-p", CANARY];
        commands.push([&login, target].concat());
    }
    commands.push(vec!["logout", "--all", "--yes"]);
    for arguments in commands {
        let ran = home.portunus(&arguments).env("PORTUNUS_LOG", "trace").run();
        assert_hidden(&ran.output(), arguments[0]);
        assert!(!ran.output().contains("panicked"), "{ran}");
    }
}

#[support::test]
fn a_broken_file_is_described_without_its_secrets() {
    for cut in [30, 60, 90, 120] {
        let home = planted();
        for file in [home.credentials_file(), home.docker_config()] {
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, &text[..cut]).unwrap();
        }
        for arguments in [
            ["list", "--json"],
            ["resolve", "own.test/app"],
            ["logout", "own.test"],
        ] {
            let ran = home.portunus(&arguments).run();
            assert_hidden(&ran.output(), arguments[0]);
            ran.assert_code(5);
        }
    }
}
