//! The program `portunus`: collects the outside world and hands it to [`portunus_cli::run`].

use std::process::ExitCode;

use portunus_cli::{Environment, Streams};

fn main() -> ExitCode {
    let environment = Environment::of_this_process();
    let mut streams = Streams::of_this_process();
    portunus_cli::run(std::env::args_os(), &environment, &mut streams).into()
}
