use std::path::Path;

use portunus::resolve::{Plan, PreparedOperation};
use portunus_http::{Client, OciLayout, PullOptions, Pulled, PushOptions, Pushed};

use crate::error::ClientError;
use crate::http;
use crate::observer::{ClientObserver, Told};
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
        observer: &dyn ClientObserver,
    ) -> Result<Pushed, ClientError> {
        let layout = OciLayout::open(directory).map_err(|source| ClientError::NoLayout {
            directory: directory.to_owned(),
            source,
        })?;
        let told = Told(observer);
        let pushing = self.client.push(self.operation, &layout, options, &told);
        Ok(http::block_on(pushing)?.map_err(Box::new)?)
    }

    /// Pulls along the plan into an OCI layout.
    ///
    /// # Errors
    /// Where no host has it, or no layout can be made.
    pub fn pull_into(
        &self,
        directory: &Path,
        options: &PullOptions,
        observer: &dyn ClientObserver,
    ) -> Result<Pulled, ClientError> {
        let layout = OciLayout::create(directory).map_err(|source| ClientError::Layout {
            directory: directory.to_owned(),
            source,
        })?;
        let told = Told(observer);
        let pulling = self.client.pull(self.operation, &layout, options, &told);
        Ok(http::block_on(pulling)?.map_err(Box::new)?)
    }

    /// That it was stopped.
    #[cfg(feature = "containerd")]
    pub(crate) fn cancelled(&self) -> ClientError {
        ClientError::Cancelled {
            operation: self.plan().operation,
            reference: Box::new(self.plan().reference.clone()),
        }
    }
}
