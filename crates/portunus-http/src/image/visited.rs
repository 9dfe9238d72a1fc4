use std::collections::HashSet;

use crate::image::descriptor::Descriptor;
use crate::image::manifest::Manifest;

/// How many blobs and manifests an image may name, repeated ones too: an index may lead to gigabytes
/// of nothing but names.
const MOST_DESCRIPTORS: usize = 100_000;

/// What an image was found to name, each thing once.
#[derive(Debug, Default)]
pub(crate) struct Visited {
    manifests: HashSet<String>,
    blobs: HashSet<String>,
    named: usize,
}

impl Visited {
    /// Whether a manifest is named for the first time.
    pub(crate) fn is_new_manifest(&mut self, manifest: &Descriptor) -> bool {
        self.manifests.insert(manifest.digest.clone())
    }

    /// Whether a blob is named for the first time.
    pub(crate) fn is_new_blob(&mut self, blob: &Descriptor) -> bool {
        self.blobs.insert(blob.digest.clone())
    }

    /// Counts what a manifest names.
    pub(crate) fn count(&mut self, manifest: &Manifest) -> Result<(), &'static str> {
        let (Manifest::Image(named) | Manifest::Index(named)) = manifest;
        self.named += named.len();
        match self.named <= MOST_DESCRIPTORS {
            true => Ok(()),
            false => Err("with it the image names more than 100000 blobs and manifests"),
        }
    }
}
