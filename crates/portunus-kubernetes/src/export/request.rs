use portunus::name::{Authority, ImageReference, NameError, Profile, RegistryNamespace};
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
    /// Every repository of a registry namespace: the logins for all of them, and those for some.
    RegistryNamespace(RegistryNamespace),
}

impl ExportTarget {
    /// A repository of a registry namespace.
    ///
    /// # Errors
    /// Where no image has such a name.
    pub fn repository(name: &RegistryNamespace, repository: &str) -> Result<Self, NameError> {
        image_of(name, repository).map(Self::Image)
    }
}

/// The image of that repository. What looks like no host is a part of Docker Hub to docker.
pub(super) fn image_of(
    name: &RegistryNamespace,
    repository: &str,
) -> Result<ImageReference, NameError> {
    let image = ImageReference::parse(&format!("{name}/{repository}"))?;
    let host = Authority::of_registry_namespace;
    match host(image.registry_namespace()) == host(name) {
        true => Ok(image),
        false => {
            let problem =
                "no image can have it: without a dot or a port it is a part of Docker Hub";
            Err(NameError::new("registry namespace", name.as_str(), problem))
        }
    }
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
