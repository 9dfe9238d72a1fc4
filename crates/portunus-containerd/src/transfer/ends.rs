use std::path::Path;

use containerd_client::types::transfer::{
    ImageStore, OciRegistry, RegistryResolver, UnpackConfiguration,
};
use containerd_client::{to_any, types};
use portunus::name::ImageReference;
use portunus_http::Platform;
use prost_types::Any;

/// Source and destination of a transfer.
pub(crate) struct Ends {
    pub(crate) source: Any,
    pub(crate) destination: Any,
}

/// The registry end. Its `headers` stay empty: containerd would send them to every host; and
/// `http_debug` stays off: it prints passwords.
pub(crate) fn registry(reference: &str, host_dir: &Path, stream_id: &str) -> Any {
    to_any(&OciRegistry {
        reference: reference.to_owned(),
        resolver: Some(RegistryResolver {
            auth_stream: stream_id.to_owned(),
            host_dir: host_dir.to_string_lossy().into_owned(),
            ..Default::default()
        }),
    })
}

/// containerd's end. Unpacks for each platform with each snapshotter that the daemon takes; an
/// empty name is its default.
pub(crate) fn image_store(
    reference: &ImageReference,
    platforms: &[Platform],
    snapshotters: &[String],
) -> Any {
    let host = [Platform::host()];
    let unpacked = if platforms.is_empty() {
        &host
    } else {
        platforms
    };
    let unpacks = snapshotters.iter().flat_map(|snapshotter| {
        unpacked.iter().map(|platform| UnpackConfiguration {
            platform: Some(message(platform)),
            snapshotter: snapshotter.clone(),
        })
    });
    to_any(&ImageStore {
        name: reference.to_string(),
        platforms: platforms.iter().map(message).collect(),
        unpacks: unpacks.collect(),
        ..Default::default()
    })
}

fn message(platform: &Platform) -> types::Platform {
    types::Platform {
        os: platform.os.clone(),
        architecture: platform.architecture.clone(),
        variant: platform.variant.clone(),
        ..Default::default()
    }
}
