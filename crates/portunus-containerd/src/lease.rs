use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use containerd_client::services::v1::leases_client::LeasesClient;
use containerd_client::services::v1::{CreateRequest, DeleteRequest};
use prost_types::Timestamp;
use tonic::transport::Channel;

use crate::call::CallContext;
use crate::{Containerd, ContainerdNamespace, DaemonError};

const EXPIRY_LABEL: &str = "containerd.io/gc.expire";
const DELETION_DEADLINE: Duration = Duration::from_secs(5);

/// A lease of containerd: keeps what an operation has fetched so far from being collected, and
/// owns its streams.
///
/// It is deleted with [`Lease::delete`]. Dropped inside a tokio runtime, as when the operation is
/// cancelled, it is deleted in the background; where even that is not possible containerd
/// collects it when it expires.
#[derive(Debug)]
pub struct Lease {
    id: String,
    channel: Channel,
    context: CallContext,
    deleted: bool,
}

impl Lease {
    /// Creates one.
    ///
    /// # Errors
    /// What the daemon answers.
    pub async fn create(
        containerd: &Containerd,
        containerd_namespace: &ContainerdNamespace,
        expires_at: SystemTime,
    ) -> Result<Self, DaemonError> {
        let channel = containerd.channel();
        let context = CallContext::new(containerd_namespace.clone());
        let expiry = Timestamp::from(expires_at).to_string();
        let request = context.request(CreateRequest {
            // Left empty, so that the daemon makes up one that it has never seen.
            id: String::new(),
            labels: HashMap::from([(EXPIRY_LABEL.to_owned(), expiry)]),
        });
        // In a task of its own: where the caller goes away meanwhile, the lease that the daemon
        // has made all the same is dropped there, and so deleted.
        let creation = tokio::spawn(async move {
            let response = LeasesClient::new(channel.clone()).create(request).await?;
            let id = response.into_inner().lease.unwrap_or_default().id;
            let header = id
                .parse()
                .map_err(|_| DaemonError::unexpected("the id of the lease is no header value"))?;
            Ok(Self {
                id,
                channel,
                context: context.with_lease(header),
                deleted: false,
            })
        });
        let broken_off = |_| DaemonError::unexpected("the creation of the lease broke off");
        creation.await.map_err(broken_off)?
    }

    /// Its id, which no other lease of the daemon has had.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Deletes it. Content that a finished pull refers to stays; the rest goes with the next
    /// garbage collection, which this mostly brings about.
    ///
    /// # Errors
    /// What the daemon answers, also where it does not within five seconds.
    pub async fn delete(mut self) -> Result<(), DaemonError> {
        self.deleted = true;
        delete(self.channel.clone(), self.context.clone(), self.id.clone()).await
    }

    pub(crate) fn channel(&self) -> &Channel {
        &self.channel
    }

    pub(crate) fn context(&self) -> &CallContext {
        &self.context
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.deleted {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(delete(
                self.channel.clone(),
                self.context.clone(),
                self.id.clone(),
            ));
        }
    }
}

async fn delete(channel: Channel, context: CallContext, id: String) -> Result<(), DaemonError> {
    let request = context.request(DeleteRequest { id, sync: false });
    let mut leases = LeasesClient::new(channel);
    match tokio::time::timeout(DELETION_DEADLINE, leases.delete(request)).await {
        Ok(answer) => answer.map(|_| ()).map_err(DaemonError::from),
        Err(_) => Err(DaemonError::unexpected(
            "the lease was not deleted within 5 s",
        )),
    }
}
