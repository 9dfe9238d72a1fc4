//! Logging in and out.

pub(crate) mod target;
