use portunus::name::ImageReference;
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::Value;

use crate::Platform;
use crate::digest::is_digest;
use crate::request::Request;

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
        if let Some(manifests) = value.get("manifests") {
            return descriptors(manifests).map(Self::Index);
        }
        let config = value
            .get("config")
            .ok_or("the manifest names no configuration")?;
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
    let list = value.as_array().ok_or("a list in the manifest is none")?;
    list.iter().map(descriptor).collect()
}

impl Descriptor {
    /// Reads a descriptor of a manifest or index; `None`: it is not well formed.
    pub fn from_json(value: &Value) -> Option<Self> {
        descriptor(value).ok()
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
        platform: value.get("platform").and_then(platform),
    })
}

fn platform(value: &Value) -> Option<Platform> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Platform {
        os: text("os")?,
        architecture: text("architecture")?,
        variant: text("variant").unwrap_or_default(),
    })
}
