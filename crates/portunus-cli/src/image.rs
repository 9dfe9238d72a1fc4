use std::path::PathBuf;

use portunus::name::ImageReference;
use portunus::resolve::Operation;
use portunus_client::{ResolveRequest, Resolved};

use crate::context::Context;
#[cfg(not(feature = "containerd"))]
use crate::exit::Exit;
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

/// The plan for an image as it was typed behind the verb of that name, with the pull secrets that were
/// given.
pub(crate) fn resolve(
    operation: Operation,
    typed: &str,
    pull_secrets: &[PathBuf],
    context: &mut Context<'_>,
) -> Result<Resolved, Failure> {
    let reference = reference(Some(operation.as_str()), typed, context)?;
    let mut request = ResolveRequest::new(reference, operation);
    request.pull_secrets = pull_secrets.to_vec();
    context.resolve(&request)
}

/// That there is no daemon to go through.
#[cfg(not(feature = "containerd"))]
pub(crate) fn explain_without_daemon(resolved: &Resolved) -> Failure {
    let plan = resolved.plan();
    let image = plan.reference.to_string();
    let words = [plan.operation.as_str(), &image, "--oci-layout", "DIR"];
    Failure::new(Exit::Usage, "this program was built without containerd")
        .help(Help::command(words))
}
