use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};

use crate::daemon::containerd_namespace::ContainerdNamespace;

/// What every call of an operation carries: containerd reads both from headers
/// (`pkg/namespaces/grpc.go`, `core/leases/grpc.go`).
#[derive(Debug, Clone)]
pub(crate) struct CallContext {
    containerd_namespace: ContainerdNamespace,
    lease: Option<MetadataValue<Ascii>>,
}

impl CallContext {
    pub(crate) fn new(containerd_namespace: ContainerdNamespace) -> Self {
        Self {
            containerd_namespace,
            lease: None,
        }
    }

    pub(crate) fn with_lease(mut self, lease: MetadataValue<Ascii>) -> Self {
        self.lease = Some(lease);
        self
    }

    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let headers = request.metadata_mut();
        headers.insert("containerd-namespace", self.containerd_namespace.header());
        if let Some(lease) = &self.lease {
            headers.insert("containerd-lease", lease.clone());
        }
        request
    }
}
