mod body;
mod mount;
mod upload;

use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use portunus::authorizer::{Conduct, Method, Target};
use portunus::name::Repository;
use portunus::resolve::{Phase, PreparedOperation};
use portunus::token::Scopes;
use reqwest::header::CONTENT_TYPE;
use tracing::info;

use self::body::BytesBody;
use crate::image::answer::is_html;
use crate::image::descriptor::Descriptor;
use crate::image::digest::digest_like;
use crate::image::layout::OciLayout;
use crate::image::manifest::{MAX_MANIFEST, Manifest};
use crate::image::visited::Visited;
use crate::outcome::Outcome;
use crate::outcome::error::{Error, ErrorKind};
use crate::transfer::progress::{Event, Progress};
use crate::transfer::walk::{Stop, Walk};
use crate::wire::client::Client;
use crate::wire::manifest_answer::{media_type, told_digest};
use crate::wire::remote::Answer;
use crate::wire::request::Request;

/// How many blobs are transferred at the same time, as in containerd.
const PARALLEL: usize = 3;
/// How often what has a body is sent on.
const MOST_REDIRECTS: usize = 5;

/// How an image is pushed.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PushOptions {
    /// Repositories of the same registry namespace that may hold the blobs already; those that
    /// the layout names as the image's own come after them. A blob is mounted from there only
    /// where the credential in use covers both.
    pub mount_from: Vec<Repository>,
}

/// What a push sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pushed {
    /// The host, with its scheme.
    pub host: String,
    /// The manifest or index that the tag names now.
    pub manifest: Descriptor,
    /// Blobs and manifests that the image consists of.
    pub parts: usize,
}

impl Client {
    /// Pushes an image from a layout to the host that the plan names for it. There is no next
    /// host: what failed there has failed.
    ///
    /// # Errors
    /// Where the layout does not hold the image, the plan has no host for a push, or the host
    /// refuses. A rejected credential stops the push; a forbidden one is followed by the next.
    pub async fn push(
        &self,
        operation: &PreparedOperation,
        layout: &OciLayout,
        options: &PushOptions,
        progress: &dyn Progress,
    ) -> Result<Pushed, Error> {
        let walk = Walk::new(self, operation, progress);
        let push = Push {
            walk,
            layout,
            options,
        };
        push.run().await
    }
}

/// One push.
struct Push<'a> {
    walk: Walk<'a>,
    layout: &'a OciLayout,
    options: &'a PushOptions,
}

/// An image as the layout holds it.
struct Tree {
    top: Descriptor,
    /// Where the blobs may be mounted from.
    mount_from: Vec<Repository>,
    /// Manifests with their bytes, each after what it names; the top one last.
    manifests: Vec<(Descriptor, Vec<u8>)>,
    blobs: Vec<Descriptor>,
}

