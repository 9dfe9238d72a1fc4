//! `cargo xtask test`: everything the tests need, then every test.

use std::path::Path;

use crate::cargo::Session;
use crate::{first, skips, tools};

/// Gets the tools, runs the tests of the workspace and then those in its documentation, which
/// failures of the former do not prevent, and tells what was skipped.
///
/// A machine that cannot have all the tools still runs the tests: those that miss a server are
/// skipped with the reason, or fail where servers are required.
pub(crate) fn run(target: &Path, arguments: &[&str]) -> Result<(), String> {
    let (require, arguments) = match arguments {
        ["--require-servers", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    first::announce(target, &first::TEST);
    if let Err(message) = tools::run(target) {
        eprintln!("{message}");
    }
    let mut session = Session::start_in_memory()?;
    let skipped = session.folder().join("skipped").display().to_string();
    let mut environment = vec![("PORTUNUS_SKIPPED", skipped.as_str())];
    if require {
        environment.push(("PORTUNUS_REQUIRE_SERVERS", "1"));
    }
    let mut test = |what: &[&str]| {
        let test = ["test", "--locked", "--workspace", "--no-fail-fast"];
        session.run(&[&test, what, arguments].concat(), &environment)
    };
    let outcome = if selects_targets(arguments) {
        test(&[])
    } else {
        // The examples that a test runs are built by it.
        let tests = test(&["--tests"]);
        let documentation = test(&["--doc"]);
        tests.and(documentation)
    };
    skips::tell(Path::new(&skipped));
    outcome
}

/// Whether the arguments for cargo say which kind of tests to run.
fn selects_targets(arguments: &[&str]) -> bool {
    let kinds = [
        "--lib",
        "--bin",
        "--bins",
        "--example",
        "--examples",
        "--test",
        "--tests",
        "--bench",
        "--benches",
        "--all-targets",
        "--doc",
    ];
    let mut for_cargo = arguments.iter().take_while(|argument| **argument != "--");
    for_cargo.any(|argument| kinds.contains(&argument.split('=').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documentation_is_tested_unless_something_else_is_asked_for() {
        for (arguments, selects) in [
            (&[][..], false),
            (&["-p", "portunus", "--", "--test"], false),
            (&["--test", "hosts"], true),
            (&["--test=hosts"], true),
        ] {
            assert_eq!(selects_targets(arguments), selects, "{arguments:?}");
        }
    }
}
