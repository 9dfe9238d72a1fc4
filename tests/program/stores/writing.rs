//! Logins that are written at the same time, are killed, or meet files they cannot use, lose
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::home::Home;
use support::{process, program, tools};

/// Our own file, or docker's.
pub(super) const STORES: [&str; 2] = ["file", "docker"];

pub(super) fn login(home: &Home, store: &str, host: &str, password: &str) -> Command {
    let mut command = home.command(program::portunus());
    command
        .args(["login", "--no-verify", "--store", store, "-u", "user"])
        .args(["-p", password, host]);
    command
}

pub(super) fn file_of(home: &Home, store: &str) -> std::path::PathBuf {
    match store {
        "file" => home.credentials_file(),
        _ => home.docker_config(),
    }
}

pub(super) fn hosts_in(file: &Path) -> BTreeSet<String> {
    let document: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let section = document
        .get("credentials")
        .or_else(|| document.get("auths"));
    let entries = section.unwrap().as_object().unwrap();
    entries.keys().cloned().collect()
}

#[support::test]
fn fifty_processes_leave_fifty_entries_in_our_file() {
    fifty_processes("file");
}

#[support::test]
fn fifty_processes_leave_fifty_entries_in_docker_s_file() {
    fifty_processes("docker");
}

fn fifty_processes(store: &str) {
    let home = Home::new();
    let started = (0..50).map(|at| {
        let mut command = login(&home, store, &format!("h{at}.test"), "pw");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().unwrap()
    });
    let mut running: Vec<_> = started.collect();
    for child in &mut running {
        assert!(child.wait().unwrap().success());
    }
    let expected: BTreeSet<String> = (0..50).map(|at| format!("h{at}.test")).collect();
    assert_eq!(hosts_in(&file_of(&home, store)), expected);
}

/// The program lets nobody look into its memory, but root: strace shows no path to others.
#[support::test(needs("strace", "root?"))]
fn a_login_killed_at_any_system_call_leaves_the_old_or_the_new_file() {
    const CALLS: &str = "openat,write,flock,fchmod,chmod,fchown,fsync,rename,unlink,ftruncate";
    for store in STORES {
        let home = Home::new();
        process::run(&mut login(&home, store, "old.test", "first"), b"").assert_success();
        let file = file_of(&home, store);
        let old = fs::read(&file).unwrap();
        let log = home.path().join("strace.log");
        let strace = |injected: &str| {
            let command = login(&home, store, "new.test", "second");
            let mut strace = home.command(tools::program("strace"));
            strace
                .args(["-f", "-qq", "-o"])
                .arg(&log)
                .args(["-e", &format!("trace={CALLS}")]);
            if !injected.is_empty() {
                strace.args(["-e", injected]);
            }
            strace.arg(command.get_program()).args(command.get_args());
            process::run(&mut strace, b"")
        };
        strace("").assert_success();
        let new = fs::read(&file).unwrap();
        assert_ne!(old, new);
        let trace = fs::read_to_string(&log).unwrap();
        let calls = calls_of_the_write(&trace);
        let (mut killed, mut kept) = (0, 0);
        for (call, count) in calls {
            fs::write(&file, &old).unwrap();
            let ran = strace(&format!("inject={call}:signal=KILL:when={count}"));
            killed += u32::from(!ran.status.success());
            let now = fs::read(&file).unwrap();
            kept += u32::from(now == old);
            let whole = now == old || hosts_in(&file).contains("new.test");
            assert!(whole, "{store}, killed at {call} number {count}");
        }
        assert!(
            killed > 10 && kept > 5,
            "{store}: killed {killed}, kept {kept}"
        );
        // The next login clears away what the killed ones left.
        process::run(&mut login(&home, store, "new.test", "third"), b"").assert_success();
        let left = fs::read_dir(file.parent().unwrap()).unwrap().flatten();
        let left = left.filter(|entry| entry.file_name().to_string_lossy().contains("portunus-"));
        assert_eq!(left.count(), 0);
    }
}

/// The system calls from the first look at the lock file on: their names, and how many of that
/// name the thread has made by then.
pub(super) fn calls_of_the_write(trace: &str) -> Vec<(&str, usize)> {
    let calls: Vec<(&str, &str)> = trace
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(thread, call)| (thread, call.trim_start()))
        .collect();
    let locking = |(_, call): &(&str, &str)| call.contains(".json.lock");
    let first = calls.iter().position(locking).unwrap();
    let thread = calls[first].0;
    let mut counts = BTreeMap::new();
    let mut found = Vec::new();
    for (at, (by, call)) in calls.iter().enumerate() {
        let Some((name, _)) = call.split_once('(').filter(|_| *by == thread) else {
            continue;
        };
        let count = counts.entry(name).or_insert(0);
        *count += 1;
        if at >= first {
            found.push((name, *count));
        }
    }
    found
}

