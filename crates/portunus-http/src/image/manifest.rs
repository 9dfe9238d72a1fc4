use portunus::name::ImageReference;
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::Value;

use crate::image::digest::is_digest;
use crate::image::platform::Platform;
use crate::wire::request::Request;

/// Largest manifest that is read, in bytes (distribution specification, "Pushing manifests").
pub(crate) const MAX_MANIFEST: u64 = 4 << 20;

/// In the order containerd asks for them, which decides what a registry with several answers.
const ACCEPTED: &str = "application/vnd.docker.distribution.manifest.v2+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.oci.image.index.v1+json, */*";

/// What points at a manifest or a blob (OCI image specification, `descriptor.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Descriptor {
    /// Media type.
    pub media_type: String,
    /// `sha256:…` or `sha512:…`.
    pub digest: String,
    /// Size in bytes.
    pub size: u64,
    /// Which platform it is for, inside of an index.
    pub platform: Option<Platform>,
}

/// Layers that registries were not allowed to hand out, so that a manifest may name other places
/// for them (OCI image specification, `layer.md`).
const FOREIGN: [&str; 2] = [
    "application/vnd.docker.image.rootfs.foreign.",
    "application/vnd.oci.image.layer.nondistributable.",
];

/// A manifest that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Manifest {
    /// One image: its configuration and its layers.
    Image(Vec<Descriptor>),
    /// Several images.
    Index(Vec<Descriptor>),
}

impl Manifest {
    /// Reads a manifest; errors say what is wrong without quoting it.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        let value: Value = serde_json::from_slice(bytes).map_err(|_| "the manifest is no JSON")?;
        if value.get("fsLayers").is_some() {
            return Err("the manifest has schema version 1, which is not supported");
        }
        let config = value.get("config");
        if let Some(manifests) = value.get("manifests")
            && (!manifests.is_null() || config.is_none())
        {
            return descriptors(manifests).map(Self::Index);
        }
        let config = config.ok_or("the manifest names no configuration")?;
        let mut blobs = vec![descriptor(config)?];
        if let Some(layers) = value.get("layers") {
            blobs.extend(descriptors(layers)?);
        }
        Ok(Self::Image(blobs))
    }
}

/// A request for a manifest of the image, by tag or digest.
pub(crate) fn manifest_request(method: Method, image: &ImageReference, what: &str) -> Request {
    let path = format!("/{}/manifests/{what}", image.repository());
    Request::new(method, path).with_header(ACCEPT, ACCEPTED)
}

fn descriptors(value: &Value) -> Result<Vec<Descriptor>, &'static str> {
    // How programs written in Go leave a list empty.
    if value.is_null() {
        return Ok(Vec::new());
    }
    let list = value.as_array().ok_or("a list in the manifest is none")?;
    list.iter().map(descriptor).collect()
}

impl Descriptor {
    /// Reads a descriptor of a manifest or index; `None`: it is not well formed.
    pub fn from_json(value: &Value) -> Option<Self> {
        descriptor(value).ok()
    }

    /// Whether a registry may not have it.
    pub(crate) fn is_foreign(&self) -> bool {
        FOREIGN.iter().any(|it| self.media_type.starts_with(it))
    }
}

fn descriptor(value: &Value) -> Result<Descriptor, &'static str> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let digest = text("digest").filter(|digest| is_digest(digest));
    Ok(Descriptor {
        media_type: text("mediaType").unwrap_or_default(),
        digest: digest.ok_or("a descriptor in the manifest has no sha256 or sha512 digest")?,
        size: value
            .get("size")
            .and_then(Value::as_u64)
            .ok_or("a descriptor in the manifest has no size")?,
        platform: value
            .get("platform")
            .filter(|platform| !platform.is_null())
            .map(Platform::from_json),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn manifests_are_read_in_the_shapes_that_programs_write_them() {
        let blob = json!({ "digest": format!("sha256:{}", "a".repeat(64)), "size": 1 });
        let (images, blobs) = ("index", "image");
        for (manifest, kind, count) in [
            (json!({ "manifests": [blob] }), images, 1),
            (json!({ "manifests": [] }), images, 0),
            (json!({ "manifests": null }), images, 0),
            (json!({ "config": blob, "layers": [blob] }), blobs, 2),
            (json!({ "config": blob, "layers": null }), blobs, 1),
            (json!({ "config": blob }), blobs, 1),
            (json!({ "config": blob, "manifests": null }), blobs, 1),
        ] {
            let read = match Manifest::parse(manifest.to_string().as_bytes()).unwrap() {
                Manifest::Index(held) => (images, held.len()),
                Manifest::Image(held) => (blobs, held.len()),
            };
            assert_eq!(read, (kind, count), "{manifest}");
        }
        for manifest in [
            json!({}),
            json!({ "manifests": "" }),
            json!({ "config": null, "layers": null }),
            json!({ "config": blob, "layers": {} }),
        ] {
            let read = Manifest::parse(manifest.to_string().as_bytes());
            assert!(read.is_err(), "{manifest}");
        }
    }

    #[test]
    fn a_platform_that_is_there_and_says_little_is_not_left_out() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (platform, read) in [
            (json!(null), None),
            (json!({}), Some("/")),
            (json!({ "os": "linux" }), Some("linux/")),
            (
                json!({ "os": "linux", "architecture": "arm", "variant": "v6" }),
                Some("linux/arm/v6"),
            ),
        ] {
            let value = json!({ "digest": digest, "size": 1, "platform": platform });
            let held = Descriptor::from_json(&value).unwrap().platform;
            assert_eq!(held.map(|it| it.to_string()).as_deref(), read, "{platform}");
        }
    }
}
