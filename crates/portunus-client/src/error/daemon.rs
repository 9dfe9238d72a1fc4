use portunus::hosts::RenderError;
use portunus::name::ImageReference;
use portunus::remedy::{Advise, Remedy};
use portunus_containerd::{AnswersError, ConnectError, InvalidContainerdNamespace, TransferError};

/// Why something was not done through containerd.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DaemonFailure {
    /// Nobody answers at its socket.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// There can be no such containerd namespace.
    #[error(transparent)]
    ContainerdNamespace(#[from] InvalidContainerdNamespace),
    /// The hosts cannot be written for it.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// What it will ask cannot be answered.
    #[error(transparent)]
    Answers(#[from] AnswersError),
    /// No host may be pushed to.
    #[error("push of {0}: no host may be pushed to")]
    NoPushHost(Box<ImageReference>),
    /// It failed.
    #[error(transparent)]
    Transfer(#[from] TransferError),
}

impl Advise for DaemonFailure {
    fn remedies(&self) -> Vec<Remedy> {
        match self {
            Self::Connect(error) => error.remedies(),
            Self::Answers(error) => error.remedies(),
            Self::NoPushHost(reference) => {
                let registry_namespace = reference.registry_namespace().clone();
                vec![Remedy::ShowHosts(Some(registry_namespace))]
            }
            Self::Transfer(error) => error.remedies(),
            Self::Render(_) | Self::ContainerdNamespace(_) => Vec::new(),
        }
    }
}
