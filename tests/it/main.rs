//! Integration tests: one binary, one module a story.
//!
//! `tests/support/lib.rs` shows how to add one. Run one with `cargo test -p portunus-tests --
//! MODULE::NAME`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod anonymous_fallback;
mod bad_input;
mod cases;
mod challenges_conformance;
mod completion;
mod completion_shells;
mod configuration;
mod containerd_attestations;
mod containerd_commands;
mod containerd_connect;
mod containerd_fake;
mod containerd_fall_through;
mod containerd_faults;
mod containerd_hub;
mod containerd_load;
mod containerd_load_beside;
mod containerd_load_fake;
mod containerd_origin;
mod containerd_peers;
mod containerd_progress;
mod containerd_pull;
mod containerd_push;
mod containerd_resume;
mod containerd_rounds;
mod containerd_secrets;
mod containerd_versions;
mod daemon_world;
mod dependencies;
mod download_world;
mod examples;
mod fake_daemon;
mod habits;
mod hosts_bad_input;
mod hosts_check;
mod hosts_cli;
mod hosts_conformance;
mod hosts_render;
mod hosts_versions;
mod http_addresses;
mod http_bad_input;
mod http_choose;
mod http_events;
mod http_exchange;
mod http_fallback;
mod http_login;
mod http_mount;
mod http_once;
mod http_platforms;
mod http_progress;
mod http_proxy;
mod http_pull;
mod http_push;
mod http_real;
mod http_tls;
mod http_tokens;
mod http_trust;
mod http_walk;
mod http_world;
mod login_commands;
mod login_first;
mod login_input;
mod login_insecure;
mod login_prompts;
mod login_trust;
mod login_world;
mod logout;
mod messages;
mod public_api;
mod request_counts;
mod resolve_probe;
mod store_bad_input;
mod store_credential_helper;
mod store_docker_vectors;
mod store_helpers;
mod store_keyring;
mod store_secrets;
mod store_sudo;
mod store_writing;
mod story;
mod support_clients;
mod support_home;
mod support_registry;
mod support_servers;
mod support_stores;
mod tidy;
mod trust_way;
mod waiting;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
