use std::collections::HashMap;

use containerd_client::services::v1::ApplyRequest;
use containerd_client::services::v1::diff_client::DiffClient;
use containerd_client::services::v1::snapshots::snapshots_client::SnapshotsClient;
use containerd_client::services::v1::snapshots::{
    CommitSnapshotRequest, PrepareSnapshotRequest, RemoveSnapshotRequest, StatSnapshotRequest,
};
use containerd_client::types::Mount;
use portunus_http::{Descriptor, Platform};
use sha2::{Digest, Sha256};
use tonic::transport::Channel;

use super::Load;
use super::image::to_message;
use super::parts::{Image, Parts};
use crate::daemon::daemon_error::GrpcCode;
use crate::daemon::snapshotters;
use crate::transfer::ended::Ended;
use crate::transfer::pull::Unpack;

/// What containerd's client uses on Linux.
const DEFAULT_SNAPSHOTTER: &str = "overlayfs";

/// One layer on its way into a snapshotter.
struct Layer<'a> {
    snapshotter: &'a str,
    blob: &'a Descriptor,
    /// Digest of the unpacked layer.
    diff_id: &'a str,
    /// Name of the snapshot below; empty for the lowest.
    parent: &'a str,
    /// Name of its own snapshot.
    chain_id: &'a str,
}

impl Load<'_> {
    /// Unpacks the image, or of several those for the platform.
    pub(super) async fn unpack(&self, parts: &Parts) -> Result<(), Ended> {
        let snapshotter = match &self.request.unpack {
            Unpack::No => return Ok(()),
            Unpack::With(snapshotter) => snapshotter.clone(),
            Unpack::AsConfigured => self.default_snapshotter().await?,
        };
        for image in select_images(&parts.images, &self.request.platform) {
            self.unpack_image(image, &snapshotter).await?;
        }
        Ok(())
    }

    async fn default_snapshotter(&self) -> Result<String, Ended> {
        let (daemon, context) = (self.containerd, self.lease.context());
        let limit = self.request.deadlines.call;
        let named = snapshotters::find_default(daemon, context, &self.request.containerd_namespace);
        if let Some(named) = super::within(limit, named).await? {
            return Ok(named);
        }
        let working = super::within(limit, snapshotters::list_working(daemon, context)).await?;
        let default = working.iter().find(|name| *name == DEFAULT_SNAPSHOTTER);
        let chosen = default.or_else(|| working.first());
        chosen
            .cloned()
            .ok_or_else(|| Ended::Content("containerd has no snapshotter that works".to_owned()))
    }

    async fn unpack_image(&self, image: &Image, snapshotter: &str) -> Result<(), Ended> {
        let mut parent = String::new();
        for (blob, diff_id) in pair_layers(image)? {
            let chain_id = chain_id(&parent, diff_id);
            let layer = Layer {
                snapshotter,
                blob,
                diff_id,
                parent: &parent,
                chain_id: &chain_id,
            };
            if !self.has_snapshot(&layer).await? {
                self.unpack_layer(&layer).await?;
            }
            parent = chain_id;
        }
        let name = format!("containerd.io/gc.ref.snapshot.{snapshotter}");
        self.label(&image.config.digest, HashMap::from([(name, parent)]))
            .await
    }

    async fn has_snapshot(&self, layer: &Layer<'_>) -> Result<bool, Ended> {
        let stat = self.lease.context().request(StatSnapshotRequest {
            snapshotter: layer.snapshotter.to_owned(),
            key: layer.chain_id.to_owned(),
        });
        match self.call(self.snapshots().stat(stat)).await {
            Ok(_) => Ok(true),
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::NotFound => Ok(false),
            Err(ended) => Err(ended),
        }
    }

    async fn unpack_layer(&self, layer: &Layer<'_>) -> Result<(), Ended> {
        let key = format!("extract-{} {}", self.lease.id(), layer.chain_id);
        let label = ("containerd.io/snapshot.ref", layer.chain_id);
        let prepare = self.lease.context().request(PrepareSnapshotRequest {
            snapshotter: layer.snapshotter.to_owned(),
            key: key.clone(),
            parent: layer.parent.to_owned(),
            labels: HashMap::from([(label.0.to_owned(), label.1.to_owned())]),
        });
        let prepared = match super::work(self.snapshots().prepare(prepare)).await {
            Ok(prepared) => prepared.into_inner(),
            // A snapshotter that fetches by itself has it already.
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::AlreadyExists => return Ok(()),
            Err(ended) => return Err(ended),
        };
        let committed = self.fill(layer, &key, prepared.mounts).await;
        if !matches!(committed, Ok(true)) {
            let remove = self.lease.context().request(RemoveSnapshotRequest {
                snapshotter: layer.snapshotter.to_owned(),
                key,
            });
            // It goes with the lease anyway.
            let _ = self.call(self.snapshots().remove(remove)).await;
        }
        committed.map(drop)
    }

    /// Whether the snapshot became the layer's; not where another pull was quicker.
    async fn fill(&self, layer: &Layer<'_>, key: &str, mounts: Vec<Mount>) -> Result<bool, Ended> {
        let apply = self.lease.context().request(ApplyRequest {
            diff: Some(to_message(layer.blob)),
            mounts,
            ..Default::default()
        });
        let mut diff = DiffClient::new(self.lease.channel().clone());
        let applied = super::work(diff.apply(apply)).await?.into_inner();
        let digest = applied.applied.unwrap_or_default().digest;
        if digest != layer.diff_id {
            return Err(Ended::Content(format!(
                "layer {}: unpacks to {digest}, not to {} as its configuration says",
                layer.blob.digest, layer.diff_id
            )));
        }
        let commit = self.lease.context().request(CommitSnapshotRequest {
            snapshotter: layer.snapshotter.to_owned(),
            name: layer.chain_id.to_owned(),
            key: key.to_owned(),
            labels: HashMap::new(),
        });
        let committed = match super::work(self.snapshots().commit(commit)).await {
            Ok(_) => true,
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::AlreadyExists => false,
            Err(ended) => return Err(ended),
        };
        let label = ("containerd.io/uncompressed", digest);
        let labels = HashMap::from([(label.0.to_owned(), label.1)]);
        self.label(&layer.blob.digest, labels).await?;
        Ok(committed)
    }

    fn snapshots(&self) -> SnapshotsClient<Channel> {
        SnapshotsClient::new(self.lease.channel().clone())
    }
}

