use std::io;

use portunus::name::{ImageReference, RegistryNamespace, Repository};
use serde_json::{Value, json};

use super::{MARKER, OciLayout};
use crate::image::descriptor::Descriptor;

const INDEX: &str = "index.json";
/// In bytes; an image takes about 500.
const LARGEST_INDEX: u64 = 64 << 20;
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// Where containerd and nerdctl look for the full name.
const IMAGE_NAME: &str = "io.containerd.image.name";
/// Where containerd notes the repositories that content came from, separated by commas
/// (`core/remotes/docker/handler.go`).
const SOURCE: &str = "containerd.io/distribution.source.";

impl OciLayout {
    /// Lists an image under its name, in place of what had that name. Other entries stay.
    pub(crate) fn list(&self, image: &ImageReference, manifest: &Descriptor) -> io::Result<()> {
        let folder = self.folder()?;
        let marker = folder.read(MARKER)?;
        // Two pulls into one layout list their images one after the other.
        marker.lock()?;
        let mut index = self.read_index()?;
        let name = image.to_string();
        let mut entry = json!({
            "mediaType": manifest.media_type,
            "digest": manifest.digest,
            "size": manifest.size,
            "annotations": { IMAGE_NAME: name },
        });
        if let Some(tag) = image.tag() {
            entry["annotations"][REF_NAME] = tag.into();
        }
        if let Some(platform) = &manifest.platform {
            entry["platform"] = json!({ "os": platform.os, "architecture": platform.architecture });
            if !platform.variant.is_empty() {
                entry["platform"]["variant"] = platform.variant.as_str().into();
            }
        }
        if let Some(manifests) = index["manifests"].as_array_mut() {
            manifests.retain(|held| held["annotations"][IMAGE_NAME] != name.as_str());
            manifests.push(entry);
        }
        let text = serde_json::to_vec_pretty(&index)?;
        folder.write(INDEX, &text, self.synced)
    }

    /// The image of that name: by its full name, else by its tag, else the only one there is.
    pub(crate) fn find(&self, image: &ImageReference) -> io::Result<Option<Descriptor>> {
        let index = self.read_index()?;
        let Some(manifests) = index["manifests"].as_array() else {
            return Ok(None);
        };
        let name = image.to_string();
        let annotated = |key: &str, value: Option<&str>| {
            let held =
                |held: &&Value| value.is_some() && held["annotations"][key].as_str() == value;
            manifests.iter().find(held)
        };
        let only = match manifests.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let found = annotated(IMAGE_NAME, Some(&name))
            .or_else(|| annotated(REF_NAME, Some(&name)))
            .or_else(|| annotated(REF_NAME, image.tag()))
            .or(only);
        Ok(found.and_then(read_entry))
    }

    /// Other repositories of the image's registry namespace that the layout names: those of the
    /// manifest itself, by its names and by containerd's notes of where content came from, then
    /// those of other images.
    pub(crate) fn sources(
        &self,
        image: &ImageReference,
        manifest: &Descriptor,
    ) -> io::Result<Vec<Repository>> {
        let index = self.read_index()?;
        let entries = index["manifests"].as_array().into_iter().flatten();
        let (own, others): (Vec<_>, Vec<_>) =
            entries.partition(|entry| entry["digest"] == manifest.digest.as_str());
        let mut found: Vec<Repository> = Vec::new();
        for entry in own.into_iter().chain(others) {
            for repository in repositories(entry, image.registry_namespace()) {
                if repository != *image.repository() && !found.contains(&repository) {
                    found.push(repository);
                }
            }
        }
        Ok(found)
    }

    fn read_index(&self) -> io::Result<Value> {
        let text = match self.folder()?.read_whole(INDEX, LARGEST_INDEX) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(json!({
                    "schemaVersion": 2,
                    "mediaType": "application/vnd.oci.image.index.v1+json",
                    "manifests": [],
                }));
            }
            Err(error) => return Err(error),
        };
        let index: Option<Value> = serde_json::from_slice(&text).ok();
        index
            .filter(|index| index["manifests"].is_array())
            .ok_or_else(|| {
                let problem = format!("{INDEX}: no index of an OCI layout");
                io::Error::new(io::ErrorKind::InvalidData, problem)
            })
    }
}

/// The repositories of a registry namespace that an entry names.
fn repositories(entry: &Value, registry_namespace: &RegistryNamespace) -> Vec<Repository> {
    let annotations = &entry["annotations"];
    let named = annotations[IMAGE_NAME].as_str();
    let named = named.and_then(|name| ImageReference::parse(name).ok());
    let named = named.filter(|image| image.registry_namespace() == registry_namespace);
    let noted = annotations[format!("{SOURCE}{registry_namespace}")].as_str();
    let noted = noted.into_iter().flat_map(|list| list.split(','));
    let noted = noted.filter_map(|name| Repository::new(name).ok());
    let named = named.map(|image| image.repository().clone());
    named.into_iter().chain(noted).collect()
}

fn read_entry(value: &Value) -> Option<Descriptor> {
    let digest = value["digest"].as_str()?;
    crate::image::digest::is_digest(digest).then(|| Descriptor {
        digest: digest.to_owned(),
        media_type: value["mediaType"].as_str().unwrap_or_default().to_owned(),
        size: value["size"].as_u64().unwrap_or_default(),
        platform: None,
    })
}
