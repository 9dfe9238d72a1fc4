use std::collections::{HashMap, HashSet};
use std::fmt;

use portunus_http::{Descriptor, OciLayout, Platform};
use serde_json::Value;

use crate::transfer::ended::Ended;

/// Bytes of a manifest or a configuration at most; registries take 4 MiB.
const LARGEST: u64 = 16 << 20;

/// Everything an image consists of that is in the layout.
#[derive(Debug, Default)]
pub(super) struct Parts {
    parts: Vec<Part>,
    /// The digests of those.
    held: HashSet<String>,
    /// The images in it that have layers, one for each platform; attestations have none.
    pub(super) images: Vec<Image>,
}

/// A manifest or blob, and the labels that keep its children from being collected.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) descriptor: Descriptor,
    pub(super) labels: HashMap<String, String>,
}

/// What is unpacked for one platform.
#[derive(Debug, Clone)]
pub(super) struct Image {
    pub(super) config: Descriptor,
    pub(super) platform: Platform,
    pub(super) layers: Vec<Descriptor>,
    /// Digests of the unpacked layers.
    pub(super) diff_ids: Vec<String>,
}

impl Part {
    /// One that refers to no other.
    pub(super) fn blob(descriptor: Descriptor) -> Self {
        let labels = HashMap::new();
        Self { descriptor, labels }
    }
}

impl Parts {
    /// Reads the manifests. Images of an index that are not there are left out.
    pub(super) fn read(layout: &OciLayout, top: &Descriptor) -> Result<Self, Ended> {
        let mut parts = Self::default();
        let mut waiting = vec![top.clone()];
        while let Some(descriptor) = waiting.pop() {
            if parts.held.contains(&descriptor.digest) {
                continue;
            }
            let manifest = read_json(layout, &descriptor)?;
            let children = children(&manifest);
            let labels = labels(&children);
            parts.add(Part { descriptor, labels });
            if !manifest["manifests"].is_null() {
                let there = |child: &Descriptor| layout.has(child);
                waiting.extend(children.into_iter().filter(there));
                continue;
            }
            let Some((config, blobs)) = children.split_first() else {
                continue;
            };
            let layers = layers(blobs);
            // The configuration of an artifact may be anything.
            if !layers.is_empty() {
                let read = read_json(layout, config)?;
                parts.images.push(Image {
                    config: config.clone(),
                    platform: Platform::from_json(&read),
                    layers,
                    diff_ids: diff_ids(&read),
                });
            }
            for child in children {
                parts.add(Part::blob(child));
            }
        }
        Ok(parts)
    }

    pub(super) fn children_first(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().rev()
    }

    /// Once, however often it is named.
    fn add(&mut self, part: Part) {
        if self.held.insert(part.descriptor.digest.clone()) {
            self.parts.push(part);
        }
    }
}

fn read_json(layout: &OciLayout, descriptor: &Descriptor) -> Result<Value, Ended> {
    let digest = &descriptor.digest;
    let bytes = layout.read_blob(digest, LARGEST);
    let bytes = bytes.map_err(|error| unreadable(layout, digest, &error))?;
    serde_json::from_slice(&bytes).map_err(|_| unreadable(layout, digest, &"no JSON"))
}

/// Why a blob of the layout cannot be stored.
pub(super) fn unreadable(layout: &OciLayout, digest: &str, problem: &dyn fmt::Display) -> Ended {
    let path = layout.root().join("blobs").join(digest.replace(':', "/"));
    Ended::Content(format!("{}: {problem}", path.display()))
}

/// Of an index its manifests; of a manifest its configuration, then its layers. Descriptors were
/// checked when they were pulled.
fn children(manifest: &Value) -> Vec<Descriptor> {
    let list = |name: &str| manifest[name].as_array().into_iter().flatten();
    let config = manifest.get("config").into_iter();
    let all = list("manifests").chain(config).chain(list("layers"));
    all.filter_map(Descriptor::from_json).collect()
}

