use std::path::Path;
use std::sync::Arc;

use portunus::resolve::{Plan, Session};
use portunus_http::{InvalidPlatform, OciLayout, Platform, Platforms, PullOptions, Pulled};

use crate::client::http;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{ProgressDisplay, ProgressStyle};

/// Pulls along the plan into an OCI layout, unless it is stopped first.
pub(crate) fn fetch(
    directory: &Path,
    plan: &Plan,
    session: &Arc<Session>,
    platforms: Platforms,
    progress: Option<ProgressStyle>,
    context: &mut Context<'_>,
    stopped: impl Future<Output = Failure>,
) -> Result<Pulled, Failure> {
    let mut options = PullOptions::default();
    options.platforms = platforms;
    let layout = OciLayout::create(directory).map_err(|error| {
        let message = format!("cannot make a layout in {}: {error}", directory.display());
        Failure::new(Exit::Failed, message)
    })?;
    let client = http::client(context)?;
    let display = ProgressDisplay::new(progress, context.streams);
    let pulling = client.pull(plan, session, &layout, &options, &display);
    let result = http::block_on(async {
        tokio::select! {
            result = pulling => Ok(result),
            stopped = stopped => Err(stopped),
        }
    })?;
    drop(display);
    result?.map_err(|error| http::failure(&error, Some(plan)))
}

/// The platform of `--platform`.
pub(crate) fn platform(text: &str) -> Result<Platform, Failure> {
    text.parse().map_err(|error: InvalidPlatform| {
        Failure::new(Exit::Usage, error.to_string())
            .help("write it as `--platform linux/amd64`, or leave it out")
    })
}
