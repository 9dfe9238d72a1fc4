use portunus::name::ImageReference;

use crate::context::Context;
use crate::failure::Failure;
use crate::help::Help;
use crate::output;

/// Reads an image as docker does, and says so where that names another place than was typed.
/// `verb`: what is to be done with it, where that takes the image alone.
pub(crate) fn reference(
    verb: Option<&str>,
    typed: &str,
    context: &mut Context<'_>,
) -> Result<ImageReference, Failure> {
    let reference = ImageReference::parse(typed).map_err(|error| {
        // As skopeo and podman want it, and as browsers show it.
        let bare = typed.split_once("://").map(|(_, rest)| rest);
        let bare = bare.filter(|rest| ImageReference::parse(rest).is_ok());
        let help = bare.map(|rest| match verb {
            Some(verb) => Help::command([verb, rest]),
            None => format!("name the image without its scheme: {rest}").into(),
        });
        help.into_iter().fold(Failure::from(error), Failure::help)
    })?;
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
