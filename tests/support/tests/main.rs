//! The support library keeps what the tests rely on.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod clients;
mod endings;
mod home;
mod registry;
mod servers;
mod stores;
mod turns;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
