use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct PullSecretArguments {
    /// A Kubernetes pull secret: a mounted one, a folder of such, a manifest, or a file in docker's
    /// format; before all other sources; may be repeated
    #[arg(long = "pull-secret", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}
