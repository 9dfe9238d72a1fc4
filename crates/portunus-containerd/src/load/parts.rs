use std::collections::HashMap;
use std::path::{Path, PathBuf};

use portunus_http::Descriptor;
use serde_json::Value;

use crate::transfer::Ended;

/// Everything an image consists of that is in the layout.
#[derive(Debug, Default)]
pub(super) struct Parts {
    parts: Vec<Part>,
    /// The images in it, one for each platform.
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
    pub(super) layers: Vec<Descriptor>,
    /// Digests of the unpacked layers.
    pub(super) diff_ids: Vec<String>,
}

impl Parts {
    /// Reads the manifests. Images of an index that are not there are left out.
    pub(super) async fn read(layout: &Path, top: &Descriptor) -> Result<Self, Ended> {
        let mut parts = Self::default();
        let mut waiting = vec![top.clone()];
        while let Some(descriptor) = waiting.pop() {
            if parts.has(&descriptor) {
                continue;
            }
            let manifest = read_json(layout, &descriptor).await?;
            let children = children(&manifest);
            let labels = labels(&children);
            parts.parts.push(Part { descriptor, labels });
            if manifest.get("manifests").is_some() {
                let there = |child: &Descriptor| path_of(layout, &child.digest).exists();
                waiting.extend(children.into_iter().filter(there));
                continue;
            }
            let Some((config, layers)) = children.split_first() else {
                continue;
            };
            let diff_ids = diff_ids(&read_json(layout, config).await?);
            parts.images.push(Image {
                config: config.clone(),
                layers: layers.to_vec(),
                diff_ids,
            });
            for child in children {
                if !parts.has(&child) {
                    parts.parts.push(Part {
                        descriptor: child,
                        labels: HashMap::new(),
                    });
                }
            }
        }
        Ok(parts)
    }

    pub(super) fn children_first(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().rev()
    }

    fn has(&self, descriptor: &Descriptor) -> bool {
        let mut held = self.parts.iter().map(|part| &part.descriptor.digest);
        held.any(|digest| *digest == descriptor.digest)
    }
}

pub(super) fn path_of(layout: &Path, digest: &str) -> PathBuf {
    layout.join("blobs").join(digest.replace(':', "/"))
}

async fn read_json(layout: &Path, descriptor: &Descriptor) -> Result<Value, Ended> {
    let path = path_of(layout, &descriptor.digest);
    let told = |problem: &str| Ended::Content(format!("{}: {problem}", path.display()));
    let bytes = tokio::fs::read(&path).await;
    let bytes = bytes.map_err(|error| told(&error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|_| told("no JSON"))
}

/// Of an index its manifests; of a manifest its configuration, then its layers. Descriptors were
/// checked when they were pulled.
fn children(manifest: &Value) -> Vec<Descriptor> {
    let list = |name: &str| manifest[name].as_array().into_iter().flatten();
    let config = manifest.get("config").into_iter();
    let all = list("manifests").chain(config).chain(list("layers"));
    all.filter_map(Descriptor::from_json).collect()
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
    if is(".image.manifest.") || is(".image.index.") || is(".distribution.manifest.") {
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
        ]});
        let labels = super::labels(&children(&index));
        assert_eq!(
            labels.get("containerd.io/gc.ref.content.m.1"),
            Some(&digest("b"))
        );
    }
}
