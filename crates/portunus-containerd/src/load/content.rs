use std::collections::HashMap;
use std::io::ErrorKind;

use containerd_client::services::v1::content_client::ContentClient;
use containerd_client::services::v1::{Info, InfoRequest, UpdateRequest, WriteAction};
use prost_types::FieldMask;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::Load;
use super::parts::{self, Part};
use super::writer::said;
use crate::daemon::daemon_error::GrpcCode;
use crate::transfer::ended::Ended;

/// Bytes that are sent at once; containerd takes at most 16 MiB.
const PIECE: usize = 1 << 20;
/// How many pieces are on their way: one is read and sent while the daemon writes the one before.
const ON_THE_WAY: usize = 2;
/// Bytes of a label at most, with its name (`pkg/labels/validate.go`).
const LABEL_SIZE: usize = 4096;

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
}
