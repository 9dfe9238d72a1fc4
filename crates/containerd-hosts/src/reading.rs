use crate::daemon_version::DaemonVersion;

/// How a `hosts.toml` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reading {
    /// A file that containerd would drop, in whole or in part, is an error; keys that it does not
    /// know are warnings.
    Strict {
        /// The daemon that will read the file; `None`: the newest.
        daemon: Option<DaemonVersion>,
    },
    /// The hosts that containerd would really use, with a note for each thing it ignores.
    AsContainerd {
        /// The daemon whose reading is wanted; `None`: the newest.
        daemon: Option<DaemonVersion>,
    },
}

impl Reading {
    /// [`Reading::Strict`] for the newest containerd.
    pub const STRICT: Self = Self::Strict { daemon: None };
    /// [`Reading::AsContainerd`] for the newest containerd.
    pub const AS_CONTAINERD: Self = Self::AsContainerd { daemon: None };

    pub(crate) fn is_strict(self) -> bool {
        matches!(self, Self::Strict { .. })
    }

    pub(crate) fn daemon(self) -> DaemonVersion {
        let (Self::Strict { daemon } | Self::AsContainerd { daemon }) = self;
        daemon.unwrap_or(DaemonVersion::NEWEST)
    }
}

impl Default for Reading {
    fn default() -> Self {
        Self::STRICT
    }
}
