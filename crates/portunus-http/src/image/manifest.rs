use serde_json::value::RawValue;

use crate::image::descriptor::Descriptor;
use crate::image::json::{elements, is_null, members};

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
        let parts = Parts::of(bytes).ok_or("the manifest is no JSON object")?;
        parts.read()
    }
}

/// What a manifest is told by.
pub(super) struct Parts<'a> {
    config: Option<&'a RawValue>,
    layers: Option<&'a RawValue>,
    manifests: Option<&'a RawValue>,
    blobs: Option<&'a RawValue>,
    fs_layers: Option<&'a RawValue>,
    errors: Option<&'a RawValue>,
}

impl<'a> Parts<'a> {
    /// `None`: it is no JSON object.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let text = str::from_utf8(bytes).ok()?;
        let names = [
            "config",
            "layers",
            "manifests",
            "blobs",
            "fsLayers",
            "errors",
        ];
        let [config, layers, manifests, blobs, fs_layers, errors] = members(text, names)?;
        Some(Self {
            config,
            layers,
            manifests,
            blobs,
            fs_layers,
            errors,
        })
    }

    /// Whether it has what an image, an index, an artifact or a manifest of schema version 1 has.
    pub(super) fn is_manifest(&self) -> bool {
        let keys = [
            self.config,
            self.layers,
            self.manifests,
            self.blobs,
            self.fs_layers,
        ];
        keys.iter().any(Option::is_some)
    }

    /// Whether it tells errors, in place of a manifest or beside one.
    pub(super) fn has_errors(&self) -> bool {
        self.errors.is_some()
    }

    pub(super) fn read(&self) -> Result<Manifest, &'static str> {
        if self.fs_layers.is_some() {
            return Err("the manifest has schema version 1, which is not supported");
        }
        if let Some(manifests) = self.manifests
            && (!is_null(manifests) || self.config.is_none())
        {
            return descriptors(manifests).map(Manifest::Index);
        }
        let config = self.config.ok_or("the manifest names no configuration")?;
        let mut blobs = vec![Descriptor::read(config.get())?];
        if let Some(layers) = self.layers {
            blobs.extend(descriptors(layers)?);
        }
        Ok(Manifest::Image(blobs))
    }
}

fn descriptors(list: &RawValue) -> Result<Vec<Descriptor>, &'static str> {
    // How programs written in Go leave a list empty.
    if is_null(list) {
        return Ok(Vec::new());
    }
    let read = elements(list.get(), Descriptor::read);
    read.ok_or("a list in the manifest is none")?
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
            json!([blob]),
        ] {
            let read = Manifest::parse(manifest.to_string().as_bytes());
            assert!(read.is_err(), "{manifest}");
        }
    }

    /// As in Go; and what follows the object makes it none.
    #[test]
    fn of_what_stands_twice_the_last_counts_and_nothing_may_follow() {
        let twice = br#"{"manifests":"","x":[{"manifests":1}],"manifests":[]}"#;
        assert_eq!(Manifest::parse(twice), Ok(Manifest::Index(Vec::new())));
        assert!(Manifest::parse(br#"{"manifests":[]} {}"#).is_err());
        assert!(Manifest::parse(br#"{"manifests":[]"#).is_err());
    }
}
