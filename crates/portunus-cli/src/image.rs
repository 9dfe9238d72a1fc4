use portunus::name::ImageReference;

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

/// Reads an image as docker does, and says so where that names another place than was typed.
pub(crate) fn reference(typed: &str, context: &mut Context<'_>) -> Result<ImageReference, Failure> {
    let reference = ImageReference::parse(typed)?;
    let name = format!(
        "{}/{}",
        reference.registry_namespace(),
        reference.repository()
    );
    if !typed.starts_with(&name) {
        let message = format!("`{typed}` is read as {reference}, as docker does");
        output::note(&message, context.streams);
    }
    Ok(reference)
}
