//! The client of `docker-credential-*` helpers.

mod client;
mod process;
mod programs;
mod store;

pub(crate) use client::HelperClient;
pub use programs::HelperPrograms;
pub use store::HelperStore;
