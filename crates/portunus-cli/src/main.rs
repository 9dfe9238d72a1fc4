//! The program `portunus`: collects the outside world and hands it to [`portunus_cli::run`].

use std::process::ExitCode;

use portunus_cli::{Environment, Streams};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

fn main() -> ExitCode {
    leave_no_core();
    let environment = Environment::of_this_process();
    let mut streams = Streams::of_this_process();
    portunus_cli::run(std::env::args_os(), &environment, &mut streams).into()
}

/// A core dump holds every secret that the program had in memory: none is written, and no other
/// process of the user may look in.
fn leave_no_core() {
    let limit = Rlimit {
        current: Some(0),
        maximum: getrlimit(Resource::Core).maximum,
    };
    // Where the system refuses, it goes on as without.
    let _ = setrlimit(Resource::Core, limit);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
