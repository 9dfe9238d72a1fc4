use std::collections::HashMap;
use std::fmt::Display;

use containerd_client::services::v1::content_client::ContentClient;
use containerd_client::services::v1::{Info, InfoRequest, UpdateRequest, WriteAction};
use portunus_http::{Arrival, Arriving};
use prost_types::FieldMask;

use super::Load;
use super::parts::{self, Part};
use super::writer::{Writer, said};
use crate::daemon::daemon_error::GrpcCode;
use crate::transfer::ended::Ended;

/// How many pieces are on their way: one is read and sent while the daemon writes the one before.
const ON_THE_WAY: usize = 2;
/// Bytes of a label at most, with its name (`pkg/labels/validate.go`).
const LABEL_SIZE: usize = 4096;

impl Load<'_> {
    /// Stores a part with its labels; one that is there already gets the labels.
    pub(super) async fn store(&self, part: &Part) -> Result<(), Ended> {
        if self.ahead.has_stored(part) {
            return Ok(());
        }
        let (layout, descriptor) = (&self.request.layout, &part.descriptor);
        let blob = layout.open_arrived(descriptor);
        let blob = blob.map_err(|error| parts::unreadable(layout, &descriptor.digest, &error))?;
        match self.write(part, blob).await {
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::AlreadyExists => {
                self.label(&descriptor.digest, self.labels_of(part)).await
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

    /// Hands a blob over while it arrives, and has it committed once it is whole.
    pub(super) async fn write(&self, part: &Part, mut blob: Arriving) -> Result<(), Ended> {
        let mut writer = self.open_writer(part).await?;
        let held = writer.offset;
        match self.write_to(&mut writer, part, &mut blob).await {
            // An earlier try has left bytes that were not those of the blob.
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::FailedPrecondition && held > 0 => {
                let mut writer = self.open_writer(part).await?;
                writer.offset = 0;
                self.write_to(&mut writer, part, &mut blob).await
            }
            result => result,
        }
    }

    async fn write_to(
        &self,
        writer: &mut Writer,
        part: &Part,
        blob: &mut Arriving,
    ) -> Result<(), Ended> {
        let unreadable = |problem: &dyn Display| {
            parts::unreadable(&self.request.layout, &part.descriptor.digest, problem)
        };
        let mut unanswered = 0;
        loop {
            let next = blob.next(writer.offset).await;
            let piece = match next.map_err(|error| unreadable(&error))? {
                Arrival::Bytes(piece) => piece,
                Arrival::Whole => break,
                // What is written to the start takes the place of all that the daemon has.
                Arrival::Restarted => {
                    writer.offset = 0;
                    continue;
                }
                _ => return Err(unreadable(&"the pull of it has ended")),
            };
            if unanswered == ON_THE_WAY {
                said(self.call(writer.receiver.message()).await?)?;
                unanswered -= 1;
            }
            let request = writer.request(WriteAction::Write, piece);
            self.call(writer.send(request)).await?;
            unanswered += 1;
        }
        for _ in 0..unanswered {
            said(self.call(writer.receiver.message()).await?)?;
        }
        let mut commit = writer.request(WriteAction::Commit, Vec::new());
        commit.labels = self.labels_of(part);
        self.call(writer.send(commit)).await?;
        said(super::work(writer.receiver.message()).await?)?;
        self.ahead.stored(&part.descriptor.digest);
        Ok(())
    }
}
