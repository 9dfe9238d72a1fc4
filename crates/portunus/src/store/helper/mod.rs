//! The client of `docker-credential-*` helpers.

mod answer;
mod client;
mod cloud;
mod hosts;
mod process;
mod programs;
mod said;
mod store;
mod table;

pub(crate) use client::HelperClient;
pub use hosts::HelperHosts;
pub use programs::HelperPrograms;
pub use store::HelperStore;
pub use table::HelperTable;
