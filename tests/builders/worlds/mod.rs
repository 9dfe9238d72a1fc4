//! What these tests begin with.

pub(crate) mod front;
pub(crate) mod memory;
pub(crate) mod messages;
pub(crate) mod peer;
pub(crate) mod session;
pub(crate) mod workshop;
