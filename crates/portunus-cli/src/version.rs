//! `portunus version`: which one it is.

use clap::Args;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::program::Program;
use crate::streams::Streams;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  {program} version\n  {program} version --json")]
pub(crate) struct VersionArguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(
    arguments: &VersionArguments,
    program: &Program,
    streams: &mut Streams,
) -> Result<Exit, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    if arguments.json {
        // `version` is that of the document, as in every other.
        let document = json!({
            "version": 1,
            "program": program.name(),
            "program_version": version,
        });
        return output::json(&document, streams);
    }
    output::result([format!("{} {version}", program.name())], streams)
}
