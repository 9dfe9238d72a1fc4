//! What tests of host directories stand on.

pub(crate) mod vectors;
