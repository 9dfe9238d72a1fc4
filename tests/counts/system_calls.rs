//! What the program asks of the kernel, from its start to its end.

use std::fs;
use std::path::Path;

use support::home::Home;
use support::keyring::Keyring;
use support::{process, program, tools};

use crate::counted::Counted;
use crate::inputs::{Shape, docker_config, hosts_toml, mirror, own_file, write};

/// Calls that come and go with who runs first: waiting for a thread, and memory that each thread
/// gets for itself.
const BY_CHANCE: [&str; 9] = [
    "futex",
    "madvise",
    "mmap",
    "mprotect",
    "munmap",
    "brk",
    "sched_yield",
    "restart_syscall",
    "rt_sigprocmask",
];

const IMAGE: &str = "docker.io/library/alpine";

/// The program lets nobody look into its memory, but root.
#[support::test(needs("strace", "root?"))]
fn the_program_asks_the_kernel_no_more_often_than_it_did() {
    let mut counted = Counted::default();
    for mirrors in [0, 2, 999] {
        let home = home(mirrors);
        let hosts = mirrors + 1;
        for verb in ["hosts", "resolve"] {
            let name = match verb {
                "hosts" => "docker.io",
                _ => IMAGE,
            };
            let calls = calls(&home, Path::new("portunus"), &[verb, name], b"");
            counted.add(format!("portunus {verb}, {hosts} hosts"), calls);
        }
    }
    let home = home(2);
    for verb in ["--version", "list"] {
        let calls = calls(&home, Path::new("portunus"), &[verb], b"");
        counted.add(format!("portunus {verb}"), calls);
    }
    let helper = Path::new("docker-credential-portunus");
    for verb in ["get", "list"] {
        let calls = calls(&home, helper, &[verb], mirror(0).as_bytes());
        counted.add(format!("docker-credential-portunus {verb}"), calls);
    }
    let request = format!(
        r#"{{"kind":"CredentialProviderRequest","image":"{}/team/app",
            "apiVersion":"credentialprovider.kubelet.k8s.io/v1"}}"#,
        mirror(0)
    );
    let verb = "credential-provider";
    let calls = calls(&home, Path::new("portunus"), &[verb], request.as_bytes());
    counted.add(format!("portunus {verb}"), calls);
    counted.hold("system-calls");
}

/// As few messages as for three hosts: one look for the keys that the keyring has, whichever hosts there are.
#[support::test(needs(
    "strace",
    "root?",
    "dbus-daemon",
    "gnome-keyring-daemon",
    "secret-tool"
))]
fn a_plan_asks_the_keyring_no_more_often_than_it_did() {
    let mut counted = Counted::default();
    for mirrors in [2, 999] {
        let mut home = home(mirrors);
        let _keyring = Keyring::unlocked(&mut home);
        let login = [
            "login",
            "--no-verify",
            "--store",
            "keyring",
            "--registry-namespace",
            "docker.io",
            "-u",
            "alice",
            "--password-stdin",
        ];
        home.portunus(&[&login[..], &[&mirror(1)]].concat())
            .input("secret")
            .run()
            .assert_success();
        // The threads of the bus's client wake each other now more, now less often.
        let traces: [_; 3] =
            std::array::from_fn(|_| trace(&home, Path::new("portunus"), &["resolve", IMAGE], b""));
        let least = |count: fn(&str) -> u64| traces.iter().map(|it| count(it)).min().unwrap();
        let what = format!("portunus resolve, {} hosts and a keyring", mirrors + 1);
        counted.add(format!("{what}: system calls"), least(count));
        counted.add(format!("{what}: messages on the bus"), least(messages));
    }
    counted.hold("keyring");
}

/// Mirrors, a login in our own file and one in docker's, no keyring.
fn home(mirrors: usize) -> Home {
    let home = Home::new();
    home.write_hosts_toml("docker.io", &hosts_toml(mirrors, Shape::Plain));
    let keys = [format!("{}?ns=docker.io", mirror(0)), mirror(0)];
    write(&home.credentials_file(), &own_file(keys.into_iter()));
    write(&home.docker_config(), &docker_config(3));
    home
}

/// How many calls all its threads make, those by chance left out.
fn calls(home: &Home, name: &Path, arguments: &[&str], input: &[u8]) -> u64 {
    count(&trace(home, name, arguments, input))
}

/// What strace writes of it, a call a line.
fn trace(home: &Home, name: &Path, arguments: &[&str], input: &[u8]) -> String {
    let log = home.path().join("calls");
    let called = home.path().join(name);
    if !called.exists() {
        std::os::unix::fs::symlink(program::portunus(), &called).unwrap();
    }
    let mut strace = home.command(tools::program("strace"));
    // A strace that was unpacked has a folder of libraries of its own, in which the program would
    // look for each of its libraries first.
    strace.args(["-f", "-qq", "-E", "LD_LIBRARY_PATH", "-o"]);
    strace.arg(&log).arg(called);
    process::run(strace.args(arguments), input).assert_success();
    fs::read_to_string(log).unwrap()
}

fn count(trace: &str) -> u64 {
    let names = trace.lines().filter_map(name_of);
    names.filter(|name| !BY_CHANCE.contains(name)).count() as u64
}

/// Method calls that were sent: little-endian, type 1.
fn messages(trace: &str) -> u64 {
    let sent = trace
        .lines()
        .filter(|line| name_of(line) == Some("sendmsg"));
    sent.filter(|line| line.contains(r#"iov_base="l\1"#))
        .count() as u64
}

/// The call of a line; `None` for the rest of one that was interrupted, and for signals.
fn name_of(line: &str) -> Option<&str> {
    let (_thread, call) = line.split_once(' ')?;
    let (name, _) = call.trim_start().split_once('(')?;
    name.starts_with(|c: char| c.is_ascii_lowercase())
        .then_some(name)
}
