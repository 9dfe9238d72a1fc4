use std::path::Path;

use portunus::resolve::{Plan, PreparedOperation};
use portunus_http::{Client, OciLayout, Progress, PullOptions, Pulled};

use crate::client::error::ClientError;
use crate::client::http;
use crate::client::settings::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// An image on its way: along which plan, with which credentials, and who asks.
#[derive(Debug)]
pub(crate) struct ImageTransfer<'a> {
    pub(crate) operation: &'a PreparedOperation,
    pub(crate) client: Client,
}

impl<'a> ImageTransfer<'a> {
    pub(crate) fn new(
        operation: &'a PreparedOperation,
        settings: &Settings<'_>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            operation,
            client: http::client(settings)?,
        })
    }

    /// Along which plan.
    pub(crate) fn plan(&self) -> &'a Plan {
        self.operation.plan()
    }

    /// Pulls along the plan into an OCI layout, unless it is stopped first.
    pub(crate) fn pull_into(
        &self,
        directory: &Path,
        options: &PullOptions,
        progress: &dyn Progress,
        stopped: impl Future<Output = Failure>,
    ) -> Result<Pulled, ClientError> {
        let layout = OciLayout::create(directory).map_err(|error| {
            let message = format!("cannot make a layout in {}: {error}", directory.display());
            Failure::new(Exit::Failed, message)
        })?;
        let pulling = self.client.pull(self.operation, &layout, options, progress);
        let result = http::block_on(async {
            tokio::select! {
                result = pulling => Ok(result),
                stopped = stopped => Err(stopped),
            }
        })?;
        result?.map_err(|error| ClientError::Hosts(Box::new(error)))
    }
}
