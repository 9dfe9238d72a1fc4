//! `--pull-secret`: what a command line names goes before every other source.

mod unfitting;

use std::path::PathBuf;

use clap::Args;
use portunus::name::ImageReference;
use portunus::resolve::{Operation, PreparedOperation};
use portunus_kubernetes::PullSecrets;

use crate::context::Context;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct PullSecretArguments {
    /// A Kubernetes pull secret: a mounted one, a folder of such, a manifest, or a file in docker's
    /// format; before all other sources; may be repeated
    #[arg(long, value_name = "PATH")]
    pull_secret: Vec<PathBuf>,
}

impl PullSecretArguments {
    /// Reads the secrets, and makes the plan of an operation in which they go first. What is wrong
    /// with them is told, and which of them is for nobody in it.
    pub(crate) fn prepare(
        &self,
        reference: &ImageReference,
        operation: Operation,
        context: &mut Context<'_>,
    ) -> Result<(PreparedOperation, PullSecrets), Failure> {
        let secrets = context.settings.pull_secrets(&self.pull_secret)?;
        context.warn_about(secrets.problems());
        let resolver = context.settings.resolver_with_secrets(&secrets)?;
        let prepared = context.prepare(&resolver, reference, operation)?;
        unfitting::warn_about(secrets.secrets(), prepared.plan(), context);
        Ok((prepared, secrets))
    }
}
