//! Which hosts are asked for an image, in which order, and which secret may each of them see?

pub mod credential;
pub mod hosts;
pub mod name;
pub mod resolve;
pub mod secret;
pub mod store;
pub mod token;
