//! Manifests and indexes that a registry serves, and layouts that somebody else has written.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, PreparedOperation, Resolver};
use portunus_http::{
    Client, NoProgress, OciLayout, Options, Platform, Platforms, PullOptions, PushOptions,
};
use support::http::{HttpServer, Reply};
use support::image::{self, Image};
use tokio::runtime::Runtime;

use super::{texts, way};
use crate::target::{Reader, Shape, Target};

pub(super) const ALL: [Target; 2] = [
    Target {
        name: "manifest and index",
        reader: manifest,
        seeds: manifest_seeds,
        pieces: JSON,
        largest: 4 << 20,
        shapes: &[
            Shape::new(
                "{\"config\":{\"digest\":\"sha256:0\"},\"layers\":[",
                "{\"digest\":\"sha256:#\",\"size\":#},",
                "]}",
            ),
            Shape::new(
                "{\"schemaVersion\":2,\"manifests\":[",
                "{\"platform\":{\"os\":\"linux\",\"architecture\":\"a#\"}},",
                "]}",
            ),
            Shape::new(
                "{\"schemaVersion\":2,\"manifests\":[",
                "{\"digest\":\"sha256:\
                 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"size\":#},",
                "]}",
            ),
            Shape::new("{", "\"x#\":0,", "\"layers\":[]}"),
            Shape::new("{\"layers\":", "[", ""),
            Shape::new("{\"config\":{},\"x\":[", "0,", "]}"),
            Shape::new("{\"errors\":[", "{\"code\":\"#\"},", "]}"),
            Shape::new("", "<html>", ""),
            Shape::new("", " ", ""),
        ],
    },
    Target {
        name: "layout directory",
        reader: layout,
        seeds: layout_seeds,
        pieces: JSON,
        largest: 4 << 20,
        shapes: &[
            Shape::new(
                "{\"schemaVersion\":2,\"manifests\":[",
                "{\"digest\":\"sha256:#\",\"size\":#},",
                "]}",
            ),
            Shape::new(
                "{\"schemaVersion\":2,\"manifests\":[",
                "{\"annotations\":{\"io.containerd.image.name\":\"reg.test/r#:v1\"}},",
                "]}",
            ),
            Shape::new("{\"manifests\":", "[", ""),
        ],
    },
];

const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "null",
    "-1",
    "18446744073709551615",
    "1e9",
    "\"layers\":[",
    "\"config\":",
    "\"manifests\":[",
    "\"digest\":\"sha256:",
    "\"digest\":\"sha512:",
    "../",
    "\"size\":",
    "\"mediaType\":\"",
    "application/vnd.oci.image.index.v1+json",
    "\"platform\":{",
    "\"os\":\"linux\"",
    "\"variant\":\"v8\"",
    "\"annotations\":{",
    "\"urls\":[",
    "\"subject\":",
    "fsLayers",
    "\u{1b}[2J",
    "\0",
];

const IMAGE: &str = "reg.test/team/app:v1";

/// One host, and what is done with it.
struct Machine {
    resolver: Resolver,
    operation: Operation,
}

impl Machine {
    fn new(folder: &Path, url: &str, operation: Operation) -> Self {
        let directory = folder.join("certs.d/reg.test");
        fs::create_dir_all(&directory).unwrap();
        fs::write(
            directory.join("hosts.toml"),
            format!("server = \"{url}\"\n"),
        )
        .unwrap();
        let resolver = Resolver::new(HostsTree::new(vec![folder.join("certs.d")]));
        Self {
            resolver,
            operation,
        }
    }

    fn prepare(&self) -> PreparedOperation {
        let image = ImageReference::parse(IMAGE).unwrap();
        let prepared = self
            .resolver
            .prepare(&image, self.operation, &Profile::DEFAULT);
        prepared.unwrap()
    }
}

