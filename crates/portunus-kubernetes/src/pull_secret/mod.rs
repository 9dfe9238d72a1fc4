//! Pull secrets: what stands in Secrets, as sources of credentials.

mod carried;
mod files;
mod merged;
mod objects;
mod pull_secrets;

pub use merged::MergedEntry;
pub use pull_secrets::PullSecrets;
