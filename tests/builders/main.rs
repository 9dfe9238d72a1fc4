//! What a shared builder is given, and what it is not.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod addresses;
mod authorities;
mod bad_input;
mod beside;
mod buildx;
mod compared;
mod dockerfiles;
mod mirrors;
mod mounts;
mod passwords;
mod sessions_end;
mod story;
mod tokens;
mod worlds;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
