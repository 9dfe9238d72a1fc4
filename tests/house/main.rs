//! What the repository promises about itself.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod dependencies;
mod floors;
mod glossary;
mod imports;
mod no_program;
mod public_api;
mod tidy;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