#[support::test]
fn what_others_wrote_into_docker_s_file_survives_byte_for_byte() {
    let home = Home::new();
    let before = "{\n   \"HttpHeaders\": {\"X\":\"1\"},\n   \"auths\": {\n      \"z.test\": {\"auth\":\"dTpw\",\"email\":\"e@x\",  \"n\": 2.50},\n      \"nerdctl-experimental://a.test:443/host/m.test:443\": {\"auth\": \"dTpw\"}\n   },\n   \"zzz\": [1e400, 12345678901234567890]\n}\n";
    fs::write(home.docker_config(), before).unwrap();
    process::run(&mut login(&home, "docker", "new.test:443", "pw"), b"").assert_success();
    let added =
        ",\n      \"new.test\": {\n         \"auth\": \"dXNlcjpwdw==\"\n      }\n   },\n   \"zzz\"";
    let expected = before.replace("\n   },\n   \"zzz\"", added);
    assert_eq!(fs::read_to_string(home.docker_config()).unwrap(), expected);
    home.portunus(&["logout", "https://new.test/v2/"])
        .run()
        .assert_success();
    assert_eq!(fs::read_to_string(home.docker_config()).unwrap(), before);
}

#[support::test]
fn a_link_stays_a_link_and_a_wider_mode_is_tightened() {
    for store in STORES {
        let home = Home::new();
        let file = file_of(&home, store);
        let target = home.path().join("elsewhere.json");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        symlink(
            "../../elsewhere.json".replace("../..", home.path().to_str().unwrap()),
            &file,
        )
        .unwrap();
        // The target is not there yet.
        process::run(&mut login(&home, store, "a.test", "pw"), b"").assert_success();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
        let ran = process::run(&mut login(&home, store, "b.test", "pw"), b"");
        ran.assert_success();
        assert!(
            ran.stderr
                .contains("others could read it (mode 0644); it is 0600 now"),
            "{ran}"
        );
        assert!(fs::symlink_metadata(&file).unwrap().is_symlink());
        assert_eq!(
            target.metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(hosts_in(&target).len(), 2);
    }
}

/// Runs a login in a mount namespace of its own, after `mount`.
fn login_after_mount(home: &Home, mount: &str, store: &str) -> process::Ran {
    let login = login(home, store, "new.test", "pw");
    let script = format!("PATH=/usr/sbin:/usr/bin:/sbin:/bin; {mount} && exec \"$@\"");
    let mut command = home.command(tools::program("unshare"));
    command.args(["-m", "--", "/bin/sh", "-c", &script, "sh"]);
    command.arg(login.get_program()).args(login.get_args());
    process::run(&mut command, b"")
}

#[support::test(needs("namespaces?"))]
fn a_file_that_cannot_be_renamed_over_is_written_in_place() {
    for store in STORES {
        let home = Home::new();
        process::run(&mut login(&home, store, "old.test", "pw"), b"").assert_success();
        let file = file_of(&home, store);
        let host = home.path().join("on-the-host.json");
        fs::copy(&file, &host).unwrap();
        let mount = format!("mount -n --bind {} {}", host.display(), file.display());
        login_after_mount(&home, &mount, store).assert_success();
        assert_eq!(hosts_in(&host).len(), 2, "{store}");
        assert_eq!(hosts_in(&file).len(), 1, "{store}");
    }
}

#[support::test(needs("namespaces?"))]
fn a_read_only_file_system_is_named_and_nothing_changes() {
    for store in STORES {
        let home = Home::new();
        process::run(&mut login(&home, store, "old.test", "pw"), b"").assert_success();
        let file = file_of(&home, store);
        let folder = file.parent().unwrap().display().to_string();
        let mount =
            format!("mount -n --bind {folder} {folder} && mount -n -o remount,ro,bind {folder}");
        let ran = login_after_mount(&home, &mount, store);
        ran.assert_code(5);
        assert!(ran.stderr.contains(file.to_str().unwrap()), "{ran}");
        assert!(ran.stderr.contains("read-only"), "{ran}");
        assert_eq!(hosts_in(&file).len(), 1);
    }
}

#[support::test]
fn files_that_cannot_be_used_are_named_and_left_alone() {
    let large = format!("{{\"x\": \"{}\"}}", "x".repeat(33 * 1024 * 1024));
    let cases: [(&str, &str); 5] = [
        (
            "{\"version\": 1, \"credentials\": {\"hunter2",
            "the JSON ends too early",
        ),
        ("[\"hunter2\"]", "is not an object"),
        (
            "{\"version\": 1, \"auths\": 7, \"credentials\": 7}",
            "is not an object",
        ),
        ("\u{feff}{}", "not valid JSON"),
        (&large, "it is larger than 32 MiB"),
    ];
    for store in STORES {
        for (text, problem) in cases {
            let home = Home::new();
            let file = file_of(&home, store);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
            for ran in [
                process::run(&mut login(&home, store, "a.test", "pw"), b""),
                home.portunus(&["logout", "a.test"]).run(),
            ] {
                ran.assert_code(5);
                assert!(ran.stderr.contains(file.to_str().unwrap()), "{ran}");
                assert!(ran.stderr.contains(problem), "{ran}");
                assert!(!ran.output().contains("hunter2"), "{ran}");
            }
            assert!(fs::read_to_string(&file).unwrap() == text);
        }
        let home = Home::new();
        let file = file_of(&home, store);
        fs::create_dir_all(&file).unwrap();
        let ran = process::run(&mut login(&home, store, "a.test", "pw"), b"");
        ran.assert_code(5);
        assert!(ran.stderr.contains("it is a directory"), "{ran}");
    }
}
