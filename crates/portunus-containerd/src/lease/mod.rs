//! What keeps content and streams until an operation is over.

mod labels;
mod owner;
mod remains;
mod service;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use portunus::name::ImageReference;
use portunus::resolve::Operation;
use prost_types::Timestamp;
use tokio::time::timeout;
use tonic::transport::Channel;

use crate::daemon::call::CallContext;
use crate::daemon::connection::Containerd;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::daemon_error::{DaemonError, GrpcCode};
use labels::{EXPIRY_LABEL, OWNER_LABEL, REFERENCE_LABEL, REMAINS_LABEL};
use remains::Remains;
use service::LeasesService;

const RETURN_DEADLINE: Duration = Duration::from_secs(5);

/// How long a daemon may be gone, to be started again.
const RESTART: Duration = Duration::from_secs(60);

/// A lease of containerd: keeps what an operation has fetched so far from being collected, and
/// owns its streams.
///
/// It is deleted with [`Lease::delete`]. Dropped inside a tokio runtime, as when the operation is
/// cancelled, it is deleted in the background; where even that is not possible the next operation
/// deletes it, since its process is gone, or containerd collects it when it expires.
#[derive(Debug)]
pub struct Lease {
    id: String,
    service: LeasesService,
    /// What a pull has fetched is kept under this where it does not finish.
    remains: Option<Remains>,
    returned: bool,
    streams: AtomicU32,
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
        let service = LeasesService::new(containerd, containerd_namespace);
        Self::create_owned(service, HashMap::from([expiry(expires_at)]), None).await
    }

    /// Creates one for an operation on an image. What a pull has fetched under it when it fails is
    /// kept for the next pull of the image.
    pub(crate) async fn for_operation(
        containerd: &Containerd,
        containerd_namespace: &ContainerdNamespace,
        operation: Operation,
        reference: &ImageReference,
        expires_at: SystemTime,
    ) -> Result<Self, DaemonError> {
        let service = LeasesService::new(containerd, containerd_namespace);
        let labels = HashMap::from([
            expiry(expires_at),
            (REFERENCE_LABEL.to_owned(), reference.to_string()),
        ]);
        let remains = (operation == Operation::Pull).then(|| Remains::new(labels.clone()));
        Self::create_owned(service, labels, remains).await
    }

    async fn create_owned(
        service: LeasesService,
        mut labels: HashMap<String, String>,
        remains: Option<Remains>,
    ) -> Result<Self, DaemonError> {
        labels.extend(owner::this_process().map(|owner| (OWNER_LABEL.to_owned(), owner)));
        // In a task of its own: where the caller goes away meanwhile, the lease that the daemon
        // has made all the same is dropped there, and so deleted.
        let creation = tokio::spawn(async move {
            let id = service.create(labels).await?;
            Ok(Self {
                service: service.under(&id)?,
                id,
                remains,
                returned: false,
                streams: AtomicU32::new(0),
            })
        });
        let broken_off = |_| DaemonError::unexpected("the creation of the lease broke off");
        creation.await.map_err(broken_off)?
    }

    /// Deletes the leases of ours that nobody works under any more. A pull takes over what they
    /// hold of its image.
    pub(crate) async fn clear_up(&self) {
        // What the daemon does not let us clear up expires by itself.
        let _ = self.take_over().await;
    }

    /// Its id, which no other lease of the daemon has had.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// An id that no stream has had: the daemon remembers a stream as long as its lease is there.
    pub(crate) fn stream_id(&self, purpose: &str) -> String {
        let number = self.streams.fetch_add(1, Ordering::Relaxed);
        format!("{}-{purpose}-{number}", self.id)
    }

    /// Puts content under it, so that it is not collected meanwhile.
    pub(crate) async fn hold(&self, digest: &str) -> Result<(), DaemonError> {
        self.service.hold(&self.id, digest).await
    }

    /// Deletes it. Content that a finished pull refers to stays; the rest goes with the next
    /// garbage collection, which this mostly brings about.
    ///
    /// # Errors
    /// What the daemon answers, also where it does not within five seconds.
    pub async fn delete(mut self) -> Result<(), DaemonError> {
        self.remains = None;
        self.give_back().await
    }

    /// Deletes it at the end of its operation. It expires by itself where that fails, and the
    /// operation is over either way.
    pub(crate) async fn end(self, succeeded: bool) {
        let _ = match succeeded {
            true => self.delete().await,
            false => self.give_back().await,
        };
    }

    pub(crate) fn channel(&self) -> &Channel {
        self.service.channel()
    }

    pub(crate) fn context(&self) -> &CallContext {
        self.service.context()
    }

    async fn give_back(mut self) -> Result<(), DaemonError> {
        self.returned = true;
        give_back(self.service.clone(), self.id.clone(), self.remains.take()).await
    }

    async fn take_over(&self) -> Result<(), DaemonError> {
        for lease in self.service.list_ours().await? {
            let own = self.remains.as_ref().is_some_and(|it| it.are_of(&lease));
            let is_left = match lease.labels.get(OWNER_LABEL) {
                Some(owner) => owner::is_gone(owner),
                // Without a process it may also be of one that could not tell who it is.
                None => own && lease.labels.contains_key(REMAINS_LABEL),
            };
            if !is_left || lease.id == self.id {
                continue;
            }
            if own {
                self.service.copy_fetched(&lease.id, &self.id).await?;
            }
            self.service.delete(&lease.id).await?;
        }
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.returned {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (service, id) = (self.service.clone(), self.id.clone());
            runtime.spawn(give_back(service, id, self.remains.take()));
        }
    }
}

/// Where the daemon is gone, it is given back once it is there again, as long as we are: in the
/// background, since nobody waits for that.
async fn give_back(
    service: LeasesService,
    id: String,
    remains: Option<Remains>,
) -> Result<(), DaemonError> {
    let given_back = try_to_give_back(&service, &id, remains.as_ref()).await;
    if given_back.as_ref().is_err_and(is_gone) {
        tokio::spawn(async move {
            for _ in 0..RESTART.as_secs() {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let given_back = try_to_give_back(&service, &id, remains.as_ref()).await;
                if !given_back.as_ref().is_err_and(is_gone) {
                    return;
                }
            }
        });
    }
    given_back
}

fn is_gone(error: &DaemonError) -> bool {
    error.grpc == GrpcCode::Unavailable
}

async fn try_to_give_back(
    service: &LeasesService,
    id: &str,
    remains: Option<&Remains>,
) -> Result<(), DaemonError> {
    let returning = async {
        if let Some(remains) = remains {
            // Where they cannot be kept, the next pull begins from zero.
            let _ = remains.keep(service, id).await;
        }
        service.delete(id).await
    };
    match timeout(RETURN_DEADLINE, returning).await {
        Ok(answer) => answer,
        Err(_) => Err(DaemonError::unexpected(
            "the lease was not deleted within 5 s",
        )),
    }
}

fn expiry(expires_at: SystemTime) -> (String, String) {
    let text = Timestamp::from(expires_at).to_string();
    (EXPIRY_LABEL.to_owned(), text)
}
