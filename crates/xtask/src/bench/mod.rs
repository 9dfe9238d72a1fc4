//! `cargo xtask bench`: the numbers that are promised, measured in release.

mod build;

use std::path::Path;

use crate::cargo::Session;
use crate::tools;

/// What has a benchmark of its own, for which no server is needed: its name, and how cargo is called.
const ALONE: [(&str, &[&str]); 3] = [
    // For which the core alone is compiled.
    (
        "core",
        &[
            "bench",
            "--locked",
            "-p",
            "portunus-times",
            "--bench",
            "core",
        ],
    ),
    // A day of a hundred thousand nodes.
    (
        "fleet",
        &[
            "bench",
            "--locked",
            "-p",
            "portunus-tests-kubernetes",
            "--bench",
            "fleet",
        ],
    ),
    // What does not vary, in the build of the tests.
    (
        "counts",
        &["test", "--locked", "--workspace", "--test", "counts"],
    ),
];

/// Gets the servers and runs the measurements of these names, or all of them but `build` and `suite`,
/// which take the whole machine for minutes and are run where they are named.
///
/// For those with servers the whole workspace is selected, so that the program that is measured is
/// compiled as here.
pub(crate) fn run(target: &Path, arguments: &[&str]) -> Result<(), String> {
    match arguments {
        ["build"] => return build::cold_and_again(target),
        ["suite"] => return build::suite(target),
        _ => {}
    }
    for (name, cargo) in ALONE {
        let words = match arguments {
            [] => &[][..],
            [first, words @ ..] if *first == name => words,
            _ => continue,
        };
        let shown: &[&str] = if name == "counts" {
            &["--nocapture"]
        } else {
            &[]
        };
        Session::start()?.run(&[cargo, &["--"], words, shown].concat(), &[])?;
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
