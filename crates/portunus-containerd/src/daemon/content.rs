use containerd_client::services::v1::ReadContentRequest;
use containerd_client::services::v1::content_client::ContentClient;
use tonic::transport::Channel;

use crate::daemon::call::CallContext;
use crate::daemon::daemon_error::DaemonError;

/// The first bytes of content, at most so many.
pub(crate) async fn read_content(
    channel: Channel,
    context: &CallContext,
    digest: &str,
    most: usize,
) -> Result<Vec<u8>, DaemonError> {
    let request = context.request(ReadContentRequest {
        digest: digest.to_owned(),
        ..Default::default()
    });
    let mut pieces = ContentClient::new(channel)
        .read(request)
        .await?
        .into_inner();
    let mut bytes = Vec::new();
    while bytes.len() < most
        && let Some(piece) = pieces.message().await?
    {
        bytes.extend_from_slice(&piece.data);
    }
    bytes.truncate(most);
    Ok(bytes)
}
