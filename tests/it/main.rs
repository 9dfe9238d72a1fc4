//! Integration tests: one binary, one module a story.
//!
//! A module is listed here and names its tests in a `trials!` list; `tests/support/lib.rs` shows
//! how. Run one with `cargo test -p portunus-tests -- MODULE::NAME`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

support::test_binary! {
    hosts_conformance,
    dependencies,
    store_docker_vectors,
    support_home,
    support_registry,
    support_servers,
    tidy,
}
