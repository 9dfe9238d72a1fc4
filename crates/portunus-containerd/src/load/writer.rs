use std::time::Duration;

use containerd_client::services::v1::content_client::ContentClient;
use containerd_client::services::v1::{WriteAction, WriteContentRequest, WriteContentResponse};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use super::Load;
use super::parts::Part;
use crate::daemon::daemon_error::GrpcCode;
use crate::transfer::ended::Ended;

/// How long to wait at first, and at most, before a blob is asked for again that somebody else is
/// writing.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// A blob on its way to the daemon.
pub(super) struct Writer {
    opener: WriteContentRequest,
    /// How much of it was handed over.
    pub(super) offset: u64,
    sender: mpsc::Sender<WriteContentRequest>,
    pub(super) receiver: Streaming<WriteContentResponse>,
}

impl Writer {
    pub(super) fn request(&self, action: WriteAction, data: Vec<u8>) -> WriteContentRequest {
        WriteContentRequest {
            action: action.into(),
            offset: i64::try_from(self.offset).unwrap_or(i64::MAX),
            data,
            ..self.opener.clone()
        }
    }

    pub(super) async fn send(&mut self, request: WriteContentRequest) -> Result<(), tonic::Status> {
        self.offset += request.data.len() as u64;
        // Where the daemon has closed the stream, its answer says why.
        let _ = self.sender.send(request).await;
        Ok(())
    }
}

impl Load<'_> {
    /// Waits for another writer of the same blob, as containerd's client does (`OpenWriter` in
    /// `core/content/helpers.go`): it mostly ends with the blob there.
    pub(super) async fn open_writer(&self, part: &Part) -> Result<Writer, Ended> {
        let (mut pause, longest) = PAUSES;
        loop {
            match self.try_open_writer(part).await {
                Err(Ended::Daemon(error)) if error.grpc == GrpcCode::Locked => {
                    tokio::time::sleep(pause).await;
                    pause = longest.min(2 * pause);
                }
                result => return result,
            }
        }
    }

    async fn try_open_writer(&self, part: &Part) -> Result<Writer, Ended> {
        let (sender, outgoing) = mpsc::channel(1);
        let opener = WriteContentRequest {
            action: WriteAction::Stat.into(),
            r#ref: reference_of(&part.descriptor.digest),
            total: i64::try_from(part.descriptor.size).unwrap_or(i64::MAX),
            expected: part.descriptor.digest.clone(),
            ..Default::default()
        };
        // Sent before the answer is awaited: the daemon says nothing until it has read it.
        let _ = sender.try_send(opener.clone());
        let mut content = ContentClient::new(self.lease.channel().clone());
        let request = self.lease.context().request(ReceiverStream::new(outgoing));
        let receiver = self.call(content.write(request)).await?.into_inner();
        let mut writer = Writer {
            opener,
            offset: 0,
            sender,
            receiver,
        };
        let held = said(self.call(writer.receiver.message()).await?)?.offset;
        writer.offset = u64::try_from(held).unwrap_or(0);
        self.ahead.opened(&part.descriptor.digest);
        Ok(writer)
    }
}

/// What containerd knows a blob by until it is whole.
pub(super) fn reference_of(digest: &str) -> String {
    format!("portunus-{digest}")
}

/// What the daemon answers to the earliest request that it has not answered.
pub(super) fn said(answer: Option<WriteContentResponse>) -> Result<WriteContentResponse, Ended> {
    answer.ok_or_else(|| Ended::Content("containerd closed the stream of a blob".to_owned()))
}
