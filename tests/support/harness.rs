//! Runs the tests, and tells a skipped one from a passed one.
//!
//! libtest has no way to skip a test at run time, so a test binary brings its own harness
//! (`libtest-mimic`), which understands the same command line: `cargo test --test http --
//! FILTER --test-threads 1`. What carries [`#[support::test]`](crate::test) is a test.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed};

use crate::abilities::first_lack;
use crate::guardian::{self, Guardian};
use crate::scratch::Scratch;
use crate::skips::Skips;
use crate::threads::run_test;
use crate::turns::{Kind, Turns};
use crate::{limits, tools};

/// One test: a function that panics when the story does not hold.
#[derive(Debug)]
pub struct Trial {
    path: &'static str,
    body: fn(),
    needs: &'static [&'static str],
    kind: Kind,
}

inventory::collect!(Trial);

impl Trial {
    /// A test at `path`, which begins with the name of the binary. The attribute
    /// [`test`](crate::test) writes these.
    pub const fn new(
        path: &'static str,
        body: fn(),
        needs: &'static [&'static str],
        kind: Kind,
    ) -> Self {
        Self {
            path,
            body,
            needs,
            kind,
        }
    }

    /// Its name below that of the binary.
    fn name(&self) -> &'static str {
        self.path
            .split_once("::")
            .map_or(self.path, |(_binary, name)| name)
    }

    fn run(&self, run: &Run) -> Result<Completion, Failed> {
        match first_lack(self.needs) {
            None => Ok(run_test(self.name(), self.body).map(|()| Completion::Completed)?),
            Some(lack) if run.required && !lack.excused => Err(lack.reason.into()),
            Some(lack) => {
                run.skips.add(self.name(), &lack.reason);
                Ok(Completion::ignored_with(lack.reason))
            }
        }
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
    let mut room = limits::make_room();
    if let Some(at_a_time) = arguments.test_threads {
        room.working = at_a_time;
    }
    let guardian = (!arguments.list).then(|| Guardian::start(Scratch::new()));
    let run = Arc::new(Run {
        turns: Turns::new(room),
        required: tools::servers_required(),
        skips: Skips::default(),
    });
    let written = inventory::iter::<Trial>.into_iter().map(Test::written);
    let mut tests: Vec<_> = written.chain(cases.into_iter().map(Test::case)).collect();
    // The linker gives them in no particular order.
    tests.sort_by(|one, other| one.name.cmp(&other.name));
    // Each is a thread that waits for its turn, but where one is to run after the other.
    if arguments.test_threads != Some(1) {
        arguments.test_threads = Some(tests.len().max(1));
    }
    let numbered = tests.into_iter().enumerate();
    let trials = numbered.map(|(number, test)| test.into_mimic(number, &run));
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    run.skips.report();
    let clean = guardian.is_none_or(Guardian::finish);
    match clean {
        true => conclusion.exit_code(),
        false => ExitCode::FAILURE,
    }
}

/// What all tests of a run have in common.
struct Run {
    turns: Turns,
    required: bool,
    skips: Skips,
}

type Body = Box<dyn FnOnce(&Run) -> Result<Completion, Failed> + Send>;

/// A test of either origin.
struct Test {
    name: String,
    kind: Kind,
    body: Body,
}

impl Test {
    fn written(trial: &'static Trial) -> Self {
        Self {
            name: trial.name().to_owned(),
            kind: trial.kind,
            body: Box::new(move |run| trial.run(run)),
        }
    }

    fn case((name, body): (String, impl FnOnce() + Send + 'static)) -> Self {
        Self {
            name: name.clone(),
            kind: Kind::Short,
            body: Box::new(move |_| Ok(run_test(&name, body).map(|()| Completion::Completed)?)),
        }
    }

    fn into_mimic(self, number: usize, run: &Arc<Run>) -> libtest_mimic::Trial {
        let Self { name, kind, body } = self;
        let run = Arc::clone(run);
        libtest_mimic::Trial::ignorable_test(name, move || {
            let _turn = run.turns.queue(kind, number).wait();
            body(&run)
        })
    }
}
