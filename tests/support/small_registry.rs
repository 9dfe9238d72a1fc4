//! A registry of a few hundred lines: what it holds, and how it answers.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::http::{Reply, Request};
use crate::image::{Blob, Image, digest};
use crate::percent;

/// What a registry holds, by repository.
#[derive(Debug, Default)]
pub(crate) struct SmallRegistry {
    repositories: Mutex<BTreeMap<String, Repository>>,
    next_upload: AtomicU64,
}

#[derive(Debug, Default)]
struct Repository {
    /// By tag and by digest.
    manifests: BTreeMap<String, Blob>,
    blobs: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, Vec<u8>>,
}

/// What a path below `/v2/` speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    Base,
    Manifest {
        repository: &'a str,
        reference: &'a str,
    },
    Blob {
        repository: &'a str,
        digest: &'a str,
    },
    Upload {
        repository: &'a str,
        id: &'a str,
    },
}

impl<'a> Target<'a> {
    /// `None`: no path of the distribution specification.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        let rest = path.strip_prefix("/v2")?.trim_start_matches('/');
        if rest.is_empty() {
            return Some(Self::Base);
        }
        if let Some((repository, id)) = rest.rsplit_once("/blobs/uploads/") {
            return Some(Self::Upload { repository, id });
        }
        if let Some((repository, digest)) = rest.rsplit_once("/blobs/") {
            return Some(Self::Blob { repository, digest });
        }
        let (repository, reference) = rest.rsplit_once("/manifests/")?;
        Some(Self::Manifest {
            repository,
            reference,
        })
    }

    pub(crate) fn repository(self) -> Option<&'a str> {
        match self {
            Self::Base => None,
            Self::Manifest { repository, .. }
            | Self::Blob { repository, .. }
            | Self::Upload { repository, .. } => Some(repository),
        }
    }
}

impl SmallRegistry {
    pub(crate) fn put_image(&self, repository: &str, tag: &str, image: &Image) {
        self.change(repository, |held| {
            for blob in image.blobs() {
                held.blobs.insert(blob.digest.clone(), blob.bytes.clone());
            }
            held.put_manifest(tag, image.manifest.clone());
        });
    }

    pub(crate) fn put_manifest(&self, repository: &str, tag: &str, manifest: Blob) {
        self.change(repository, |held| held.put_manifest(tag, manifest));
    }

    pub(crate) fn manifest(&self, repository: &str, reference: &str) -> Option<Blob> {
        self.change(repository, |held| held.manifests.get(reference).cloned())
    }

    pub(crate) fn blob(&self, repository: &str, digest: &str) -> Option<Vec<u8>> {
        self.change(repository, |held| held.blobs.get(digest).cloned())
    }

    /// Answers a request that is allowed.
    pub(crate) fn answer(&self, request: &Request, target: Target<'_>) -> Reply {
        let read = matches!(request.method.as_str(), "GET" | "HEAD");
        match (target, request.method.as_str()) {
            (Target::Base, _) => Reply::json(&serde_json::json!({})),
            (
                Target::Manifest {
                    repository,
                    reference,
                },
                _,
            ) if read => match self.manifest(repository, &percent::decode(reference)) {
                Some(manifest) => content(
                    request,
                    &manifest.media_type,
                    &manifest.digest,
                    &manifest.bytes,
                ),
                None => Reply::error(404, "MANIFEST_UNKNOWN"),
            },
            (
                Target::Manifest {
                    repository,
                    reference,
                },
                "PUT",
            ) => {
                let media_type = request.header("Content-Type").unwrap_or_default();
                let manifest = Blob::new(media_type, request.body.clone());
                let reply = created(repository, "manifests", &manifest.digest);
                self.put_manifest(repository, reference, manifest);
                reply
            }
            (Target::Blob { repository, digest }, _) if read => {
                match self.blob(repository, &percent::decode(digest)) {
                    Some(bytes) => content(
                        request,
                        "application/octet-stream",
                        &percent::decode(digest),
                        &bytes,
                    ),
                    None => Reply::error(404, "BLOB_UNKNOWN"),
                }
            }
            (Target::Upload { repository, .. }, "POST") => self.start_upload(request, repository),
            (Target::Upload { repository, id }, "PATCH") => {
                self.go_on_with_upload(request, repository, id)
            }
            (Target::Upload { repository, id }, "PUT") => self.end_upload(request, repository, id),
            _ => Reply::error(405, "UNSUPPORTED"),
        }
    }

