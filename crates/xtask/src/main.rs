//! Chores of this repository: `cargo xtask demo | tools | test | soak | bench`.
//!
//! It stands on the standard library alone, because it is built before everything else.

#![allow(
    clippy::print_stderr,
    reason = "a chore tells what it does on standard error"
)]

mod bench;
mod cargo;
mod demo;
mod first;
mod lifeline;
mod scratch;
mod skips;
mod soak;
mod test;
mod tools;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask CHORE
  demo                               watch the main job, on a registry of its own
  tools                              find the programs that the tests need, or unpack them under target/tools
  test [--require-servers] [-- ARG…] tools, then every test; a test without its server fails instead of being skipped
  soak NAME                          tools, then one of the long runs: pulls, fuzz
  bench [NAME…] [--json]             tools, then the promised numbers, in release: pull, pull-in-memory,
                                     transfer, transfer-push, local, callback, program, helper, keyring;
                                     or core, and of it hosts, kept, threads, docker, broken, own, one-mirror, tokens;
                                     or counts, what does not vary;
                                     or fleet, what many nodes ask of a token server;
                                     or build, cold builds and one after a change; or suite, every test";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["demo"] => demo::run(&target_dir()),
        ["tools"] => tools::run(&target_dir()),
        ["soak", name] => soak::run(&target_dir(), name),
        ["bench", rest @ ..] => bench::run(&target_dir(), rest),
        ["test", rest @ ..] => test::run(&target_dir(), rest),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The target directory that cargo uses when it is called at the workspace's root.
fn target_dir() -> PathBuf {
    let root = workspace_root();
    root.join(variable("CARGO_TARGET_DIR").unwrap_or_else(|| "target".to_owned()))
}

fn workspace_root() -> PathBuf {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir
        .ancestors()
        .nth(2)
        .unwrap_or(manifest_dir)
        .to_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a chore takes its settings from the environment"
)]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
