use std::collections::HashMap;

use containerd_client::services::v1::leases_client::LeasesClient;
use containerd_client::services::v1::{
    AddResourceRequest, CreateRequest, DeleteRequest, Lease, ListRequest, ListResourcesRequest,
    Resource,
};
use tonic::transport::Channel;

use super::labels::{OWNER_LABEL, REFERENCE_LABEL};
use crate::daemon::call::CallContext;
use crate::daemon::connection::Containerd;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::daemon_error::DaemonError;

/// The daemon's service for leases, in one containerd namespace.
#[derive(Debug, Clone)]
pub(super) struct LeasesService {
    channel: Channel,
    context: CallContext,
}

impl LeasesService {
    pub(super) fn new(containerd: &Containerd, containerd_namespace: &ContainerdNamespace) -> Self {
        Self {
            channel: containerd.channel(),
            context: CallContext::new(containerd_namespace.clone()),
        }
    }

    /// The same, with calls that are made under a lease.
    pub(super) fn under(self, lease: &str) -> Result<Self, DaemonError> {
        let no_header = |_| DaemonError::unexpected("the id of the lease is no header value");
        let header = lease.parse().map_err(no_header)?;
        Ok(Self {
            channel: self.channel,
            context: self.context.with_lease(header),
        })
    }

    pub(super) fn channel(&self) -> &Channel {
        &self.channel
    }

    pub(super) fn context(&self) -> &CallContext {
        &self.context
    }

    /// Creates a lease, and gives its id.
    pub(super) async fn create(
        &self,
        labels: HashMap<String, String>,
    ) -> Result<String, DaemonError> {
        let request = self.context.request(CreateRequest {
            // Left empty, so that the daemon makes up one that it has never seen.
            id: String::new(),
            labels,
        });
        let response = self.client().create(request).await?;
        Ok(response.into_inner().lease.unwrap_or_default().id)
    }

    pub(super) async fn delete(&self, lease: &str) -> Result<(), DaemonError> {
        let request = self.context.request(DeleteRequest {
            id: lease.to_owned(),
            sync: false,
        });
        Ok(self.client().delete(request).await.map(drop)?)
    }

    /// The leases that a program of ours has made.
    pub(super) async fn list_ours(&self) -> Result<Vec<Lease>, DaemonError> {
        let has = |label: &str| format!("labels.{label:?}");
        let request = self.context.request(ListRequest {
            filters: vec![has(OWNER_LABEL), has(REFERENCE_LABEL)],
        });
        Ok(self.client().list(request).await?.into_inner().leases)
    }

    /// The blobs under a lease, whole ones and those that are not whole yet.
    pub(super) async fn list_fetched(&self, lease: &str) -> Result<Vec<Resource>, DaemonError> {
        let request = self.context.request(ListResourcesRequest {
            id: lease.to_owned(),
        });
        let listed = self.client().list_resources(request).await?.into_inner();
        let mut fetched = listed.resources;
        fetched.retain(|it| matches!(it.r#type.as_str(), "content" | "ingests"));
        Ok(fetched)
    }

    /// Puts the blobs that are under one lease under another as well.
    pub(super) async fn copy_fetched(&self, from: &str, to: &str) -> Result<(), DaemonError> {
        for resource in self.list_fetched(from).await? {
            let request = self.context.request(AddResourceRequest {
                id: to.to_owned(),
                resource: Some(resource),
            });
            self.client().add_resource(request).await?;
        }
        Ok(())
    }

    /// Puts a blob, and all that its labels refer to, under a lease.
    pub(super) async fn hold(&self, lease: &str, digest: &str) -> Result<(), DaemonError> {
        let request = self.context.request(AddResourceRequest {
            id: lease.to_owned(),
            resource: Some(Resource {
                id: digest.to_owned(),
                r#type: "content".to_owned(),
            }),
        });
        Ok(self.client().add_resource(request).await.map(drop)?)
    }

    fn client(&self) -> LeasesClient<Channel> {
        LeasesClient::new(self.channel.clone())
    }
}
