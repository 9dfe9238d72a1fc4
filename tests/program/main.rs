//! The program `portunus`, as somebody at a shell meets it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod addresses;
mod anonymous_fallback;
mod bad_input;
mod completion;
mod completion_in_shells;
mod configuration;
mod errors_lead_on;
mod examples;
mod habits;
mod login;
mod logout;
mod progress;
mod resolve_probe;
mod safe_ways;
mod sessions;
mod stores;
mod told_on_request;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
