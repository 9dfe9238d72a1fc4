//! `cargo xtask bench`: the numbers that are promised, measured in release.

use std::path::Path;

use crate::cargo::Session;
use crate::tools;

/// Gets the servers and runs the measurements of these names, or all of them. `core`: how long plans
/// and files take, for which the core alone is compiled; `fleet`: a day of a hundred thousand nodes,
/// which needs no server.
///
/// For the others the whole workspace is selected, so that the program that is measured is compiled
/// as here.
pub(crate) fn run(target: &Path, arguments: &[&str]) -> Result<(), String> {
    if let [] | ["core", ..] = arguments {
        let core = [
            "bench",
            "--locked",
            "-p",
            "portunus-times",
            "--bench",
            "core",
            "--",
        ];
        let words = arguments.get(1..).unwrap_or_default();
        Session::start()?.run(&[&core, words].concat(), &[])?;
        if !arguments.is_empty() {
            return Ok(());
        }
    }
    if let [] | ["fleet"] = arguments {
        let fleet = [
            "bench",
            "--locked",
            "-p",
            "portunus-tests-kubernetes",
            "--bench",
            "fleet",
        ];
        Session::start()?.run(&fleet, &[])?;
        if !arguments.is_empty() {
            return Ok(());
        }
    }
    if let Err(message) = tools::run_with_peers(target) {
        eprintln!("{message}");
    }
    let bench = [
        "bench",
        "--locked",
        "--workspace",
        "--bench",
        "numbers",
        "--",
    ];
    Session::start()?.run(&[&bench, arguments].concat(), &[])
}
