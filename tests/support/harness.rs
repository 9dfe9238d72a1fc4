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
            return mimic(name, self.body);
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
    run_with::<fn()>(Vec::new())
}

/// The same with tests that a folder of cases makes, by their names.
pub fn run_with<Body>(cases: Vec<(String, Body)>) -> ExitCode
where
    Body: FnOnce() + Send + 'static,
{
    let arguments = Arguments::from_args();
    let required = tools::servers_required();
    let written = inventory::iter::<Trial>.into_iter();
    let mut trials: Vec<_> = written
        .map(|trial| trial.to_mimic(required))
        .chain(cases.into_iter().map(|(name, body)| mimic(name, body)))
        .collect();
    // The linker gives them in no particular order.
    trials.sort_by(|one, other| one.name().cmp(other.name()));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn mimic(name: impl Into<String>, body: impl FnOnce() + Send + 'static) -> libtest_mimic::Trial {
    libtest_mimic::Trial::test(name, move || {
        body();
        Ok(())
    })
}
