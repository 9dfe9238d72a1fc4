use std::path::Path;
use std::sync::Arc;

use portunus::resolve::{Plan, Session};
use portunus_http::{OciLayout, Platform, Platforms, PullOptions};

use super::PullArguments;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{ProgressDisplay, megabytes};
use crate::{http, output};

/// Pulls along the plan into an OCI layout.
pub(super) fn pull(
    directory: &Path,
    plan: &Plan,
    session: &Arc<Session>,
    arguments: &PullArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let mut options = PullOptions::default();
    if let Some(platform) = &arguments.platform {
        options.platforms = Platforms::Only(Platform::parse(platform).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("`{platform}` is no platform"))
                .help("write OS/ARCHITECTURE, for example linux/amd64")
        })?);
    }
    let layout = OciLayout::create(directory).map_err(|error| {
        let message = format!("cannot make a layout in {}: {error}", directory.display());
        Failure::new(Exit::Failed, message)
    })?;
    let client = http::client(context);
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let pulling = client.pull(plan, session, &layout, &options, &display);
    let result = http::block_on(pulling)?;
    drop(display);
    let pulled = result.map_err(|error| http::failure(&error, Some(plan)))?;
    let text = format!(
        "pulled {} {}\n{} parts, {} in {}\n",
        plan.reference,
        pulled.manifest.digest,
        pulled.parts,
        megabytes(pulled.bytes),
        directory.display()
    );
    output::result(&text, context.streams)?;
    Ok(Exit::Done)
}
