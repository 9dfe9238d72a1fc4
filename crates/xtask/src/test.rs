//! `cargo xtask test`: everything the tests need, then every test.

use std::path::Path;

use crate::{cargo, tools};

/// Gets the tools and runs `cargo test --workspace`.
///
/// A machine that cannot have all the tools still runs the tests: those that miss a server are
/// skipped with the reason, or fail where servers are required.
pub(crate) fn run(target: &Path, arguments: &[&str]) -> Result<(), String> {
    let (require, arguments) = match arguments {
        ["--require-servers", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if let Err(message) = tools::run(target) {
        eprintln!("{message}");
    }
    let environment: &[(&str, &str)] = if require {
        &[("PORTUNUS_REQUIRE_SERVERS", "1")]
    } else {
        &[]
    };
    cargo::run(
        &[&["test", "--locked", "--workspace"], arguments].concat(),
        environment,
    )
}
