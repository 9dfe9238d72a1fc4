//! How long `portunus resolve` takes on a plain machine, from start to exit: a few hosts, a few
//! logins, no helper. The aim is under 5 ms; this tells, and fails nobody.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 200;

#[expect(clippy::print_stdout, reason = "this is what a bench is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    furnish(home.path())?;
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        times.push(resolve(home.path())?);
    }
    times.sort();
    let micros = |at: usize| times[at].as_micros();
    println!(
        "portunus resolve: median {} µs, 99 of 100 under {} µs ({RUNS} runs)",
        micros(RUNS / 2),
        micros(RUNS * 99 / 100)
    );
    Ok(())
}

fn furnish(home: &Path) -> std::io::Result<()> {
    let hosts = home.join("certs.d/docker.io");
    fs::create_dir_all(&hosts)?;
    let mirrors: String = (1..=3)
        .map(|number| {
            format!(
                "[host.\"https://mirror-{number}.test\"]\ncapabilities = [\"pull\", \"resolve\"]\n"
            )
        })
        .collect();
    fs::write(hosts.join("hosts.toml"), mirrors)?;
    fs::create_dir_all(home.join(".docker"))?;
    let login = r#"{"username": "alice", "password": "secret"}"#;
    let auths = format!(r#"{{"auths": {{"mirror-1.test": {login}, "docker.io": {login}}}}}"#);
    fs::write(home.join(".docker/config.json"), auths)
}

fn resolve(home: &Path) -> Result<Duration, Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portunus"));
    command
        .args(["resolve", "docker.io/library/alpine"])
        .env_clear()
        .env("HOME", home)
        .env("PORTUNUS_HOSTS_DIR", home.join("certs.d"))
        .stdout(Stdio::null());
    let started = Instant::now();
    let status = command.status()?;
    let took = started.elapsed();
    match status.success() {
        true => Ok(took),
        false => Err(format!("portunus resolve: {status}").into()),
    }
}
