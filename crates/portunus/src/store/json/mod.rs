//! JSON that other programs also write: read with places, edited without touching the rest.
//!
//! No error quotes the text, because it may hold a secret.

mod document;
mod edit;
mod render;

pub(crate) use document::{Document, JsonProblem, Member, Object};
pub(crate) use edit::{insert_or_replace, read_held, set_in_root, without};
pub(crate) use render::{RenderedObject, string as rendered_string};
