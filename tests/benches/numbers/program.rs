//! The program as a newcomer meets it: how long it takes from start to exit, and how big it is.

use std::array;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use support::home::Home;
use support::{program, tools};

use crate::report::{Report, Times, millis};
use crate::store;
use crate::turns::{Program, in_turn};

const IMAGE: &str = "docker.io/library/alpine";

pub(crate) fn measure() -> Report {
    let portunus = program::portunus();
    let plain = plain_home();
    let crowded = plain_home();
    let hosts: [String; 3] = array::from_fn(mirror);
    store::write(&crowded.credentials_file(), &hosts, "docker.io");
    let run = |home, arguments| move || in_home(home, &program::portunus(), arguments);
    let with_many = |verb| format!("portunus {verb}, {} credentials", store::ENTRIES);
    let mut programs = vec![
        Program::new("/bin/true", || in_home(&plain, Path::new("/bin/true"), &[])),
        Program::new("portunus --version", run(&plain, &["--version"])),
        Program::new("portunus hosts", run(&plain, &["hosts", "docker.io"])),
        Program::new("portunus resolve", run(&plain, &["resolve", IMAGE])),
        Program::new(with_many("resolve"), run(&crowded, &["resolve", IMAGE])),
        Program::new(with_many("list"), run(&crowded, &["list"])),
    ];
    for peer in ["docker", "skopeo"] {
        if let Some(path) = tools::find(peer) {
            let version = format!("{peer} --version");
            let command = {
                let plain = &plain;
                move || in_home(plain, &path, &["--version"])
            };
            programs.push(Program::new(version, command));
        }
    }
    let mut report = Report::new("whole processes, on three mirrors, in turn");
    let took = in_turn(&mut report, &programs);
    let over =
        |of: fn(&Times) -> _, times: [&Times; 2]| millis(of(times[1])) - millis(of(times[0]));
    let wall = over(Times::min, [&took[0].wall, &took[1].wall]);
    report.bound(
        "portunus --version over /bin/true, best wall",
        wall,
        0.5,
        " ms",
    );
    let processor = over(Times::min, [&took[0].processor, &took[1].processor]);
    report.bound(
        "portunus --version over /bin/true, best processor",
        processor,
        0.5,
        " ms",
    );
    let resolve = millis(took[3].wall.median());
    report.bound("portunus resolve, median", resolve, 5.0, " ms");
    let megabytes = fs::metadata(&portunus).unwrap().len() as f64 / 1e6;
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

fn in_home(home: &Home, program: &Path, arguments: &[&str]) -> Command {
    let mut command = home.command(program);
    command.args(arguments).stdin(Stdio::null());
    command
}
