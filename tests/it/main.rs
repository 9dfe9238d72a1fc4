//! Integration tests: one binary, one module a story.
//!
//! A module is listed here and names its tests in a `trials!` list; `tests/support/lib.rs` shows
//! how. Run one with `cargo test -p portunus-tests -- MODULE::NAME`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod http_world;

support::test_binary! {
    challenges_conformance,
    http_pull,
    hosts_conformance,
    dependencies,
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
