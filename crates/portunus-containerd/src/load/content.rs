use std::collections::HashMap;
use std::io::ErrorKind;
use std::time::Duration;

use containerd_client::services::v1::content_client::ContentClient;
use containerd_client::services::v1::{
    Info, InfoRequest, UpdateRequest, WriteAction, WriteContentRequest, WriteContentResponse,
};
use prost_types::FieldMask;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use super::Load;
use super::parts::{self, Part};
use crate::daemon::daemon_error::GrpcCode;
use crate::transfer::ended::Ended;

/// Bytes that are sent at once; containerd takes at most 16 MiB.
const PIECE: usize = 1 << 20;
/// How many pieces are on their way: one is read and sent while the daemon writes the one before.
const ON_THE_WAY: usize = 2;
/// Bytes of a label at most, with its name (`pkg/labels/validate.go`).
const LABEL_SIZE: usize = 4096;
/// How long to wait at first, and at most, before a blob is asked for again that somebody else is
/// writing.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

impl Load<'_> {
    /// Stores a part with its labels; one that is there already gets the labels.
    pub(super) async fn store(&self, part: &Part) -> Result<(), Ended> {
        let labels = self.labels_of(part);
        match self.write(part, &labels).await {
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::AlreadyExists => {
                self.label(&part.descriptor.digest, labels).await
            }
            result => result,
        }
    }

    /// Adds labels to content that is there. Other labels stay; sources are added to those noted.
    pub(super) async fn label(
        &self,
        digest: &str,
        mut labels: HashMap<String, String>,
    ) -> Result<(), Ended> {
        let mut content = ContentClient::new(self.lease.channel().clone());
        let ask = self.lease.context().request(InfoRequest {
            digest: digest.to_owned(),
        });
        let info = self.call(content.info(ask)).await?.into_inner().info;
        let held = info.map(|info| info.labels).unwrap_or_default();
        let source = self.source_label();
        if let (Some(held), Some(ours)) = (held.get(&source), labels.get_mut(&source))
            && !held.is_empty()
        {
            let mut sources: Vec<&str> = held.split(',').collect();
            if !sources.contains(&ours.as_str()) {
                sources.push(ours);
            }
            *ours = sources.join(",");
            // Enough repositories have it: as containerd's client does, nothing is added.
            if source.len() + ours.len() > LABEL_SIZE {
                labels.remove(&source);
            }
        }
        if labels.is_empty() {
            // An update of nothing would be one of everything.
            return Ok(());
        }
        let paths = labels.keys().map(|name| format!("labels.{name}")).collect();
        let update = self.lease.context().request(UpdateRequest {
            info: Some(Info {
                digest: digest.to_owned(),
                labels,
                ..Default::default()
            }),
            update_mask: Some(FieldMask { paths }),
        });
        self.call(content.update(update)).await.map(drop)
    }

    fn labels_of(&self, part: &Part) -> HashMap<String, String> {
        let mut labels = part.labels.clone();
        let repository = self.request.reference.repository().as_str();
        labels.insert(self.source_label(), repository.to_owned());
        labels
    }

    /// Where containerd notes which repositories have a blob, for mounts on a push.
    fn source_label(&self) -> String {
        let registry_namespace = self.request.reference.registry_namespace();
        format!("containerd.io/distribution.source.{registry_namespace}")
    }

    async fn write(&self, part: &Part, labels: &HashMap<String, String>) -> Result<(), Ended> {
        let descriptor = &part.descriptor;
        let layout = &self.request.layout;
        let unreadable =
            |error: std::io::Error| parts::unreadable(layout, &descriptor.digest, &error);
        // The daemon computes the digest of what it is given.
        let file = layout.open_unchecked(descriptor);
        let mut file = File::from_std(file.map_err(unreadable)?);
        let mut writer = self.open_writer(part).await?;
        file.seek(std::io::SeekFrom::Start(writer.offset))
            .await
            .map_err(unreadable)?;
        let mut unanswered = 0;
        while writer.offset < descriptor.size {
            if unanswered == ON_THE_WAY {
                said(self.call(writer.receiver.message()).await?)?;
                unanswered -= 1;
            }
            let mut piece = Vec::with_capacity(PIECE);
            let read = file.read_buf(&mut piece).await.map_err(unreadable)?;
            if read == 0 {
                return Err(unreadable(ErrorKind::UnexpectedEof.into()));
            }
            let request = writer.request(WriteAction::Write, piece);
            self.call(writer.send(request)).await?;
            unanswered += 1;
        }
        for _ in 0..unanswered {
            said(self.call(writer.receiver.message()).await?)?;
        }
        let mut commit = writer.request(WriteAction::Commit, Vec::new());
        commit.labels.clone_from(labels);
        self.call(writer.send(commit)).await?;
        said(super::work(writer.receiver.message()).await?).map(drop)
    }

    /// Waits for another writer of the same blob, as containerd's client does (`OpenWriter` in
    /// `core/content/helpers.go`): it mostly ends with the blob there.
    async fn open_writer(&self, part: &Part) -> Result<Writer, Ended> {
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
            r#ref: format!("portunus-{}", part.descriptor.digest),
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
        Ok(writer)
    }
}

/// A blob on its way to the daemon.
struct Writer {
    opener: WriteContentRequest,
    /// How much of it was handed over.
    offset: u64,
    sender: mpsc::Sender<WriteContentRequest>,
    receiver: Streaming<WriteContentResponse>,
}

impl Writer {
    fn request(&self, action: WriteAction, data: Vec<u8>) -> WriteContentRequest {
        WriteContentRequest {
            action: action.into(),
            offset: i64::try_from(self.offset).unwrap_or(i64::MAX),
            data,
            ..self.opener.clone()
        }
    }

    async fn send(&mut self, request: WriteContentRequest) -> Result<(), tonic::Status> {
        self.offset += request.data.len() as u64;
        // Where the daemon has closed the stream, its answer says why.
        let _ = self.sender.send(request).await;
        Ok(())
    }
}

/// What the daemon answers to the earliest request that it has not answered.
fn said(answer: Option<WriteContentResponse>) -> Result<WriteContentResponse, Ended> {
    answer.ok_or_else(|| Ended::Content("containerd closed the stream of a blob".to_owned()))
}
