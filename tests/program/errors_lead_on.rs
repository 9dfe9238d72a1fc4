//! Every error is one line in lower case, what belongs to it below, and then what to run next.

use std::fs;

use support::home::Home;
use support::program;
use support::workspace;
use worlds::login::assert_says;

#[support::test]
fn every_error_of_the_written_sessions_leads_on() {
    let mut errors = 0;
    for session in workspace::files(&["session.txt"]) {
        let text = fs::read_to_string(workspace::root().join(&session)).unwrap();
        for (_, told) in text
            .split("\n$ ")
            .filter_map(|it| it.split_once("--- stderr\n"))
        {
            errors += checked(told, &session.display().to_string());
        }
    }
    assert!(errors >= 3, "only {errors} errors were seen");
}

#[support::test]
fn every_error_about_bad_input_leads_on() {
    let login = ["login", "reg.test", "-u", "alice", "-p", "secret"];
    let with = |more: &[&'static str]| [&login[..], more].concat();
    for (arguments, code) in [
        (vec!["resovle", "alpine"], 2),
        (vec!["resolve"], 2),
        (vec!["resolve", "alpine", "busybox"], 2),
        (vec!["resolve", "--pul", "alpine"], 2),
        (vec!["resolve", "reg.test/Upper"], 2),
        (vec!["resolve", "--profile", "a/b", "alpine"], 2),
        (vec!["resolve", "--pull-secret", "nowhere", "alpine"], 5),
        (vec!["resolve", "alpine", "--log-format", "xml"], 2),
        (vec!["pull", "--progress", "plian", "alpine"], 2),
        (vec!["pull", "127.0.0.1:1/app", "--oci-layout", "layout"], 1),
        (
            vec!["pull", "alpine", "--oci-layout", "l", "--platform", "x"],
            2,
        ),
        (vec!["pull", "alpine", "--oci-layout", "config.toml/l"], 1),
        (vec!["pull", "alpine", "--address", "/nowhere.sock"], 1),
        (vec!["pull", "alpine", "-n", "a b"], 2),
        (
            vec!["push", "127.0.0.1:1/app", "--oci-layout", "nowhere"],
            6,
        ),
        (
            vec!["push", "127.0.0.1:1/app", "--address", "/nowhere.sock"],
            1,
        ),
        (vec!["hosts", "faulty.test"], 5),
        (vec!["check", "--daemon", "new"], 2),
        (vec!["login"], 2),
        (vec!["login", "reg.test/team", "-u", "a", "-p", "b"], 2),
        (vec!["login", "reg.test"], 2),
        (vec!["login", "127.0.0.1:1", "-u", "a", "-p", "b"], 1),
        (vec!["login", "reg.test", "-p", "b"], 2),
        (vec!["login", "reg.test", "-u", "a", "--password-stdin"], 2),
        (with(&["--store", "nowhere"]), 2),
        (with(&["--no-verify", "--store", "helper:none"]), 5),
        (with(&["--repository", "Upper", "--no-verify"]), 2),
        (with(&["--registry-namespace", "a b"]), 2),
        (with(&["--registry-namespace", "other.test"]), 2),
        (vec!["logout", "--exit-code"], 6),
        (vec!["logout", "--exit-code", "reg.test"], 6),
        (vec!["logout", "reg.test/team"], 2),
        (vec!["completion", "tcsh"], 2),
    ] {
        let home = Home::new();
        home.write_hosts_toml("faulty.test", "server = 7\n");
        fs::write(home.path().join("config.toml"), "").unwrap();
        let ran = home.portunus(&arguments).run();
        assert_eq!(checked(&ran.stderr, &ran.to_string()), 1, "{ran}");
        ran.assert_code(code);
    }
    for (variable, value) in [
        ("PORTUNUS_LOG", "loud"),
        ("PORTUNUS_STORE", "nowhere"),
        ("PORTUNUS_PROFILE", "a/b"),
    ] {
        let mut home = Home::new();
        home.remove_env("XDG_CONFIG_HOME");
        let ran = home
            .portunus(&["resolve", "alpine"])
            .env(variable, value)
            .run();
        assert_eq!(checked(&ran.stderr, &ran.to_string()), 1, "{ran}");
        ran.assert_code(2);
    }
    for (file, text) in [
        ("config.toml", "store = \n"),
        ("config.toml", "store = 7\n"),
        ("config.toml", "trust = 7\n"),
        ("credentials.json", "{"),
    ] {
        let home = Home::new();
        fs::write(home.config_dir().join(file), text).unwrap();
        let ran = home.portunus(&["list"]).run();
        assert_eq!(checked(&ran.stderr, &ran.to_string()), 1, "{ran}");
        ran.assert_code(5);
    }
}

/// Another run would tell no more.
#[support::test]
fn where_nothing_is_to_be_added_the_cause_stands_alone() {
    let mut home = Home::new();
    fs::write(home.path().join("config.toml"), "").unwrap();
    let full = fs::File::create("/dev/full").unwrap();
    let mut command = home.command(program::portunus());
    let ran = command.arg("version").stdout(full).output().unwrap();
    let told = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(
        told, "error: cannot read or write: no space left on device\n",
        "{ran:?}"
    );
    for asked in ["--help", "--version"] {
        let full = fs::File::create("/dev/full").unwrap();
        let mut command = home.command(program::portunus());
        let ran = command.arg(asked).stdout(full).output().unwrap();
        assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    }
    let folder = fs::File::open("/").unwrap();
    let mut command = home.command(program::portunus());
    command.args(["login", "reg.test", "-u", "a", "--password-stdin"]);
    let ran = command.stdin(folder).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&ran.stderr),
        "error: cannot read standard input: is a directory\n"
    );
    let ran = home.portunus(&["man", "config.toml/man"]).run();
    ran.assert_code(1);
    assert_eq!(
        ran.stderr,
        "error: cannot write to config.toml/man: not a directory\n"
    );
    home.set_env("PORTUNUS_CONFIG_DIR", "config.toml");
    let login = ["login", "reg.test", "-u", "a", "--password-stdin"];
    let more = ["--no-verify", "--store", "file"];
    let ran = home.portunus(&[&login[..], &more].concat()).input("canary");
    let ran = ran.run();
    ran.assert_code(5);
    assert!(ran.stderr.contains("not a directory\n"), "{ran}");
    assert!(!ran.stderr.contains("help:"), "{ran}");
}

