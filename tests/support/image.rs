//! Images written by hand.

use std::fs;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const STATEMENT: &str = "application/vnd.in-toto+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// Bytes with the name that their digest gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blob {
    /// The media type that a descriptor gives it.
    pub media_type: String,
    /// `sha256:…`
    pub digest: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Blob {
    /// These bytes, with their digest.
    pub fn new(media_type: &str, bytes: Vec<u8>) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: digest(&bytes),
            bytes,
        }
    }

    /// The descriptor of the image specification.
    pub fn descriptor(&self) -> Value {
        json!({ "mediaType": self.media_type, "digest": self.digest, "size": self.bytes.len() })
    }
}

/// An image for one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Image {
    /// The manifest.
    pub manifest: Blob,
    /// The configuration.
    pub config: Blob,
    /// The layers, lowest first.
    pub layers: Vec<Blob>,
}

/// A file of a layer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LayerFile {
    path: String,
    mode: u32,
    bytes: Vec<u8>,
}

impl LayerFile {
    /// A file with that path (without a leading slash), mode and content.
    pub fn new(path: &str, mode: u32, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.to_owned(),
            mode,
            bytes: bytes.into(),
        }
    }
}

impl Image {
    /// An image of one small layer. Another `seed` is another image.
    pub fn small(seed: &str) -> Self {
        Self::of_sizes(seed, &[64])
    }

    /// An image with a layer of each of these sizes in bytes (about: they are packed tars of bytes
    /// that do not pack). Another `seed` is another image with other layers.
    pub fn of_sizes(seed: &str, sizes: &[usize]) -> Self {
        let file = |index: usize, size: usize| {
            LayerFile::new(
                &format!("layer-{index}"),
                0o644,
                noise(&format!("{seed} {index}"), size),
            )
        };
        let layers: Vec<Vec<LayerFile>> = sizes
            .iter()
            .enumerate()
            .map(|(index, size)| vec![file(index, *size)])
            .collect();
        Self::of_files(&layers, &[])
    }

    /// An image with these files, and the command that a container of it runs.
    pub fn of_files(layers: &[Vec<LayerFile>], command: &[&str]) -> Self {
        let tars: Vec<Vec<u8>> = layers.iter().map(|files| tar(files)).collect();
        let diff_ids: Vec<String> = tars.iter().map(|tar| digest(tar)).collect();
        let config = json!({
            "architecture": architecture(),
            "os": "linux",
            "config": { "Cmd": command, "Env": ["PATH=/bin"] },
            "rootfs": { "type": "layers", "diff_ids": diff_ids },
        });
        let layers = tars.iter().map(|tar| Blob::new(LAYER, gzip(tar)));
        Self::of_blobs(&config, layers.collect())
    }

    fn of_blobs(config: &Value, layers: Vec<Blob>) -> Self {
        let config = Blob::new(CONFIG, config.to_string().into_bytes());
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config.descriptor(),
            "layers": layers.iter().map(Blob::descriptor).collect::<Vec<_>>(),
        });
        let manifest = Blob::new(MANIFEST, manifest.to_string().into_bytes());
        Self {
            manifest,
            config,
            layers,
        }
    }

    /// What BuildKit stores beside an image to say how it was built: its configuration names a
    /// layer, which is a statement.
    pub fn attestation(statement: &str) -> Self {
        let statement = Blob::new(STATEMENT, statement.as_bytes().to_vec());
        let config = json!({
            "architecture": "unknown",
            "os": "unknown",
            "config": {},
            "rootfs": { "type": "layers", "diff_ids": [statement.digest] },
        });
        Self::of_blobs(&config, vec![statement])
    }

    /// The digest that the image is known by.
    pub fn digest(&self) -> &str {
        &self.manifest.digest
    }

    /// Configuration and layers.
    pub fn blobs(&self) -> impl Iterator<Item = &Blob> {
        std::iter::once(&self.config).chain(&self.layers)
    }

    /// Writes an OCI layout that holds it under that name.
    pub fn write_oci_layout(&self, folder: &Path, name: &str) {
        let blobs = folder.join("blobs/sha256");
        fs::create_dir_all(&blobs).unwrap();
        for blob in self.blobs().chain([&self.manifest]) {
            let file = blobs.join(blob.digest.trim_start_matches("sha256:"));
            fs::write(file, &blob.bytes).unwrap();
        }
        let mut manifest = self.manifest.descriptor();
        manifest["annotations"] = json!({ "org.opencontainers.image.ref.name": name });
        let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
        fs::write(folder.join("index.json"), index.to_string()).unwrap();
        fs::write(
            folder.join("oci-layout"),
            r#"{"imageLayoutVersion":"1.0.0"}"#,
        )
        .unwrap();
    }
}

/// An index of images, each for an architecture (`amd64`, `arm64`) of Linux.
pub fn index(images: &[(&str, &Image)]) -> Blob {
    let manifests: Vec<Value> = images
        .iter()
        .map(|(architecture, image)| {
            let mut manifest = image.manifest.descriptor();
            manifest["platform"] = json!({ "architecture": architecture, "os": "linux" });
            manifest
        })
        .collect();
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
    Blob::new(INDEX, index.to_string().into_bytes())
}

/// `sha256:…` of these bytes.
pub fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// This machine's architecture as image platforms call it.
pub fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn tar(files: &[LayerFile]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(file.mode);
        header.set_size(file.bytes.len() as u64);
        tar.append_data(&mut header, &file.path, file.bytes.as_slice())
            .unwrap();
    }
    tar.into_inner().unwrap()
}

/// As gzip does: what does not pack is stored. The first part tells: to try half a gigabyte takes
/// minutes without optimisation.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let with = |level, bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len()), level);
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let part = &bytes[..bytes.len().min(1 << 20)];
    match with(Compression::fast(), part).len() < part.len() {
        true => with(Compression::fast(), bytes),
        false => with(Compression::none(), bytes),
    }
}

/// Bytes that look random, but are the same for the same seed (xorshift).
fn noise(seed: &str, size: usize) -> Vec<u8> {
    let hash = Sha256::digest(seed);
    let mut state = u64::from_le_bytes(hash[..8].try_into().unwrap()) | 1;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}
