//! Pulls and pushes through containerd: a real one, or one that is played.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod attestations;
mod callback;
mod commands;
mod connecting;
mod credential_provider;
mod deadlines;
mod docker_hub;
mod dying_at_each_call;
mod dying_daemons;
mod hosts_swapped;
mod identity_tokens;
mod killed_daemons;
mod leases;
mod led_astray;
mod odd_daemons;
mod one_host_a_transfer;
mod other_peoples_text;
mod other_users_and_mounts;
mod progress;
mod pull;
mod pulls_at_once;
mod push;
mod reasons;
mod redirects;
mod repeated_hosts;
mod request_counts;
mod resuming;
mod retry_after;
mod secrets;
mod signals;
mod storing;
mod storing_beside_others;
mod storing_deadlines;
mod storing_planted;
mod storing_while_pulling;
mod story;
mod versions;
mod walk;
mod who_served;
mod worlds;
mod wrong_password_once;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
