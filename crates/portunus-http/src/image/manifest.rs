use serde_json::Value;

use crate::image::descriptor::{Descriptor, descriptor};

/// Largest manifest that is read, in bytes (distribution specification, "Pushing manifests").
pub(crate) const MAX_MANIFEST: u64 = 4 << 20;

/// Whether a media type is one of a manifest that is understood.
pub fn is_manifest_type(media_type: &str) -> bool {
    [
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]
    .contains(&media_type)
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

fn descriptors(value: &Value) -> Result<Vec<Descriptor>, &'static str> {
    // How programs written in Go leave a list empty.
    if value.is_null() {
        return Ok(Vec::new());
    }
    let list = value.as_array().ok_or("a list in the manifest is none")?;
    list.iter().map(descriptor).collect()
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
}
