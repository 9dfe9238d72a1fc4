//! Why is it as it is, and what when it does not work?
//!
//! The pages of the repository's `design/` that a caller of this library wants to read.

#[doc = include_str!("../design/troubleshooting.md")]
pub mod troubleshooting {}

#[doc = include_str!("../design/resolution.md")]
pub mod resolution {}

#[doc = include_str!("../design/keys.md")]
pub mod keys {}

#[doc = include_str!("../design/stores.md")]
pub mod stores {}

#[doc = include_str!("../design/trust.md")]
pub mod trust {}

#[doc = include_str!("../design/secrets.md")]
pub mod secrets {}

#[doc = include_str!("../design/containerd.md")]
pub mod containerd {}

#[doc = include_str!("../design/findings.md")]
pub mod findings {}

#[doc = include_str!("../design/glossary.md")]
pub mod glossary {}

#[doc = include_str!("../design/why.md")]
pub mod why {}

#[doc = include_str!("../design/changelog.md")]
pub mod changelog {}
