use portunus::name::{ImageReference, Profile, RegistryNamespace};
use portunus::token::trust::TrustPolicy;

/// The tool that reads what is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExportFormat {
    /// docker's `config.json`: docker, buildctl, kaniko. One login for each host.
    Docker,
    /// A pull secret, as a manifest.
    KubernetesSecret,
    /// The `auth.json` of podman, buildah and skopeo.
    ContainersAuth,
    /// A folder for buildx (`BUILDX_CONFIG`), with a `config.json` for each repository.
    Buildx,
}

/// What a build pod asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExportTarget {
    /// The repository of an image.
    Image(ImageReference),
    /// Every repository of a registry namespace.
    RegistryNamespace(RegistryNamespace),
}

/// What is to be exported.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExportRequest {
    /// For which tool.
    pub format: ExportFormat,
    /// For what.
    pub targets: Vec<ExportTarget>,
    /// Whose credentials.
    pub profile: Profile,
    /// What is trusted beyond the rules.
    pub trust: TrustPolicy,
}

impl ExportRequest {
    /// For nothing yet.
    pub fn new(format: ExportFormat, profile: Profile) -> Self {
        Self {
            format,
            targets: Vec::new(),
            profile,
            trust: TrustPolicy::default(),
        }
    }
}
