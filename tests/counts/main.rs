//! What does not vary from run to run: allocations, their bytes, system calls, instructions. Held by
//! `tests/counts.toml`: a test fails where one has grown by more than a tenth.
//!
//! A count that shrinks fails nobody; the file is then to be brought down by hand, with the numbers
//! that a failing test prints or `-- --nocapture` shows.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod counted;
mod credentials;
mod hosts;
mod inputs;
mod instructions;
mod realm;
mod system_calls;
mod tokens;
mod under_callgrind;

fn main() -> std::process::ExitCode {
    if under_callgrind::serve() {
        return std::process::ExitCode::SUCCESS;
    }
    support::harness::run()
}
