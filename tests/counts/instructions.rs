//! Instructions, as callgrind counts them, of a build without optimisation.
//!
//! Only those of our own binary count. The C library takes another `memcpy` on each processor and is
//! another one on each release of Debian, and what the loader does depends on where libraries lie; what
//! is asked of the allocator is counted as allocations. Code of ours that looks at the processor sees
//! the one that valgrind plays, which is the same wherever there is AVX2. What is left to chance is the
//! seed of hash maps and who wakes whom among threads: a tenth of a percent.

use std::fs;
use std::path::Path;

use support::home::Home;
use support::{process, program, tools};

use crate::counted::Counted;
use crate::inputs::{Shape, docker_config, hosts_toml, mirror, own_file, write};
use crate::under_callgrind::{COUNTED, Work};

/// Callgrind takes a second for a hundred million instructions; that both grow in a line with their
/// entries is held by `tests/fuzz`.
const ENTRIES: usize = 2_000;

#[support::test(needs("valgrind", "x86_64?"))]
fn the_program_runs_no_more_instructions_than_it_did() {
    let home = Home::new();
    home.write_hosts_toml("docker.io", &hosts_toml(2, Shape::Plain));
    let keys = [format!("{}?ns=docker.io", mirror(0)), mirror(0)];
    write(&home.credentials_file(), &own_file(keys.into_iter()));
    write(&home.docker_config(), &docker_config(3));
    let portunus = program::portunus().canonicalize().unwrap();
    let helper = home.link(&portunus, "docker-credential-portunus");
    let mut counted = Counted::default();
    for (what, called, arguments, input) in [
        ("portunus --version", &portunus, &["--version"][..], ""),
        (
            "portunus resolve, 3 hosts",
            &portunus,
            &["resolve", "docker.io/library/alpine"],
            "",
        ),
        (
            "docker-credential-portunus get",
            &helper,
            &["get"],
            &mirror(0),
        ),
    ] {
        let arguments: Vec<&Path> = arguments.iter().map(Path::new).collect();
        let command = [&[called.as_path()], &arguments[..]].concat();
        let profile = callgrind(&home, &[], &command, input);
        counted.add(what, instructions(&profile, &portunus));
    }
    counted.hold("instructions-of-the-program");
}

#[support::test(long, needs("valgrind", "x86_64?"))]
fn the_core_runs_no_more_instructions_than_it_did() {
    let home = Home::new();
    let file = home.path().join("file");
    let mut counted = Counted::default();
    for mirrors in [2, 19] {
        home.write_hosts_toml("docker.io", &hosts_toml(mirrors, Shape::Plain));
        let hosts = mirrors + 1;
        for (work, what) in [
            (Work::NewPlan, "everything new"),
            (Work::KeptPlan, "a kept resolver"),
        ] {
            let count = of_core(&home, work, &home.hosts_dir());
            counted.add(format!("{hosts} hosts, {what}"), count);
        }
    }
    let keys = (0..ENTRIES).map(|at| format!("reg-{at}.test:5000?ns=docker.io"));
    write(&file, &own_file(keys));
    let count = of_core(&home, Work::OwnFile, &file);
    counted.add(format!("our own file, {ENTRIES} entries"), count);
    write(&file, &docker_config(ENTRIES));
    let count = of_core(&home, Work::DockerConfig, &file);
    counted.add(format!("docker's file, {ENTRIES} logins"), count);
    counted.hold("instructions-of-the-core");
}

/// Has this binary called again, to do one piece of work.
fn of_core(home: &Home, work: Work, input: &Path) -> u64 {
    let own = std::env::current_exe().unwrap().canonicalize().unwrap();
    let flags = [
        "--collect-atstart=no".to_owned(),
        format!("--toggle-collect=*{COUNTED}*"),
    ];
    let command = [&own, Path::new(work.flag()), input];
    instructions(&callgrind(home, &flags, &command, ""), &own)
}

/// What callgrind writes of a program that succeeds.
fn callgrind(home: &Home, flags: &[String], command: &[&Path], input: &str) -> String {
    let profile = home.path().join("callgrind");
    let mut valgrind = home.command(tools::program("valgrind"));
    valgrind
        .args([
            "--tool=callgrind",
            // It would leave pipes in /tmp, for a debugger.
            "--vgdb=no",
            "--dump-line=no",
            "--compress-strings=no",
        ])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .args(flags)
        .args(command);
    process::run(&mut valgrind, input.as_bytes()).assert_success();
    fs::read_to_string(profile).unwrap()
}

/// What the functions of one binary cost themselves. The line behind `calls=` is what somebody called costs.
fn instructions(profile: &str, binary: &Path) -> u64 {
    let (mut within, mut of_callee, mut sum) = (false, false, 0);
    for line in profile.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            within = Path::new(object) == binary;
        } else if line.starts_with("calls=") {
            of_callee = true;
        } else if line.starts_with(|c: char| c.is_ascii_digit() || "+-*".contains(c)) {
            if within && !of_callee {
                let cost = line.split(' ').nth(1).unwrap();
                sum += cost.parse::<u64>().unwrap();
            }
            of_callee = false;
        }
    }
    assert!(sum > 0, "nothing of {} was counted", binary.display());
    sum
}
