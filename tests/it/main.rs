//! Integration tests: one binary, one module a story.
//!
//! A module is listed here and names its tests in a `trials!` list; `tests/support/lib.rs` shows
//! how. Run one with `cargo test -p portunus-tests -- MODULE::NAME`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod daemon_world;
mod http_world;
mod login_world;

support::test_binary! {
    anonymous_fallback,
    hosts_bad_input,
    hosts_check,
    challenges_conformance,
    http_choose,
    http_login,
    login_commands,
    login_input,
    login_prompts,
    login_trust,
    containerd_connect,
    containerd_fall_through,
    containerd_faults,
    containerd_load,
    containerd_pull,
    containerd_secrets,
    containerd_push,
    http_proxy,
    http_pull,
    http_push,
    http_real,
    http_tls,
    http_tokens,
    bad_input,
    cases,
    containerd_commands,
    http_trust,
    http_walk,
    hosts_cli,
    hosts_conformance,
    hosts_render,
    completion,
    completion_shells,
    hosts_versions,
    dependencies,
    examples,
    habits,
    resolve_probe,
    story,
    support_clients,
    store_bad_input,
    store_credential_helper,
    store_sudo,
    store_docker_vectors,
    store_helpers,
    store_keyring,
    store_secrets,
    store_writing,
    support_home,
    support_registry,
    support_servers,
    support_stores,
    tidy,
}