/// What makes up a file system: not the statements of an attestation, nor what other artifacts hold.
fn layers(blobs: &[Descriptor]) -> Vec<Descriptor> {
    let is_layer = |blob: &&Descriptor| kind_of(&blob.media_type) == "l.";
    blobs.iter().filter(is_layer).cloned().collect()
}

fn diff_ids(config: &Value) -> Vec<String> {
    let ids = config["rootfs"]["diff_ids"]
        .as_array()
        .into_iter()
        .flatten();
    ids.filter_map(|id| id.as_str().map(str::to_owned))
        .collect()
}

/// As containerd names its references (`ChildGCLabels` in `core/images/mediatypes.go`).
fn labels(children: &[Descriptor]) -> HashMap<String, String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let label = |child: &Descriptor| {
        let kind = kind_of(&child.media_type);
        let count = counts.entry(kind).or_default();
        let name = match kind {
            "config" => format!("containerd.io/gc.ref.content.{kind}"),
            kind => format!("containerd.io/gc.ref.content.{kind}{count}"),
        };
        *count += 1;
        (name, child.digest.clone())
    };
    children.iter().map(label).collect()
}

fn kind_of(media_type: &str) -> &'static str {
    let is = |text: &str| media_type.contains(text);
    // Not an index in an index.
    if is(".image.manifest.") || is(".distribution.manifest.v2+") {
        "m."
    } else if is(".image.layer.") || is(".image.rootfs.") {
        "l."
    } else if is(".image.config.") || is(".container.image.v1+json") {
        "config"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_layer_is_not_unpacked() {
        let blob = |media_type: &str| {
            let digest = format!("sha256:{}", "a".repeat(64));
            let blob = serde_json::json!({ "mediaType": media_type, "digest": digest, "size": 1 });
            Descriptor::from_json(&blob).unwrap()
        };
        for (media_type, is_layer) in [
            ("application/vnd.oci.image.layer.v1.tar", true),
            ("application/vnd.oci.image.layer.v1.tar+zstd", true),
            (
                "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                true,
            ),
            ("application/vnd.docker.image.rootfs.diff.tar.gzip", true),
            (
                "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                true,
            ),
            ("application/vnd.in-toto+json", false),
            ("application/vnd.cncf.helm.chart.content.v1.tar+gzip", false),
            ("application/vnd.oci.empty.v1+json", false),
            ("", false),
        ] {
            assert_eq!(
                layers(&[blob(media_type)]).len() == 1,
                is_layer,
                "{media_type}"
            );
        }
    }

    #[test]
    fn references_have_the_names_that_containerd_s_client_gives_them() {
        let child = |media_type: &str, digest: &str| serde_json::json!({ "mediaType": media_type, "digest": digest, "size": 1 });
        let digest = |letter: &str| format!("sha256:{}", letter.repeat(64));
        let manifest = serde_json::json!({
            "config": child("application/vnd.docker.container.image.v1+json", &digest("a")),
            "layers": [
                child("application/vnd.oci.image.layer.v1.tar+gzip", &digest("b")),
                child("application/vnd.docker.image.rootfs.diff.tar.gzip", &digest("c")),
                child("application/vnd.in-toto+json", &digest("d")),
            ],
        });
        let labels = labels(&children(&manifest));
        for (name, letter) in [("config", "a"), ("l.0", "b"), ("l.1", "c"), ("0", "d")] {
            let name = format!("containerd.io/gc.ref.content.{name}");
            assert_eq!(labels.get(&name), Some(&digest(letter)), "{name}");
        }
        let index = serde_json::json!({ "manifests": [
            child("application/vnd.oci.image.manifest.v1+json", &digest("a")),
            child("application/vnd.docker.distribution.manifest.v2+json", &digest("b")),
            child("application/vnd.oci.image.index.v1+json", &digest("c")),
            child("application/vnd.docker.distribution.manifest.list.v2+json", &digest("d")),
        ]});
        let labels = super::labels(&children(&index));
        for (name, letter) in [("m.0", "a"), ("m.1", "b"), ("0", "c"), ("1", "d")] {
            let name = format!("containerd.io/gc.ref.content.{name}");
            assert_eq!(labels.get(&name), Some(&digest(letter)), "{name}");
        }
    }
}
