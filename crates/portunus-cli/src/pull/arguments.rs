use std::path::PathBuf;

use clap::Args;
use portunus_http::{InvalidPlatform, Platform};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::ProgressStyle;
use crate::pull_secrets::PullSecretArguments;

/// Pull an image through containerd, or into an OCI layout
#[derive(Debug, Args)]
pub struct PullArguments {
    /// The image, as docker understands it
    pub(super) image: String,
    #[command(flatten)]
    pub(super) pull_secrets: PullSecretArguments,
    #[cfg(feature = "containerd")]
    #[command(flatten)]
    pub(super) containerd: crate::daemon::ContainerdArguments,
    /// Send every request from our side, and only store through containerd
    #[cfg(feature = "containerd")]
    #[arg(long, conflicts_with = "oci_layout")]
    pub(super) local: bool,
    /// The platform, OS/ARCHITECTURE[/VARIANT]; this machine's where not given
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,
    /// Do not unpack the layers
    #[cfg(feature = "containerd")]
    #[arg(long)]
    pub(super) no_unpack: bool,
    /// Ask anonymously where every credential was rejected
    #[arg(long)]
    pub(super) anonymous_fallback: bool,
    /// How progress is shown: bars on a terminal, lines elsewhere
    #[arg(long, value_enum, value_name = "STYLE")]
    pub(super) progress: Option<ProgressStyle>,
    /// Write the image into this OCI layout, without containerd
    #[arg(long, value_name = "DIR")]
    pub(super) oci_layout: Option<PathBuf>,
}

impl PullArguments {
    /// The platform, where one is named.
    pub(super) fn platform(&self) -> Result<Option<Platform>, Failure> {
        let named = self.platform.as_deref().map(str::parse);
        named.transpose().map_err(|error: InvalidPlatform| {
            Failure::new(Exit::Usage, error.to_string())
                .help("write it as `--platform linux/amd64`, or leave it out")
        })
    }
}
