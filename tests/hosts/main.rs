//! `certs.d` and `hosts.toml`: read as containerd reads them, checked, and rendered.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod bad_input;
mod check;
mod client_keys;
mod command;
mod conformance;
mod mended;
mod never_read;
mod never_works;
mod older_daemons;
mod rendering;
mod worlds;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
