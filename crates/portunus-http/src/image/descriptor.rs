use serde_json::Value;

use crate::image::digest::is_digest;
use crate::image::json::{is_null, members, read_text};
use crate::image::platform::Platform;

/// Layers that registries were not allowed to hand out, so that a manifest may name other places
/// for them (OCI image specification, `layer.md`).
const FOREIGN: [&str; 2] = [
    "application/vnd.docker.image.rootfs.foreign.",
    "application/vnd.oci.image.layer.nondistributable.",
];

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

impl Descriptor {
    /// Reads a descriptor of a manifest or index; `None`: it is not well formed.
    pub fn from_json(value: &Value) -> Option<Self> {
        Self::read(&value.to_string()).ok()
    }

    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let names = ["digest", "mediaType", "size", "platform"];
        let [digest, media_type, size, platform] = members(text, names).unwrap_or_default();
        let digest = read_text(digest).filter(|digest| is_digest(digest));
        let size = size.and_then(|size| serde_json::from_str(size.get()).ok());
        Ok(Self {
            media_type: read_text(media_type).unwrap_or_default(),
            digest: digest.ok_or("a descriptor in the manifest has no sha256 or sha512 digest")?,
            size: size.ok_or("a descriptor in the manifest has no size")?,
            platform: platform
                .filter(|platform| !is_null(platform))
                .map(|platform| Platform::read(platform.get())),
        })
    }

    /// Whether a registry may not have it.
    pub(crate) fn is_foreign(&self) -> bool {
        FOREIGN.iter().any(|it| self.media_type.starts_with(it))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
