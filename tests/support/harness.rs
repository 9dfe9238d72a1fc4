//! Runs the tests, and tells a skipped one from a passed one.
//!
//! libtest has no way to skip a test at run time, so a test binary brings its own harness
//! (`libtest-mimic`), which understands the same command line: `cargo test --test http --
//! FILTER --test-threads 1`. What carries [`#[support::test]`](crate::test) is a test.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed};

use crate::tools;

/// One test: a function that panics when the story does not hold.
#[derive(Debug)]
pub struct Trial {
    path: &'static str,
    body: fn(),
    needs: &'static [&'static str],
}

inventory::collect!(Trial);

impl Trial {
    /// A test at `path`, which begins with the name of the binary. The attribute
    /// [`test`](crate::test) writes these.
    pub const fn new(path: &'static str, body: fn(), needs: &'static [&'static str]) -> Self {
        Self { path, body, needs }
    }

    fn to_mimic(&self, required: bool) -> libtest_mimic::Trial {
        let name = match self.path.split_once("::") {
            Some((_binary, name)) => name,
            None => self.path,
        };
        let missing = tools::missing(self.needs);
        if missing.is_empty() {
            let body = self.body;
            return libtest_mimic::Trial::test(name, move || {
                body();
                Ok(())
            });
        }
        let reason = format!("no {} here: run `cargo xtask tools`", missing.join(", no "));
        let failure = Failed::from(&reason);
        let trial = libtest_mimic::Trial::test(name, move || Err(failure));
        if required && missing.iter().any(|name| !name.ends_with('?')) {
            return trial;
        }
        trial
            .with_kind(format!("skipped: {reason}"))
            .with_ignored_flag(true)
    }
}

/// Runs every test of this binary as the command line asks, and prints libtest's closing line.
pub fn run() -> ExitCode {
    let arguments = Arguments::from_args();
    let required = tools::servers_required();
    let mut trials: Vec<&Trial> = inventory::iter::<Trial>.into_iter().collect();
    // The linker gives them in no particular order.
    trials.sort_by_key(|trial| trial.path);
    let trials = trials
        .into_iter()
        .map(|trial| trial.to_mimic(required))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}
