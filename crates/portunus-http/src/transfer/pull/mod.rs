mod blob;
mod manifest;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use portunus::resolve::PreparedOperation;

use crate::image::descriptor::Descriptor;
use crate::image::layout::OciLayout;
use crate::image::manifest::Manifest;
use crate::image::platform::Platform;
use crate::image::visited::Visited;
use crate::outcome::error::{Error, ErrorKind};
use crate::transfer::progress::Progress;
use crate::transfer::walk::Walk;
use crate::wire::client::Client;

/// How many blobs are transferred at the same time, as in containerd.
const PARALLEL: usize = 3;

/// How many manifests an index may lead to, so that indexes of indexes come to an end.
const MOST_MANIFESTS: usize = 1000;

/// How an image is pulled.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PullOptions {
    /// Which images of an index are wanted.
    pub platforms: Platforms,
}

/// Which images of an index are wanted. An image without an index is pulled as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Platforms {
    /// All of them, and the index.
    #[default]
    All,
    /// The one that suits a platform best; the indexes that lead to it are left out, so that the
    /// layout is complete.
    Only(Platform),
    /// The one that suits a platform best, and the indexes that lead to it, which then name images
    /// that are not there: what containerd stores.
    WithIndex(Platform),
}

/// What a pull brought.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pulled {
    /// The manifest or index that the layout lists under the image's name.
    pub manifest: Descriptor,
    /// Blobs and manifests that the image consists of.
    pub parts: usize,
    /// Bytes of all of them.
    pub bytes: u64,
}

impl Client {
    /// Pulls an image along a plan into a layout: the digest, the manifests, the blobs. Each is
    /// asked for at the first host that may serve it, then at the next one; digests and sizes
    /// are checked. Hosts without the capability `pull` are not asked, which containerd would
    /// do.
    ///
    /// # Errors
    /// Where a part could be had from no host; the error reports every host that was asked, what
    /// it answered, and which credential it was sent. Where the layout cannot be written.
    pub async fn pull(
        &self,
        operation: &PreparedOperation,
        layout: &OciLayout,
        options: &PullOptions,
        progress: &dyn Progress,
    ) -> Result<Pulled, Error> {
        let walk = Walk::new(self, operation, progress);
        let pull = Pull { walk, layout };
        pull.run(options).await
    }
}

/// One pull.
struct Pull<'a> {
    walk: Walk<'a>,
    layout: &'a OciLayout,
}

impl Pull<'_> {
    async fn run(&self, options: &PullOptions) -> Result<Pulled, Error> {
        let (mut descriptor, mut bytes) = self.fetch_top_manifest().await?;
        let mut manifest = self.read(&descriptor, &bytes)?;
        let (wanted, keeps_indexes) = match &options.platforms {
            Platforms::All => (None, true),
            Platforms::Only(platform) => (Some(platform), false),
            Platforms::WithIndex(platform) => (Some(platform), true),
        };
        // Outermost first.
        let mut indexes = Vec::new();
        while let (Manifest::Index(images), Some(wanted)) = (&manifest, wanted) {
            let image = self.select(images, wanted)?;
            if indexes.len() == MOST_MANIFESTS {
                return Err(self.malformed(&image, "one manifest too many"));
            }
            if keeps_indexes {
                self.put(&descriptor, &bytes)?;
            }
            indexes.push(descriptor);
            bytes = self.fetch_manifest(&image).await?;
            manifest = self.read(&image, &bytes)?;
            descriptor = image;
        }
        self.put(&descriptor, &bytes)?;
        let below = self.fetch_tree(&descriptor, manifest).await?;
        let mut parts = if keeps_indexes { indexes } else { Vec::new() };
        parts.push(descriptor);
        let top = parts[0].clone();
        parts.extend(below);
        let listed = self.layout.list(&self.walk.plan.reference, &top);
        listed.map_err(|error| self.local(&error.to_string()))?;
        Ok(Pulled {
            parts: parts.len(),
            bytes: parts.iter().map(|part| part.size).sum(),
            manifest: top,
        })
    }

    /// Everything below a manifest. Blobs that several images share are fetched once.
    async fn fetch_tree(
        &self,
        top: &Descriptor,
        manifest: Manifest,
    ) -> Result<Vec<Descriptor>, Error> {
        let mut visited = Visited::default();
        let counted = visited.count(&manifest);
        counted.map_err(|problem| self.malformed(top, problem))?;
        let mut parts: Vec<Descriptor> = Vec::new();
        let mut blobs: Vec<Descriptor> = Vec::new();
        let mut waiting = vec![manifest];
        while let Some(manifest) = waiting.pop() {
            match manifest {
                Manifest::Image(found) => {
                    blobs.extend(found.into_iter().filter(|blob| visited.is_new_blob(blob)));
                }
                Manifest::Index(images) => {
                    for image in images {
                        if !visited.is_new_manifest(&image) {
                            continue;
                        }
                        if parts.len() == MOST_MANIFESTS {
                            return Err(self.malformed(&image, "one manifest too many"));
                        }
                        let bytes = self.fetch_manifest(&image).await?;
                        self.put(&image, &bytes)?;
                        let manifest = self.read(&image, &bytes)?;
                        let counted = visited.count(&manifest);
                        counted.map_err(|problem| self.malformed(&image, problem))?;
                        waiting.push(manifest);
                        parts.push(image);
                    }
                }
            }
        }
        stream::iter(0..blobs.len())
            .map(|at| self.fetch_blob(&blobs[at]))
            .buffer_unordered(PARALLEL)
            .try_collect::<()>()
            .await?;
        parts.extend(blobs);
        Ok(parts)
    }

    /// The best image of an index, or a further index that has it; one without a platform comes last,
    /// as in containerd.
    fn select(&self, images: &[Descriptor], wanted: &Platform) -> Result<Descriptor, Error> {
        let ranked = images.iter().filter_map(|image| {
            let platform = image.platform.as_ref();
            let rank = platform.map_or(Some(u32::MAX), |platform| platform.rank(wanted))?;
            Some((rank, image))
        });
        // Of equal ones the first.
        let best = ranked.min_by_key(|(rank, _)| *rank);
        best.map(|(_, image)| image.clone()).ok_or_else(|| Error {
            kind: ErrorKind::NotFound,
            context: self.walk.context(),
            problem: Some(format!("it has no image for {wanted}")),
            hosts: Vec::new(),
        })
    }

    fn read(&self, descriptor: &Descriptor, bytes: &[u8]) -> Result<Manifest, Error> {
        Manifest::parse(bytes).map_err(|problem| self.malformed(descriptor, problem))
    }

    fn malformed(&self, descriptor: &Descriptor, problem: &str) -> Error {
        Error {
            kind: ErrorKind::Network,
            context: self.walk.context(),
            problem: Some(format!("{}: {problem}", descriptor.digest)),
            hosts: Vec::new(),
        }
    }

    fn put(&self, descriptor: &Descriptor, bytes: &[u8]) -> Result<(), Error> {
        let put = self.layout.put(&descriptor.digest, bytes);
        put.map_err(|error| self.local(&error.to_string()))
    }

    fn local(&self, problem: &str) -> Error {
        let root = self.layout.root().display();
        Error::local(self.walk.context(), format!("{root}: {problem}"))
    }
}
