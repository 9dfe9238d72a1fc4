//! What an image is, and how a layout keeps it. Opens no connection.

pub(crate) mod answer;
pub(crate) mod descriptor;
pub(crate) mod digest;
mod json;
pub(crate) mod layout;
pub(crate) mod manifest;
pub(crate) mod platform;
pub(crate) mod visited;