/// A registry whose only manifest the input is, under three names for what it may be; there is
/// nothing else.
fn manifest(folder: &Path) -> Reader {
    let served = Arc::new(Mutex::new((String::new(), Vec::new())));
    let serves = Arc::clone(&served);
    let server = Arc::new(HttpServer::start(move |request| {
        let (media_type, body) = serves.lock().unwrap().clone();
        match request.path.ends_with("/manifests/v1") {
            true => Reply::status(200)
                .header("Content-Type", &media_type)
                .body(body),
            false => Reply::status(404),
        }
    }));
    let machine = Machine::new(folder, &server.url(), Operation::Pull);
    let (runtime, client) = (Runtime::new().unwrap(), Client::new(Options::default()));
    let layout = folder.join("layout");
    Box::new(move |input| {
        let kinds = ["index.v1+json", "manifest.v1+json", "surprise"];
        let media_type = format!(
            "application/vnd.oci.image.{}",
            kinds[way(input, kinds.len())]
        );
        *served.lock().unwrap() = (media_type, input.to_vec());
        let mut options = PullOptions::default();
        if way(input, 2) == 0 {
            options.platforms = Platforms::Only(Platform::host());
        }
        let _ = fs::remove_dir_all(&layout);
        let layout = OciLayout::create(&layout).unwrap();
        let operation = machine.prepare();
        let pulling = client.pull(&operation, &layout, &options, &NoProgress);
        let _ = runtime.block_on(pulling);
        // What is still held is no cost of the next input.
        *served.lock().unwrap() = Default::default();
        server.forget_requests();
    })
}

/// `index.json` is the input up to a NUL, and what follows is a blob, whose digest stands in the
/// index in place of the manifest's.
fn layout(folder: &Path) -> Reader {
    let server = Arc::new(HttpServer::start(|_| Reply::status(404)));
    let machine = Machine::new(folder, &server.url(), Operation::Push);
    let (runtime, client) = (Runtime::new().unwrap(), Client::new(Options::default()));
    let image = Image::small("one");
    let root = folder.join("layout");
    Box::new(move |input| {
        let _ = fs::remove_dir_all(&root);
        image.write_oci_layout(&root, "v1");
        let mut parts = input.splitn(2, |byte| *byte == 0);
        let mut index = parts.next().unwrap_or_default().to_vec();
        if let Some(blob) = parts.next() {
            let digest = image::digest(blob);
            let file = digest.trim_start_matches("sha256:");
            fs::write(root.join("blobs/sha256").join(file), blob).unwrap();
            let text = String::from_utf8_lossy(&index);
            index = text.replace(image.digest(), &digest).into_bytes();
        }
        fs::write(root.join("index.json"), &index).unwrap();
        let layout = OciLayout::open(&root).unwrap();
        let operation = machine.prepare();
        let options = PushOptions::default();
        let pushing = client.push(&operation, &layout, &options, &NoProgress);
        let _ = runtime.block_on(pushing);
        server.forget_requests();
    })
}

fn manifest_seeds() -> Vec<Vec<u8>> {
    let (one, two) = (Image::small("one"), Image::of_sizes("two", &[10, 20, 30]));
    let index = image::index(&[("amd64", &one), ("arm64", &two)]);
    let mut seeds = texts(&[
        "{\"schemaVersion\":1,\"fsLayers\":[]}",
        "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}",
        "{\"manifests\":null,\"config\":null}",
    ]);
    seeds.extend([one.manifest.bytes, two.manifest.bytes, index.bytes]);
    seeds
}

fn layout_seeds() -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let image = Image::small("one");
    image.write_oci_layout(folder.path(), "v1");
    let index = fs::read(folder.path().join("index.json")).unwrap();
    let with = |blob: &[u8]| [index.as_slice(), &[0], blob].concat();
    let other = Image::of_sizes("two", &[10]);
    let indexes = image::index(&[("amd64", &image), ("arm64", &other)]);
    vec![
        index.clone(),
        with(&image.manifest.bytes),
        with(&indexes.bytes),
    ]
}
