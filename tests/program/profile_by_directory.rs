//! A profile that is in force in a directory, as `config.toml` says.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use support::home::Home;
use support::process::{self, Ran};
use support::program;

/// A home with these lines, and the folders that they speak of.
fn home(config: &str) -> Home {
    let home = Home::new();
    for folder in ["job/app/src", "job-not", "play"] {
        fs::create_dir_all(home.path().join(folder)).unwrap();
    }
    fs::write(home.config_dir().join("config.toml"), config).unwrap();
    home
}

/// Run in a folder of the home.
fn run_in(home: &Home, folder: impl AsRef<Path>, arguments: &[&str], variable: &str) -> Ran {
    let mut command = home.command(program::portunus());
    command.args(arguments).env("PORTUNUS_PROFILE", variable);
    process::run(command.current_dir(home.path().join(folder)), b"")
}

/// Which profile is in force there, and who says so.
fn in_force(home: &Home, folder: impl AsRef<Path>, flags: &[&str], variable: &str) -> String {
    let ran = run_in(home, folder, &[flags, &["config"]].concat(), variable);
    let listed = ran.assert_success().stdout.lines();
    let line = listed.into_iter().find(|line| line.starts_with("profile "));
    let words: Vec<&str> = line.unwrap().split_whitespace().collect();
    words[1..].join(" ")
}

const PROFILES: &str = "profile = 'usual'\n\
    [profiles.job]\ndirectories = ['~/job']\n\
    [profiles.src]\ndirectories = ['~/job/app/src/', '/nowhere']\n\
    [profiles.default]\ndirectories = ['~/play']\n";

#[support::test]
fn the_innermost_directory_chooses_before_the_usual_one_and_after_who_is_named() {
    let home = home(PROFILES);
    for (folder, flags, variable, expected) in [
        ("job", &[][..], "", "job config.toml, by directory"),
        ("job/app", &[], "", "job config.toml, by directory"),
        ("job/app/src", &[], "", "src config.toml, by directory"),
        ("play", &[], "", "default config.toml, by directory"),
        ("job-not", &[], "", "usual config.toml"),
        (".", &[], "", "usual config.toml"),
        ("job", &[], "other", "other PORTUNUS_PROFILE"),
        ("job", &["--profile", "mine"], "other", "mine --profile"),
    ] {
        let present = in_force(&home, folder, flags, variable);
        assert!(present.starts_with(expected), "{folder}: {present}");
    }
}

#[support::test]
fn a_directory_is_what_a_link_leads_to_and_nothing_in_it_chooses() {
    let home = home(PROFILES);
    fs::write(home.path().join("play/.portunus.toml"), "profile = 'evil'").unwrap();
    fs::write(home.path().join("play/config.toml"), "profile = 'evil'").unwrap();
    symlink(home.path().join("job"), home.path().join("play/link")).unwrap();
    symlink(home.path().join("play"), home.path().join("job/out")).unwrap();
    for (folder, expected) in [
        ("play", "default"),
        ("play/link", "job"),
        ("job/out", "default"),
    ] {
        let present = in_force(&home, folder, &[], "");
        assert!(present.starts_with(expected), "{folder}: {present}");
    }
}

#[support::test]
fn the_accounts_of_two_directories_do_not_meet() {
    let home = home(PROFILES);
    for (folder, user) in [("job", "alice"), ("play", "bob")] {
        let login = ["login", "-u", user, "--password-stdin", "--no-verify"];
        let login = [&login[..], &["--store", "file", "reg.test"]].concat();
        let mut command = home.command(program::portunus());
        command.args(login).current_dir(home.path().join(folder));
        process::run(&mut command, b"canary").assert_success();
    }
    for (folder, own, other) in [("job/app", "alice", "bob"), ("play", "bob", "alice")] {
        let shown = run_in(&home, folder, &["resolve", "reg.test/app"], "");
        let shown = shown.assert_success().output();
        assert!(shown.contains(own) && !shown.contains(other), "{shown}");
    }
    // Builders tell accounts apart by docker's folder alone: there it chooses nobody.
    let helper = home.link(&program::portunus(), "docker-credential-portunus");
    let mut get = home.command(helper);
    get.arg("get").current_dir(home.path().join("job"));
    process::run(&mut get, b"reg.test").assert_code(1);
}

#[support::test]
fn what_is_no_directory_or_that_of_two_is_refused() {
    for (config, told) in [
        (
            "[profiles.a]\ndirectories = ['job']\n",
            "config.toml:2:16: `profiles.NAME.directories`",
        ),
        (
            "[profiles.a]\ndirectories = '/job'\n",
            "is a list in brackets",
        ),
        ("[profiles.a]\ndirectories = ['']\n", "no path"),
        (
            "[profiles.a]\ndirectories = ['~alice/job']\n",
            "a path from `/` or from `~`",
        ),
        (
            "[profiles.a]\ndirectories = ['~/job']\n[profiles.b]\ndirectories = ['~/job/']\n",
            "gives ~/job to profile a and to profile b",
        ),
    ] {
        let home = home(config);
        let ran = run_in(&home, "job", &["list"], "");
        ran.assert_code(5);
        assert!(ran.stderr.contains(told), "{told}: {ran}");
    }
    let home =
        home("[profiles.a]\ndirectories = ['~/job']\n[profiles.b]\ndirectories = ['~/job']\n");
    run_in(&home, "play", &["list"], "").assert_success();
    run_in(&home, "job", &["list"], "a").assert_success();
}

#[support::test]
fn who_chooses_another_one_there_is_told_that_it_is_not_in_force() {
    let home = home(PROFILES);
    let ran = run_in(&home, "job", &["profile", "use", "mine"], "");
    assert!(
        ran.assert_success()
            .stderr
            .contains("names a profile, and goes before that"),
        "{ran}"
    );
    let ran = run_in(&home, "job-not", &["profile", "use", "mine"], "");
    assert!(
        !ran.assert_success().stderr.contains("goes before"),
        "{ran}"
    );
}
