//! `cargo xtask bench`: the numbers that are promised, measured in release.

use std::path::Path;

use crate::cargo::Session;
use crate::tools;

/// Gets the servers and runs the measurements of these names, or all of them.
///
/// The whole workspace is selected, so that the program that is measured is compiled as here.
pub(crate) fn run(target: &Path, arguments: &[&str]) -> Result<(), String> {
    if let Err(message) = tools::run(target) {
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
