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

support::test_binary! {
    hosts_bad_input,
    anonymous_fallback,
    hosts_check,
    challenges_conformance,
    http_choose,
    http_login,
    containerd_connect,
    containerd_fall_through,
    containerd_faults,
    containerd_load,
    containerd_pull,
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
    hosts_versions,
    dependencies,
    habits,
    resolve_probe,
    story,
    support_clients,
    store_credential_helper,
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