    fn start_upload(&self, request: &Request, repository: &str) -> Reply {
        if let (Some(digest), Some(from)) =
            (request.query_value("mount"), request.query_value("from"))
            && let Some(bytes) = self.blob(&from, &digest)
        {
            self.change(repository, |held| held.blobs.insert(digest.clone(), bytes));
            return created(repository, "blobs", &digest);
        }
        let id = format!(
            "upload-{}",
            self.next_upload.fetch_add(1, Ordering::Relaxed)
        );
        self.change(repository, |held| {
            held.uploads.insert(id.clone(), Vec::new())
        });
        if request.query_value("digest").is_some() {
            return self.end_upload(request, repository, &id);
        }
        accepted(request, repository, &id, 0)
    }

    fn go_on_with_upload(&self, request: &Request, repository: &str, id: &str) -> Reply {
        let length = self.change(repository, |held| {
            let upload = held.uploads.get_mut(id)?;
            upload.extend_from_slice(&request.body);
            Some(upload.len())
        });
        match length {
            Some(length) => accepted(request, repository, id, length),
            None => Reply::error(404, "BLOB_UPLOAD_UNKNOWN"),
        }
    }

    fn end_upload(&self, request: &Request, repository: &str, id: &str) -> Reply {
        let Some(mut bytes) = self.change(repository, |held| held.uploads.remove(id)) else {
            return Reply::error(404, "BLOB_UPLOAD_UNKNOWN");
        };
        bytes.extend_from_slice(&request.body);
        let wanted = request.query_value("digest").unwrap_or_default();
        if digest(&bytes) != wanted {
            return Reply::error(400, "DIGEST_INVALID");
        }
        self.change(repository, |held| held.blobs.insert(wanted.clone(), bytes));
        created(repository, "blobs", &wanted)
    }

    fn change<T>(&self, repository: &str, change: impl FnOnce(&mut Repository) -> T) -> T {
        change(
            self.repositories
                .lock()
                .unwrap()
                .entry(repository.to_owned())
                .or_default(),
        )
    }
}

impl Repository {
    fn put_manifest(&mut self, tag: &str, manifest: Blob) {
        self.manifests
            .insert(manifest.digest.clone(), manifest.clone());
        self.manifests.insert(tag.to_owned(), manifest);
    }
}

/// A body, or the rest of it from the byte that `Range` names.
fn content(request: &Request, media_type: &str, digest: &str, bytes: &[u8]) -> Reply {
    let range = request
        .header("Range")
        .and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let from = range
        .and_then(|(from, _)| from.parse::<usize>().ok())
        .filter(|from| *from < bytes.len());
    let reply = Reply::status(if from.is_some() { 206 } else { 200 })
        .header("Content-Type", media_type)
        .header("Docker-Content-Digest", digest);
    match from {
        None => reply.body(bytes),
        Some(from) => reply
            .header(
                "Content-Range",
                &format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len()),
            )
            .body(&bytes[from..]),
    }
}

fn created(repository: &str, kind: &str, digest: &str) -> Reply {
    Reply::status(201)
        .header("Location", &format!("/v2/{repository}/{kind}/{digest}"))
        .header("Docker-Content-Digest", digest)
}

fn accepted(request: &Request, repository: &str, id: &str, length: usize) -> Reply {
    let scheme = if request.tls { "https" } else { "http" };
    let host = request.header("Host").unwrap_or_default();
    Reply::status(202)
        .header(
            "Location",
            &format!("{scheme}://{host}/v2/{repository}/blobs/uploads/{id}"),
        )
        .header("Docker-Upload-UUID", id)
        .header("Range", &format!("0-{}", length.saturating_sub(1)))
}
