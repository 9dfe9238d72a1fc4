//! Runs the tests, and tells a skipped one from a passed one.
//!
//! libtest has no way to skip a test at run time, so a test binary brings its own harness
//! (`libtest-mimic`), which understands the same command line: `cargo test --test http --
//! FILTER --test-threads 1`. What carries [`#[support::test]`](crate::test) is a test.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion};

use crate::abilities::first_lack;
use crate::guardian::{self, Guardian};
use crate::scratch::Scratch;
use crate::skips::Skips;
use crate::threads::run_test;
use crate::{limits, tools};

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

    fn to_mimic(&'static self, required: bool, skips: &Arc<Skips>) -> libtest_mimic::Trial {
        let name = match self.path.split_once("::") {
            Some((_binary, name)) => name,
            None => self.path,
        };
        let skips = Arc::clone(skips);
        libtest_mimic::Trial::ignorable_test(name, move || match first_lack(self.needs) {
            None => Ok(run_test(name, self.body).map(|()| Completion::Completed)?),
            Some(lack) if required && !lack.excused => Err(lack.reason.into()),
            Some(lack) => {
                skips.add(name, &lack.reason);
                Ok(Completion::ignored_with(lack.reason))
            }
        })
    }
}

/// Runs every test of this binary as the command line asks, and prints libtest's closing line, what
/// was skipped, and what a test has left behind, which fails the run.
pub fn run() -> ExitCode {
    run_with::<fn()>(Vec::new())
}

/// The same with tests that a folder of cases makes, by their names.
pub fn run_with<Body>(cases: Vec<(String, Body)>) -> ExitCode
where
    Body: FnOnce() + Send + 'static,
{
    if let Some(code) = guardian::serve() {
        return code;
    }
    let mut arguments = Arguments::from_args();
    let at_a_time = limits::make_room();
    arguments.test_threads.get_or_insert(at_a_time);
    let guardian = (!arguments.list).then(|| Guardian::start(Scratch::new()));
    let required = tools::servers_required();
    let skips = Arc::new(Skips::default());
    let written = inventory::iter::<Trial>.into_iter();
    let mut trials: Vec<_> = written
        .map(|trial| trial.to_mimic(required, &skips))
        .chain(cases.into_iter().map(case))
        .collect();
    // The linker gives them in no particular order.
    trials.sort_by(|one, other| one.name().cmp(other.name()));
    let conclusion = libtest_mimic::run(&arguments, trials);
    skips.report();
    let clean = guardian.is_none_or(Guardian::finish);
    match clean {
        true => conclusion.exit_code(),
        false => ExitCode::FAILURE,
    }
}

fn case<Body>((name, body): (String, Body)) -> libtest_mimic::Trial
where
    Body: FnOnce() + Send + 'static,
{
    libtest_mimic::Trial::test(name.clone(), move || Ok(run_test(&name, body)?))
}
