//! Which hosts are asked for an image, in which order, and which secret may each of them see?

pub(crate) mod probe;
pub(crate) mod unfitting;

use std::path::PathBuf;

use portunus::name::ImageReference;
use portunus::resolve::{Operation, Plan, PreparedOperation};
use portunus_kubernetes::PullSecrets;

use crate::error::ClientError;
use crate::events;
use crate::settings::Settings;

pub use probe::{Probed, probe};
pub use unfitting::UnfittingSecret;

/// The image, and what is to be done with it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ResolveRequest {
    /// The image.
    pub reference: ImageReference,
    /// What is to be done with it.
    pub operation: Operation,
    /// Pull secrets: mounted ones, folders of such, manifests, files in docker's format. They go before
    /// all other sources.
    pub pull_secrets: Vec<PathBuf>,
    /// Whether the plan tells each credential that was passed over, and not how many alone.
    pub explain: bool,
}

/// The plan, and what is to be known of how it came about.
#[derive(Debug)]
#[non_exhaustive]
pub struct Resolved {
    /// The plan with its credentials, for what carries it out.
    pub operation: PreparedOperation,
    /// What was read of the pull secrets.
    pub pull_secrets: PullSecrets,
    /// Pull secrets that hold nothing for any of the hosts.
    pub unfitting: Vec<UnfittingSecret>,
}

impl ResolveRequest {
    /// With the logins of the machine alone.
    pub fn new(reference: ImageReference, operation: Operation) -> Self {
        Self {
            reference,
            operation,
            pull_secrets: Vec::new(),
            explain: false,
        }
    }
}

impl Resolved {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        self.operation.plan()
    }

    /// Whether some host would be asked without a credential.
    pub fn misses_login(&self) -> bool {
        let mut asked = self.plan().attempts.iter();
        asked.any(|it| !it.phases.is_empty() && it.candidates.is_empty())
    }
}

/// Makes the plan. Nobody is asked over the network.
///
/// # Errors
/// Where a pull secret or a source that may not be passed over cannot be read, or the hosts cannot.
pub fn resolve(request: &ResolveRequest, settings: &Settings) -> Result<Resolved, ClientError> {
    let pull_secrets = settings.pull_secrets(&request.pull_secrets)?;
    let mut resolver = settings.resolver_behind(pull_secrets.sources().collect())?;
    if request.explain {
        resolver = resolver.explaining(true);
    }
    let operation = resolver.prepare(&request.reference, request.operation, &settings.profile)?;
    events::plan(operation.plan());
    Ok(Resolved {
        unfitting: UnfittingSecret::find_all(pull_secrets.secrets(), operation.plan()),
        pull_secrets,
        operation,
    })
}
