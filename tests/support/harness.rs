//! Runs the tests, and tells a skipped one from a passed one.
//!
//! libtest has no way to skip a test at run time, so the `it` binary brings its own harness
//! (`libtest-mimic`), which understands the same command line: `cargo test -p portunus-tests --
//! FILTER --test-threads 1`.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed};

use crate::tools;

/// One test: a function that panics when the story does not hold.
#[derive(Debug, Clone)]
pub struct Trial {
    name: &'static str,
    body: fn(),
    needs: &'static [&'static str],
}

impl Trial {
    /// A test called `name`. The macro [`trials!`](crate::trials) writes these.
    pub fn new(name: &'static str, body: fn(), needs: &'static [&'static str]) -> Self {
        Self { name, body, needs }
    }

    fn into_mimic(self, module: &str, required: bool) -> libtest_mimic::Trial {
        let name = format!("{module}::{}", self.name);
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

/// Runs every module's tests as the command line asks, and prints libtest's closing line.
pub fn run(modules: Vec<(&'static str, Vec<Trial>)>) -> ExitCode {
    let arguments = Arguments::from_args();
    let required = tools::servers_required();
    let trials = modules
        .into_iter()
        .flat_map(|(module, trials)| trials.into_iter().map(move |trial| (module, trial)))
        .map(|(module, trial)| trial.into_mimic(module, required))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Lists the tests of a module, and what each cannot run without, as `pub(crate) fn tests()`.
///
/// ```text
/// trials! {
///     a_broken_file_is_named,
///     bob_is_refused_at_the_mirror needs ["nginx", "docker-registry"],
/// }
/// ```
#[macro_export]
macro_rules! trials {
    ($($name:ident $(needs [$($program:literal),+ $(,)?])?),+ $(,)?) => {
        /// The tests of this module.
        pub(crate) fn tests() -> Vec<$crate::harness::Trial> {
            vec![$($crate::harness::Trial::new(stringify!($name), $name, &[$($($program),+)?])),+]
        }
    };
}

/// Declares the modules of a test binary and hands their tests to [`run`](crate::harness::run).
#[macro_export]
macro_rules! test_binary {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+

        fn main() -> std::process::ExitCode {
            $crate::harness::run(vec![$((stringify!($module), $module::tests())),+])
        }
    };
}
