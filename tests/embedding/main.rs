//! `portunus-cli` and `portunus-client` in another program, with a terminal that is played.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod logins;
mod progress;
mod prompts;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
