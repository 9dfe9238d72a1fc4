use containerd_client::services::v1::PluginsRequest;
use containerd_client::services::v1::introspection_client::IntrospectionClient;

use crate::call::CallContext;
use crate::{Containerd, DaemonError};

/// The snapshotters that work in this daemon, by name. Which of them its transfer service unpacks
/// with it does not tell; it passes over the others.
pub(crate) async fn working(
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
