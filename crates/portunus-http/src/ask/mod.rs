//! What is found out about a host without moving an image.

pub(crate) mod choice;
pub(crate) mod choices;
mod choose;
mod find;
pub(crate) mod probe;
mod run_errand;
pub(crate) mod verify;
mod web_page;
