//! A file of logins that cannot be written, locked or read as it is written keeps what it holds.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::home::Home;
use support::process::{self, Ran};
use support::{program, tools};

const LARGE: usize = 30_000;

fn login(home: &Home, host: &str, password: &str) -> Command {
    let mut command = home.command(program::portunus());
    command.args(["login", "--no-verify", "--store", "file", "-u", "user"]);
    command.args(["-p", password, host]);
    command
}

fn run(home: &Home, host: &str) -> Ran {
    process::run(&mut login(home, host, "pw"), b"")
}

fn hosts(text: &[u8]) -> Vec<String> {
    let document: Value = serde_json::from_slice(text).unwrap();
    let entries = document["credentials"].as_object().unwrap();
    entries.keys().cloned().collect()
}

#[support::test(needs("namespaces?"))]
fn a_mounted_file_on_a_full_disk_keeps_its_logins() {
    let home = Home::new();
    run(&home, "old.test").assert_success();
    let file = home.credentials_file();
    let (disk, seen) = (home.path().join("disk"), home.path().join("seen.json"));
    fs::create_dir(&disk).unwrap();
    let login = login(&home, "new.test", &"x".repeat(LARGE));
    let script = format!(
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin; mount -nt tmpfs -o size=16k,mode=700 none {disk} && \
         cp {file} {disk}/f && mount -n --bind {disk}/f {file} && {{ \"$@\"; code=$?; cp {file} {seen}; exit $code; }}",
        disk = disk.display(),
        file = file.display(),
        seen = seen.display(),
    );
    let mut command = home.command(tools::program("unshare"));
    command.args(["-m", "--", "/bin/sh", "-c", &script, "sh"]);
    command.arg(login.get_program()).args(login.get_args());
    let ran = process::run(&mut command, b"");
    ran.assert_code(5);
    assert!(ran.stderr.contains("no space left on device"), "{ran}");
    assert_eq!(hosts(&fs::read(&seen).unwrap()), ["old.test"]);
}

#[support::test]
fn a_lock_that_is_no_file_is_named_within_a_second() {
    let home = Home::new();
    run(&home, "old.test").assert_success();
    let lock = home.config_dir().join("credentials.json.lock");
    let before = fs::read(home.credentials_file()).unwrap();
    let pipe = |path: &Path| {
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, path, kind, mode, 0).unwrap();
    };
    let other = home.path().join("other");
    fs::write(&other, "theirs").unwrap();
    for planted in ["pipe", "link"] {
        fs::remove_file(&lock).unwrap();
        match planted {
            "pipe" => pipe(&lock),
            _ => symlink(&other, &lock).unwrap(),
        }
        let started = Instant::now();
        let ran = run(&home, "new.test");
        ran.assert_code(5);
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{planted}: {ran}"
        );
        assert!(ran.stderr.contains("lock file"), "{planted}: {ran}");
        assert_eq!(fs::read(home.credentials_file()).unwrap(), before);
    }
    assert_eq!(fs::read_to_string(&other).unwrap(), "theirs");
}

#[support::test]
fn what_a_killed_login_left_is_gone_after_the_next_command() {
    let home = Home::new();
    run(&home, "old.test").assert_success();
    fs::write(home.docker_config(), "{\"auths\": {}}").unwrap();
    fs::write(home.docker_dir().join("config.json.lock"), "").unwrap();
    let left = [
        home.config_dir().join(".credentials.json.portunus-aB3xYz"),
        home.docker_dir().join(".config.json.portunus-aB3xYz"),
    ];
    for file in &left {
        fs::write(file, "hunter2").unwrap();
    }
    home.portunus(&["list"]).run().assert_success();
    for file in &left {
        assert!(!file.exists(), "{}", file.display());
    }
}

#[support::test]
fn a_name_that_is_written_otherwise_is_no_second_reading() {
    let home = Home::new();
    fs::create_dir_all(home.config_dir()).unwrap();
    let text = "{\"version\": 1, \"Credentials\": {}}";
    fs::write(home.credentials_file(), text).unwrap();
    for ran in [
        run(&home, "new.test"),
        home.portunus(&["list"]).run(),
        home.portunus(&["logout", "new.test"]).run(),
    ] {
        ran.assert_code(5);
        assert!(ran.stderr.contains("lower case"), "{ran}");
    }
    assert_eq!(fs::read_to_string(home.credentials_file()).unwrap(), text);
}