/// As containerd's client does: of several images those whose configuration names the platform.
fn select_images<'a>(
    images: &'a [Image],
    platform: &'a Platform,
) -> impl Iterator<Item = &'a Image> + use<'a> {
    let is_alone = images.len() == 1;
    let suits = move |image: &&Image| is_alone || image.platform.suits(platform);
    images.iter().filter(suits)
}

/// Each layer with the digest of what it unpacks to.
fn pair_layers(image: &Image) -> Result<impl Iterator<Item = (&Descriptor, &String)>, Ended> {
    let (layers, diff_ids) = (image.layers.len(), image.diff_ids.len());
    if layers != diff_ids {
        return Err(Ended::Content(format!(
            "the image has {layers} layers, and its configuration {} names {diff_ids}",
            image.config.digest
        )));
    }
    Ok(image.layers.iter().zip(&image.diff_ids))
}

/// The name of a snapshot, from everything below it (`ChainID` of the OCI image specification,
/// `config.md`).
fn chain_id(parent: &str, diff_id: &str) -> String {
    if parent.is_empty() {
        return diff_id.to_owned();
    }
    let hash = Sha256::digest(format!("{parent} {diff_id}"));
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An image for a platform, with as many layers and digests of unpacked ones.
    fn image(architecture: &str, layers: usize, diff_ids: usize) -> Image {
        let digest = format!("sha256:{}", "a".repeat(64));
        let blob = serde_json::json!({ "digest": digest, "size": 1 });
        let blob = Descriptor::from_json(&blob).unwrap();
        let platform = serde_json::json!({ "os": "linux", "architecture": architecture });
        Image {
            config: blob.clone(),
            platform: Platform::from_json(&platform),
            layers: vec![blob; layers],
            diff_ids: vec![digest; diff_ids],
        }
    }

    #[test]
    fn of_several_images_those_for_the_platform_are_unpacked() {
        let platform: Platform = "linux/amd64".parse().unwrap();
        for (held, unpacked) in [
            (&["amd64"][..], &["amd64"][..]),
            (&["s390x"], &["s390x"]),
            (&["s390x", "amd64"], &["amd64"]),
            (&["s390x", "arm64"], &[]),
            (&[], &[]),
        ] {
            let images: Vec<Image> = held.iter().map(|it| image(it, 1, 1)).collect();
            let wanted = select_images(&images, &platform);
            let wanted: Vec<&str> = wanted.map(|it| it.platform.architecture.as_str()).collect();
            assert_eq!(wanted, unpacked, "{held:?}");
        }
    }

    #[test]
    fn a_configuration_that_names_other_layers_is_an_error() {
        assert_eq!(pair_layers(&image("amd64", 2, 2)).unwrap().count(), 2);
        for (layers, diff_ids) in [(2, 1), (1, 2), (1, 0)] {
            let Err(Ended::Content(told)) = pair_layers(&image("amd64", layers, diff_ids)) else {
                panic!("{layers} layers for {diff_ids} were taken");
            };
            assert!(told.contains(&format!("has {layers} layers")), "{told}");
        }
    }

    #[test]
    fn snapshots_are_named_after_the_layers_below() {
        let [a, b] = ["a", "b"].map(|letter| format!("sha256:{}", letter.repeat(64)));
        assert_eq!(chain_id("", &a), a);
        assert_eq!(
            chain_id(&a, &b),
            "sha256:ccd722928bd92476ba1745586fed6e45a102504185ad88cd89e01ff116fd146c"
        );
    }
}
