//! What the integration tests stand on: scratch homes, real servers on loopback, a programmable
//! registry, and images written by hand.
//!
//! Every server listens on 127.0.0.1 with a free port and is stopped by its own handle when that
//! handle is dropped, also when a test panics. Nothing here needs root, a network, or protoc.
//!
//! # How to add a test
//!
//! Write a plain function that panics when the story does not hold, in the file of the behaviour
//! that it is about (`design/testing.md` says where), and put [`#[support::test]`](test) on it, with
//! the programs it cannot run without. (`#[test]` alone would be left out by the compiler.)
//!
//! ```text
//! use support::home::Home;
//!
//! #[support::test]
//! fn a_stranger_is_turned_away() {
//!     let home = Home::new();
//!     home.portunus(&["logout", "nowhere.test"]).run().assert_code(6);
//! }
//!
//! #[support::test(needs("nginx", "docker-registry"))]
//! fn alice_pulls_from_her_registry_namespace() {}
//! ```
//!
//! A test that needs a program which is not there is skipped, with the reason in its line, or
//! fails where `PORTUNUS_REQUIRE_SERVERS=1`. See [`tools`] for where programs are looked for.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::print_stderr,
    reason = "what the machine does not give is a failed test, told on standard error"
)]

pub mod abilities;
pub mod account;
pub mod buildkit_daemon;
pub mod connect_proxy;
pub mod containerd;
pub mod cut_bus;
pub mod docker_daemon;
pub mod docker_registry;
mod guard;
mod guardian;
pub mod harness;
pub mod hello;
pub mod helper_script;
pub mod home;
pub mod htpasswd;
pub mod http;
pub mod image;
pub mod keyring;
mod limits;
mod listener;
pub mod nginx;
pub mod password_store;
pub mod percent;
pub mod pki;
pub mod podman;
pub mod port;
pub mod process;
mod processes;
pub mod program;
pub mod programmable_registry;
pub mod registry_client;
mod run_folder;
mod scratch;
pub mod screen;
pub mod script;
mod skips;
mod small_registry;
pub mod soak;
pub mod terminal;
pub mod threads;
mod token_endpoint;
pub mod token_server;
pub mod tools;
pub mod turns;
pub mod workspace;

pub use inventory;
pub use portunus_tests_macros::test;

/// The example of the README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub mod readme {}