/// How many errors there are, each of them told as it should be.
#[track_caller]
fn checked(told: &str, origin: &str) -> usize {
    let lines: Vec<&str> = told.lines().collect();
    let is_error = |line: &&str| line.starts_with("error:");
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| is_error(line)) {
        let message = line.strip_prefix("error: ").unwrap_or_default();
        assert!(
            message.starts_with(|first: char| !first.is_uppercase() && !first.is_whitespace()),
            "not in lower case: {line}\n{origin}"
        );
        let below = lines[at + 1..].iter();
        let next = below.clone().find(|line| !line.starts_with("  "));
        assert!(
            next.is_some_and(|next| next.starts_with("help: ")),
            "no help after: {line}\n{origin}"
        );
    }
    lines.into_iter().filter(is_error).count()
}

#[support::test]
fn the_login_in_place_of_a_secret_in_a_file_is_named_whole() {
    let home = Home::new();
    for table in [
        "[host.\"https://u:p@m.test:5000\"]\n",
        "[host.\"https://m.test:5000\"]\n[host.\"https://m.test:5000\".header]\nauthorization = \"canary\"\n",
    ] {
        home.write_hosts_toml("reg.test", table);
        let ran = home.portunus(&["check"]).run();
        let help =
            "help: take it out and run: portunus login --registry-namespace reg.test m.test:5000\n";
        assert_says(&ran, &[help]);
        assert!(!ran.output().contains("canary"), "{ran}");
    }
}
