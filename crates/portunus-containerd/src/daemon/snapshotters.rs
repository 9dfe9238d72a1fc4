use containerd_client::services::v1::introspection_client::IntrospectionClient;
use containerd_client::services::v1::namespaces_client::NamespacesClient;
use containerd_client::services::v1::{GetNamespaceRequest, PluginsRequest};

use crate::daemon::call::CallContext;
use crate::daemon::connection::Containerd;
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::daemon_error::{DaemonError, GrpcCode};

/// Where a containerd namespace says what its images are unpacked with (`defaults/defaults.go`).
const LABEL: &str = "containerd.io/defaults/snapshotter";

/// What the containerd namespace itself names, if it does.
pub(crate) async fn find_default(
    containerd: &Containerd,
    context: &CallContext,
    containerd_namespace: &ContainerdNamespace,
) -> Result<Option<String>, DaemonError> {
    let request = context.request(GetNamespaceRequest {
        name: containerd_namespace.as_str().to_owned(),
    });
    let mut namespaces = NamespacesClient::new(containerd.channel());
    let answer = namespaces.get(request).await.map_err(DaemonError::from);
    let namespace = match answer {
        Ok(answer) => answer.into_inner().namespace.unwrap_or_default(),
        // It begins to be with the first thing in it.
        Err(error) if error.grpc == GrpcCode::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let named = namespace.labels.get(LABEL).cloned();
    Ok(named.filter(|name| !name.is_empty()))
}

/// The snapshotters that work in this daemon, by name. Which of them its transfer service unpacks
/// with it does not tell; it passes over the others.
pub(crate) async fn list_working(
    containerd: &Containerd,
    context: &CallContext,
) -> Result<Vec<String>, DaemonError> {
    let request = context.request(PluginsRequest {
        filters: vec!["type==io.containerd.snapshotter.v1".to_owned()],
    });
    let mut introspection = IntrospectionClient::new(containerd.channel());
    let plugins = introspection.plugins(request).await?.into_inner().plugins;
    let working = plugins
        .into_iter()
        .filter(|plugin| plugin.init_err.is_none());
    Ok(working.map(|plugin| plugin.id).collect())
}
