use std::path::PathBuf;

use clap::Args;

use crate::progress::ProgressStyle;
use crate::pull_secrets::PullSecretArguments;

/// Push an image from containerd, or from an OCI layout
#[derive(Debug, Args)]
pub struct PushArguments {
    /// The image, as docker understands it
    pub(super) image: String,
    #[command(flatten)]
    pub(super) pull_secrets: PullSecretArguments,
    #[cfg(feature = "containerd")]
    #[command(flatten)]
    pub(super) containerd: crate::daemon::ContainerdArguments,
    /// Push to a mirror that may be pushed to only because it has no `capabilities` line
    #[arg(long)]
    pub(super) push_to_mirror: bool,
    /// How progress is shown: bars on a terminal, lines elsewhere
    #[arg(long, value_enum, value_name = "STYLE")]
    pub(super) progress: Option<ProgressStyle>,
    /// Push the image from this OCI layout, without containerd
    #[arg(long, value_name = "DIR")]
    pub(super) oci_layout: Option<PathBuf>,
    /// Mount layers from this repository of the same registry where it has them; repositories
    /// that the layout names are tried without being told
    #[arg(long, value_name = "REPOSITORY", requires = "oci_layout")]
    pub(super) mount_from: Vec<String>,
}
