//! Pull secrets as the kubelet reads them, except where listed, and what is answered to it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that goes on may say what it saw"
)]

mod credential_provider;
mod export;
mod export_names;
mod node;
mod odd_files;
mod pull_secret_files;
mod pull_secret_vectors;
mod service_accounts;
mod worlds;

fn main() -> std::process::ExitCode {
    support::harness::run()
}
