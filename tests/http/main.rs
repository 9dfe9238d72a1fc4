//! What `portunus-http` sends to registries, and what it makes of their answers.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod arriving;
mod bad_input;
mod certificates;
mod certificates_of_all_kinds;
mod choosing;
mod dying_registries;
mod elsewhere;
mod identity_tokens;
mod insufficient_scope;
mod login;
mod mounts;
mod no_registry;
mod one_verb;
mod plain_http;
mod planted_layouts;
mod platforms;
mod proxies;
mod pull;
mod push;
mod real_servers;
mod reasons;
mod redirects;
mod retry_after;
mod tls;
mod token_requests;
mod tokens;
mod trust;
mod walk;
mod worlds;
mod wrong_party;
mod wrong_password_once;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
