//! What a builder is answered, decided by the plans of its images.

mod authority;
pub(crate) mod desk;
mod host_view;
pub(crate) mod note;
mod notes;
pub(crate) mod open_error;
mod password;
pub(crate) mod refused;
mod seat;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod token;
mod wanted;
