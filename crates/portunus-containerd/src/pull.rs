use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use containerd_client::services::v1::GetImageRequest;
use containerd_client::services::v1::images_client::ImagesClient;
use containerd_client::to_any;
use containerd_client::types::transfer::{
    ImageStore, OciRegistry, RegistryResolver, UnpackConfiguration,
};
use portunus::name::ImageReference;
use portunus::resolve::Operation;
use tokio::time::Instant;

use crate::call::CallContext;
use crate::transfer::{Ended, Ends, Transfer};
use crate::{
    CallbackLimits, Containerd, ContainerdNamespace, Deadlines, Lookup, Observer, Platform,
    Question, Totals, TransferError,
};

/// What is to be pulled, and how.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PullRequest {
    /// The image.
    pub reference: ImageReference,
    /// Where containerd puts it.
    pub containerd_namespace: ContainerdNamespace,
    /// The root of the host directory that the daemon reads, as an absolute path.
    pub host_dir: PathBuf,
    /// What each host is told.
    pub answers: Arc<dyn Lookup>,
    /// What the callback puts up with.
    pub limits: CallbackLimits,
    /// The platforms to fetch; empty: all that the image has.
    pub platforms: Vec<Platform>,
    /// Whether the layers are unpacked.
    pub unpack: Option<Unpack>,
    /// How long it may take.
    pub deadlines: Deadlines,
    /// When containerd may collect what was fetched, should we be gone by then.
    pub lease_expires_at: SystemTime,
}

impl PullRequest {
    /// For the platform this program was built for, unpacked with the daemon's own snapshotter.
    pub fn new(
        reference: ImageReference,
        containerd_namespace: ContainerdNamespace,
        host_dir: impl Into<PathBuf>,
        answers: impl Lookup,
        lease_expires_at: SystemTime,
    ) -> Self {
        Self {
            reference,
            containerd_namespace,
            host_dir: host_dir.into(),
            answers: Arc::new(answers),
            limits: CallbackLimits::default(),
            platforms: vec![Platform::host()],
            unpack: Some(Unpack::default()),
            deadlines: Deadlines::default(),
            lease_expires_at,
        }
    }
}

/// How layers are unpacked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpack {
    /// The snapshotter; `None`: containerd's default. The daemon takes only those that its
    /// transfer service is configured to unpack with.
    pub snapshotter: Option<String>,
}

/// What was pulled. Holds no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PullReport {
    /// The image, which is also its name in containerd.
    pub reference: ImageReference,
    /// Digest of its manifest or index.
    pub digest: String,
    /// What the daemon asked, and what it was told, in order.
    pub questions: Vec<Question>,
    /// Bytes and layers.
    pub totals: Totals,
    /// How long it took, from the first call to the daemon.
    pub elapsed: Duration,
}

impl Containerd {
    /// Pulls an image through the transfer service. When `cancelled` is done, or the future is
    /// dropped, the daemon stops; what it has fetched is resumed by the next pull.
    ///
    /// # Errors
    /// Where the daemon cannot pull it, does not say anything for too long, is too old to read a
    /// host directory, or `cancelled` is done first.
    pub async fn pull(
        &self,
        request: PullRequest,
        observer: &mut dyn Observer,
        cancelled: impl Future<Output = ()>,
    ) -> Result<PullReport, TransferError> {
        let started = Instant::now();
        if !self.version().reads_host_directory() {
            return Err(TransferError::too_old(
                Operation::Pull,
                request.reference,
                self.version(),
            ));
        }
        let transfer = Transfer {
            reference: request.reference.to_string(),
            containerd_namespace: request.containerd_namespace.clone(),
            lookup: Arc::clone(&request.answers),
            limits: request.limits,
            deadlines: request.deadlines,
            lease_expires_at: request.lease_expires_at,
        };
        let ends = |stream_id: &str| Ends {
            source: to_any(&registry(&request.reference, &request.host_dir, stream_id)),
            destination: to_any(&image_store(&request)),
        };
        let (seen, result) = transfer.run(self, ends, observer, cancelled).await;
        let result = match result {
            Ok(()) => self.digest_of(&request).await,
            Err(ended) => Err(ended),
        };
        match result {
            Ok(digest) => Ok(PullReport {
                reference: request.reference,
                digest,
                questions: seen.questions,
                totals: seen.totals,
                elapsed: started.elapsed(),
            }),
            Err(ended) => Err(TransferError::ended(
                Operation::Pull,
                request.reference,
                ended,
                seen.questions,
            )),
        }
    }

    async fn digest_of(&self, request: &PullRequest) -> Result<String, Ended> {
        let context = CallContext::new(request.containerd_namespace.clone());
        let get = context.request(GetImageRequest {
            name: request.reference.to_string(),
        });
        let mut images = ImagesClient::new(self.channel());
        let limit = request.deadlines.preparation;
        let answer = tokio::time::timeout(limit, images.get(get)).await;
        let image = answer
            .map_err(|_| Ended::NotPrepared(limit))?
            .map_err(|status| Ended::Daemon(status.into()))?
            .into_inner()
            .image;
        Ok(image
            .and_then(|image| image.target)
            .unwrap_or_default()
            .digest)
    }
}

/// The registry end of a transfer. Its `headers` stay empty: containerd would send them to every
/// host; and so does `http_debug`: it prints passwords.
pub(crate) fn registry(
    reference: &ImageReference,
    host_dir: &std::path::Path,
    stream_id: &str,
) -> OciRegistry {
    OciRegistry {
        reference: reference.to_string(),
        resolver: Some(RegistryResolver {
            auth_stream: stream_id.to_owned(),
            host_dir: host_dir.to_string_lossy().into_owned(),
            ..Default::default()
        }),
    }
}

fn image_store(request: &PullRequest) -> ImageStore {
    let host = [Platform::host()];
    let unpacked: &[Platform] = match request.platforms.as_slice() {
        [] => &host,
        platforms => platforms,
    };
    let unpacks = request.unpack.iter().flat_map(|unpack| {
        unpacked.iter().map(|platform| UnpackConfiguration {
            platform: Some(platform.to_message()),
            snapshotter: unpack.snapshotter.clone().unwrap_or_default(),
        })
    });
    ImageStore {
        name: request.reference.to_string(),
        platforms: request.platforms.iter().map(Platform::to_message).collect(),
        unpacks: unpacks.collect(),
        ..Default::default()
    }
}