impl Push<'_> {
    async fn run(&self) -> Result<Pushed, Error> {
        let tree = self.read_tree()?;
        // The first request settles which credential is used, before others run beside it.
        let mut blobs = tree.blobs.iter();
        if let Some(first) = blobs.next() {
            self.push_blob(first, &tree.mount_from).await?;
        }
        let pushes = blobs.map(|blob| self.push_blob(blob, &tree.mount_from));
        let pushes: Vec<_> = pushes.collect();
        stream::iter(pushes)
            .buffer_unordered(PARALLEL)
            .try_collect::<()>()
            .await?;
        let mut host = String::new();
        let reference = &self.walk.plan.reference;
        for (descriptor, bytes) in &tree.manifests {
            let is_top = descriptor.digest == tree.top.digest;
            let name = match reference.tag() {
                Some(tag) if is_top => tag,
                _ => &descriptor.digest,
            };
            let visit = |stop| self.put_manifest(stop, descriptor, bytes, name).boxed();
            ((), host) = self.walk.try_hosts(Phase::Push, visit).await?;
            self.report_done(descriptor, Some(&host));
        }
        info!(host, digest = tree.top.digest, "pushed");
        Ok(Pushed {
            host,
            parts: tree.blobs.len() + tree.manifests.len(),
            manifest: tree.top,
        })
    }

    async fn push_blob(
        &self,
        descriptor: &Descriptor,
        mount_from: &[Repository],
    ) -> Result<(), Error> {
        self.walk.progress.report(Event::Started {
            descriptor,
            resumed: 0,
        });
        let visit = |stop| self.upload_blob(stop, descriptor, mount_from).boxed();
        let (sent, host) = self.walk.try_hosts(Phase::Push, visit).await?;
        self.report_done(descriptor, sent.then_some(host.as_str()));
        Ok(())
    }

    async fn put_manifest(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
        bytes: &[u8],
        name: &str,
    ) -> Result<(), Outcome> {
        let path = format!(
            "/{}/manifests/{name}",
            self.walk.plan.reference.repository()
        );
        let request = Request::new(Method::Put, path)
            .with_header(CONTENT_TYPE, &descriptor.media_type)
            .with_body(BytesBody(bytes.to_vec()))
            .with_scopes(self.scopes(stop))
            .with_conduct(Conduct::Stay);
        let answer = self.send_on(stop, &request).await?;
        if !answer.is_success() {
            return Err(answer.refusal());
        }
        if is_html(media_type(&answer.response)) {
            let problem = "is no registry: it answers a manifest with a web page";
            return Err(Outcome::bad_content(problem));
        }
        // As in containerd: who has made something else of it has not taken it.
        match told_digest(&answer.response) {
            Ok(Some(told)) if told != digest_like(&told, bytes) => {
                let problem = format!("has kept {} as {told}", descriptor.digest);
                Err(Outcome::bad_content(problem))
            }
            _ => Ok(()),
        }
    }

    /// Sends a request with a small body, and again where the host sends it on by a redirect that
    /// keeps method and body. What is behind it is shown no more than where an upload leads.
    async fn send_on(&self, stop: &Stop<'_>, request: &Request) -> Result<Answer, Outcome> {
        let mut answer = stop.send(request).await?;
        for _ in 0..MOST_REDIRECTS {
            if !matches!(answer.status(), 307 | 308) {
                break;
            }
            let mut onward = request.clone();
            onward.ask.target = Target::Onward(answer.onward()?);
            answer = stop.remote.ask(&onward).await?;
        }
        Ok(answer)
    }

    fn scopes(&self, stop: &Stop<'_>) -> Scopes {
        stop.attempt.scopes(&["pull", "push"])
    }

    fn report_done(&self, descriptor: &Descriptor, host: Option<&str>) {
        self.walk.progress.report(Event::Done { descriptor, host });
    }

    fn read_tree(&self) -> Result<Tree, Error> {
        let reference = &self.walk.plan.reference;
        let found = self.layout.find(reference);
        let found = found.map_err(|error| self.local(&error.to_string()))?;
        let wanted = |held: &Descriptor| reference.digest().is_none_or(|it| it == held.digest);
        let found = found.filter(wanted);
        let root = self.layout.root().display();
        let top = found.ok_or_else(|| Error {
            kind: ErrorKind::NotFound,
            context: self.walk.context(),
            problem: Some(format!("{root}: the layout does not list it")),
            hosts: Vec::new(),
        })?;
        let mut mount_from = self.options.mount_from.clone();
        let sources = self.layout.sources(reference, &top);
        mount_from.extend(sources.map_err(|error| self.local(&error.to_string()))?);
        let mut tree = Tree {
            top: top.clone(),
            mount_from,
            manifests: Vec::new(),
            blobs: Vec::new(),
        };
        self.read_below(top, &mut tree)?;
        // An index was read before its images, and goes after them.
        tree.manifests.reverse();
        Ok(tree)
    }

    fn read_below(&self, top: Descriptor, tree: &mut Tree) -> Result<(), Error> {
        let mut visited = Visited::default();
        let mut waiting = vec![top];
        while let Some(descriptor) = waiting.pop() {
            if !visited.is_new_manifest(&descriptor) {
                continue;
            }
            let bytes = self.read_manifest(&descriptor)?;
            let malformed =
                |problem: &str| self.local(&format!("{}: {problem}", descriptor.digest));
            let manifest = Manifest::parse(&bytes).map_err(malformed)?;
            visited.count(&manifest).map_err(malformed)?;
            tree.manifests.push((descriptor, bytes));
            match manifest {
                Manifest::Index(images) => waiting.extend(images),
                Manifest::Image(blobs) => {
                    let new = blobs.into_iter().filter(|blob| visited.is_new_blob(blob));
                    tree.blobs.extend(new);
                }
            }
        }
        Ok(())
    }

    fn read_manifest(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        let read = self.layout.read_blob(&descriptor.digest, MAX_MANIFEST);
        read.map_err(|error| self.local(&format!("{}: {error}", descriptor.digest)))
    }

    fn local(&self, problem: &str) -> Error {
        let root = self.layout.root().display();
        Error::local(self.walk.context(), format!("{root}: {problem}"))
    }
}
