//! Programs at a terminal of their own, which `script` of util-linux makes.

use std::process::Command;

use crate::home::Home;
use crate::process::{self, Ran};
use crate::{program, tools};

/// What a test lists in its `needs(..)` for [`run`].
pub const PROGRAM: &str = "script";

/// The program, as a word of a command line: its path may have blanks.
pub fn portunus() -> String {
    format!("'{}'", program::portunus().display())
}

/// Runs a command line of `/bin/sh` with a terminal as its standard input, output and error, and
/// types `keys` there. What the terminal shows is the standard output.
#[track_caller]
pub fn run(home: &Home, variables: &[(&str, &str)], line: &str, keys: &str) -> Ran {
    let mut command: Command = home.command(tools::program(PROGRAM));
    command
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm")
        .envs(variables.iter().copied())
        .args(["-qefc", line, "/dev/null"]);
    process::run(&mut command, keys.as_bytes())
}
