use containerd_client::services::v1::StreamInit;
use containerd_client::services::v1::streaming_client::StreamingClient;
use containerd_client::to_any;
use prost_types::Any;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;

use crate::daemon::call::CallContext;
use crate::daemon::daemon_error::DaemonError;

/// A stream that the daemon knows by an id, so that a later call can name it.
#[derive(Debug)]
pub(crate) struct DaemonStream {
    pub(crate) sender: mpsc::Sender<Any>,
    pub(crate) receiver: Streaming<Any>,
}

impl DaemonStream {
    /// Opens it and waits until the daemon has registered the id.
    ///
    /// The id must be new to the daemon for its lifetime: it forgets one only together with the
    /// lease that the stream was opened under (`plugins/streaming/manager.go`).
    pub(crate) async fn open(
        channel: &Channel,
        context: &CallContext,
        id: &str,
    ) -> Result<Self, DaemonError> {
        let (sender, outgoing) = mpsc::channel(1);
        let opener = to_any(&StreamInit { id: id.to_owned() });
        // The daemon sends its headers only after it has read the opener.
        if sender.try_send(opener).is_err() {
            return Err(DaemonError::unexpected("the stream is closed"));
        }
        let mut receiver = StreamingClient::new(channel.clone())
            .stream(context.request(ReceiverStream::new(outgoing)))
            .await?
            .into_inner();
        match receiver.message().await? {
            Some(_) => Ok(Self { sender, receiver }),
            None => Err(DaemonError::unexpected(
                "the stream ended before it was acknowledged",
            )),
        }
    }
}
