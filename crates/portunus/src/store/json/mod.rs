//! JSON that other programs also write: read with places, edited without touching the rest.
//!
//! No error quotes the text, because it may hold a secret.

mod document;
mod edit;
mod object;
mod render;
mod scan;
mod text;

pub(crate) use document::{Document, JsonProblem};
pub(crate) use edit::{insert_or_replace, read_held, set_in_root, without};
pub(crate) use object::{Member, MemberPlace, Object};
pub(crate) use render::{RenderedObject, string as rendered_string};
pub(crate) use text::Text;
