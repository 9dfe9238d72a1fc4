use std::path::Path;

use portunus::resolve::{Plan, PreparedOperation};
use portunus_http::{Client, OciLayout, Progress, PullOptions, Pulled, PushOptions, Pushed};

use crate::error::ClientError;
use crate::http;
use crate::settings::Settings;

/// An image on its way: along which plan, with which credentials, and who asks.
#[derive(Debug)]
#[non_exhaustive]
pub struct ImageTransfer<'a> {
    /// The plan with its credentials.
    pub operation: &'a PreparedOperation,
    /// Who asks.
    pub client: Client,
}

impl<'a> ImageTransfer<'a> {
    /// With the settings in force.
    ///
    /// # Errors
    /// Where a variable of a proxy is not text.
    pub fn new(operation: &'a PreparedOperation, settings: &Settings) -> Result<Self, ClientError> {
        Ok(Self {
            operation,
            client: http::client(settings)?,
        })
    }

    /// Along which plan.
    pub fn plan(&self) -> &'a Plan {
        self.operation.plan()
    }

    /// Pushes the image of an OCI layout along the plan.
    ///
    /// # Errors
    /// Where there is no layout, or no host takes it.
    pub fn push_from(
        &self,
        directory: &Path,
        options: &PushOptions,
        progress: &dyn Progress,
    ) -> Result<Pushed, ClientError> {
        let layout = OciLayout::open(directory).map_err(|source| ClientError::NoLayout {
            directory: directory.to_owned(),
            source,
        })?;
        let pushing = self.client.push(self.operation, &layout, options, progress);
        Ok(http::block_on(pushing)?.map_err(Box::new)?)
    }

    /// Pulls along the plan into an OCI layout, unless it is stopped first.
    ///
    /// # Errors
    /// Where no host has it, no layout can be made, or it is stopped.
    pub fn pull_into(
        &self,
        directory: &Path,
        options: &PullOptions,
        progress: &dyn Progress,
        stopped: impl Future<Output = ClientError>,
    ) -> Result<Pulled, ClientError> {
        let layout = OciLayout::create(directory).map_err(|source| ClientError::Layout {
            directory: directory.to_owned(),
            source,
        })?;
        let pulling = self.client.pull(self.operation, &layout, options, progress);
        let result = http::block_on(async {
            tokio::select! {
                result = pulling => Ok(result),
                stopped = stopped => Err(stopped),
            }
        })?;
        result?.map_err(|error| ClientError::Registry(Box::new(error)))
    }
}
