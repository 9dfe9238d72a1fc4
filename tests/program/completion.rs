//! What a shell offers while a command is typed.

use std::fs;

use support::home::Home;

fn home() -> Home {
    let home = Home::new();
    home.write_hosts_toml("reg-a.test", "[host.\"https://mirror.test:5000\"]\n");
    home.write_hosts_toml("docker.io", "[host.\"https://cache.test\"]\n");
    let login = |user: &str| serde_json::json!({ "kind": "password", "username": user, "secret": "canary-1" });
    let credentials = serde_json::json!({
        "version": 1,
        "credentials": {
            "mirror.test:5000?ns=reg-a.test": login("alice"),
            "plain.test": login("bob"),
            "team.test?profile=work": login("carol"),
        },
    });
    fs::write(
        home.config_dir().join("config.toml"),
        "[profiles.ci]\ninherit = false\n",
    )
    .unwrap();
    fs::write(home.credentials_file(), credentials.to_string()).unwrap();
    home
}

/// What the shell's script gets for the last of these words.
fn offered(home: &Home, shell: &str, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let ran = home
        .portunus(&[&["--"], words].concat())
        .env("PORTUNUS_STORE", "file")
        .env("PORTUNUS_COMPLETE", shell)
        .env("_CLAP_COMPLETE_INDEX", &index)
        .env("_CLAP_IFS", "\n")
        .run();
    assert!(
        ran.stderr.is_empty() && !ran.stdout.contains("canary"),
        "{ran}"
    );
    ran.stdout
        .lines()
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect()
}

#[support::test]
fn registry_namespaces_hosts_and_stored_logins_are_offered() {
    let home = home();
    for (line, expected) in [
        ("portunus hosts reg", vec!["reg-a.test"]),
        ("portunus resolve d", vec!["docker.io/"]),
        ("portunus login --registry-namespace d", vec!["docker.io"]),
        (
            "portunus login --registry-namespace reg-a.test m",
            vec!["mirror.test:5000"],
        ),
        (
            "portunus login --registry-namespace=docker.io c",
            vec!["cache.test"],
        ),
        ("portunus logout p", vec!["plain.test"]),
        (
            "portunus logout --registry-namespace reg-a.test m",
            vec!["mirror.test:5000"],
        ),
        ("portunus logout --registry-namespace reg-a.test p", vec![]),
        ("portunus resolve --prob", vec!["--probe"]),
        ("portunus resolve --profile c", vec!["ci"]),
        ("portunus --profile w", vec!["work"]),
        ("portunus --profile work logout t", vec!["team.test"]),
        ("portunus logout --profile=work p", vec![]),
        ("portunus logout t", vec![]),
        ("portunus --config-dir ~/nowhere logout p", vec![]),
        ("portunus --hosts-dir nowhere hosts reg", vec![]),
        (
            "portunus --hosts-dir nowhere --hosts-dir ~/certs.d hosts reg",
            vec!["reg-a.test"],
        ),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        for shell in ["bash", "fish", "powershell"] {
            assert_eq!(offered(&home, shell, &words), expected, "{shell}: {line}");
        }
    }
}

#[support::test]
fn a_broken_home_offers_nothing_and_prints_nothing() {
    let home = home();
    fs::write(home.config_dir().join("config.toml"), "store = \n").unwrap();
    assert_eq!(
        offered(&home, "bash", &["portunus", "hosts", "reg"]),
        [""; 0]
    );
    assert_eq!(offered(&home, "bash", &["portunus", "resol"]), ["resolve"]);
}
