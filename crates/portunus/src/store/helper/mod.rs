//! The client of `docker-credential-*` helpers.

mod client;
mod process;
mod programs;

pub(crate) use client::HelperClient;
pub use programs::HelperPrograms;
