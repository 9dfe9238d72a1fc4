//! The numbers that are promised, measured: `cargo xtask bench [NAME…] [--json]`. Tables as Markdown on
//! standard output, plots as SVG in `target/bench`.
//!
//! A number that does not hold is told, and fails nobody: other work on the machine can move it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what cannot be measured has failed, and what was measured is told"
)]

mod bars;
mod callback;
#[path = "../../daemon/worlds/fake_daemon/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "it also misbehaves, which is for tests"
)]
mod fake_daemon;
mod helper;
#[path = "../../counts/inputs.rs"]
#[expect(dead_code, reason = "not every shape is measured here")]
mod inputs;
mod keyring;
mod local;
mod program;
mod pull;
mod report;
mod spent;
mod store;
mod transfer;
mod turns;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use report::Report;
use support::abilities;

/// What is measured under one name, and the programs that it cannot be measured without.
struct Measurement {
    name: &'static str,
    needs: &'static [&'static str],
    run: fn() -> Report,
}

const MEASUREMENTS: [Measurement; 9] = [
    Measurement {
        name: "pull",
        needs: &[
            "containerd",
            "docker-registry",
            "htpasswd",
            "root?",
            "unpacking?",
        ],
        run: pull::on_disk,
    },
    Measurement {
        name: "pull-in-memory",
        needs: &[
            "containerd",
            "docker-registry",
            "htpasswd",
            "root?",
            "unpacking?",
        ],
        run: pull::in_memory,
    },
    Measurement {
        name: "transfer",
        needs: &["docker-registry"],
        run: transfer::pull,
    },
    Measurement {
        name: "transfer-push",
        needs: &["docker-registry"],
        run: transfer::push,
    },
    Measurement {
        name: "local",
        needs: &["containerd", "docker-registry", "root?"],
        run: local::measure,
    },
    Measurement {
        name: "callback",
        needs: &[],
        run: callback::measure,
    },
    Measurement {
        name: "program",
        needs: &[],
        run: program::measure,
    },
    Measurement {
        name: "helper",
        needs: &[],
        run: helper::measure,
    },
    Measurement {
        name: "keyring",
        needs: &["dbus-daemon", "gnome-keyring-daemon", "secret-tool"],
        run: keyring::measure,
    },
];

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|it| it == "--json");
    let names: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let names: Vec<&str> = names
        .into_iter()
        .filter(|it| !it.starts_with("--"))
        .collect();
    let known = |name: &&str| MEASUREMENTS.iter().any(|it| it.name == *name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let known = MEASUREMENTS.map(|it| it.name).join(", ");
        eprintln!("`{unknown}` is nothing that is measured: {known}");
        return ExitCode::FAILURE;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    fs::create_dir_all(&folder).unwrap();
    for measurement in MEASUREMENTS {
        if !names.is_empty() && !names.contains(&measurement.name) {
            continue;
        }
        if let Some(lack) = abilities::first_lack(measurement.needs) {
            eprintln!("{}: {}", measurement.name, lack.reason);
            continue;
        }
        let report = (measurement.run)();
        let plot = folder.join(format!("{}.svg", measurement.name));
        fs::write(plot, bars::svg(measurement.name, &report)).unwrap();
        match json {
            true => println!("{}", report.to_json(measurement.name)),
            false => println!("## {}: {report}", measurement.name),
        }
    }
    ExitCode::SUCCESS
}
