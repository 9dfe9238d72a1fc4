//! The program `portunus`, as somebody at a shell meets it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod anonymous_fallback;
mod bad_input;
mod completion;
mod completion_in_shells;
mod configuration;
mod credential_provider;
mod errors_lead_on;
mod examples;
mod export;
mod foreign_writers;
mod globs;
mod habits;
mod layout_faults;
mod login;
mod logout;
mod named_back;
mod nothing_is_silent;
mod other_peoples_text;
mod other_programs;
mod own_http_client;
mod probe_answers;
mod profile_by_directory;
mod profiles;
mod progress;
mod pull_secrets;
mod redirects_and_addresses;
mod resolve_probe;
mod safe_ways;
mod same_options;
mod sessions;
mod stores;
mod texts;
mod told_on_request;
mod waiting;
mod worlds;

fn main() -> std::process::ExitCode {
    support::harness::run_with(sessions::trials())
}
