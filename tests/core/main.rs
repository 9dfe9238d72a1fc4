//! What the core promises to whoever links it: sources are read, plans are made, nobody is asked.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod challenges;
mod docker_and_nerdctl;
mod ending_logins;
mod globs_and_order;
mod plans;
mod profile_inheritance;
mod worlds;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
