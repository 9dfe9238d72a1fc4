use std::path::Path;
use std::sync::Arc;

use portunus::resolve::{Plan, Session};
use portunus_http::{Client, OciLayout, Progress, PullOptions, Pulled};

use crate::client::error::ClientError;
use crate::client::http;
use crate::client::settings::Settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// An image on its way: along which plan, with which credentials, and who asks.
#[derive(Debug)]
pub(crate) struct ImageTransfer<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) session: Arc<Session>,
    pub(crate) client: Client,
}

impl<'a> ImageTransfer<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        session: Session,
        settings: &Settings<'_>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            plan,
            session: Arc::new(session),
            client: http::client(settings)?,
        })
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
        let (plan, session) = (self.plan, &self.session);
        let pulling = self.client.pull(plan, session, &layout, options, progress);
        let result = http::block_on(async {
            tokio::select! {
                result = pulling => Ok(result),
                stopped = stopped => Err(stopped),
            }
        })?;
        result?.map_err(|error| ClientError::Hosts(Box::new(error)))
    }
}
