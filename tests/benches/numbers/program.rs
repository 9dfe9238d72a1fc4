//! The program as a newcomer meets it: how long a plan takes from start to exit, and how big it is.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use std::{array, fs};

use support::home::Home;
use support::program;

use crate::report::{Report, Times, millis};
use crate::store;

const IMAGE: &str = "docker.io/library/alpine";
const RUNS: usize = 200;

pub(crate) fn measure() -> Report {
    let program = program::portunus();
    let plain = plain_home();
    let crowded = plain_home();
    let hosts: [String; 3] = array::from_fn(mirror);
    store::write(&crowded.credentials_file(), &hosts, "docker.io");
    let mut report = Report::new("whole processes, on three mirrors");
    let resolve = times(&plain, &program, &["resolve", IMAGE]);
    let median = millis(resolve.median());
    report.add("portunus resolve", resolve);
    for arguments in [&["resolve", IMAGE][..], &["list"]] {
        let what = format!("portunus {}, {} credentials", arguments[0], store::ENTRIES);
        report.add(what, times(&crowded, &program, arguments));
    }
    report.bound("portunus resolve, median", median, 5.0, " ms");
    let megabytes = fs::metadata(&program).unwrap().len() as f64 / 1e6;
    report.bound("the program, stripped", megabytes, 20.0, " MB");
    report
}

fn mirror(at: usize) -> String {
    format!("mirror-{at}.test:5000")
}

/// A few mirrors, a few logins, no helper.
fn plain_home() -> Home {
    let home = Home::new();
    let mirrors = (0..3).map(|at| {
        let url = format!("https://{}", mirror(at));
        format!("[host.\"{url}\"]\ncapabilities = [\"pull\", \"resolve\"]\n")
    });
    home.write_hosts_toml("docker.io", &mirrors.collect::<String>());
    let login = r#"{"username": "alice", "password": "secret"}"#;
    let auths = format!(
        r#"{{"auths": {{"{}": {login}, "docker.io": {login}}}}}"#,
        mirror(0)
    );
    fs::write(home.docker_config(), auths).unwrap();
    home
}

fn times(home: &Home, program: &Path, arguments: &[&str]) -> Times {
    let once = || -> Duration {
        let mut command = home.command(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let started = Instant::now();
        let status = command.status().unwrap();
        let took = started.elapsed();
        assert!(status.success(), "{command:?}: {status}");
        took
    };
    Times::new((0..RUNS).map(|_| once()).collect())
}
