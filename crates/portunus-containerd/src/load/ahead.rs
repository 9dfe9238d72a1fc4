use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use containerd_client::services::v1::AbortRequest;
use containerd_client::services::v1::content_client::ContentClient;
use futures_util::{StreamExt as _, TryStreamExt as _};
use portunus_http::Arriving;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::parts::Part;
use super::writer::reference_of;
use super::{Load, within};
use crate::daemon::daemon_error::GrpcCode;
use crate::transfer::ended::Ended;

/// How many blobs are on their way to the daemon at the same time, as to us.
const PARALLEL: usize = 3;

/// What the daemon has of the image so far: digests.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// Of blobs that it may have a part of.
    open: Mutex<HashSet<String>>,
    /// Of those that it has, with the labels of a blob.
    stored: Mutex<HashSet<String>>,
}

impl Ahead {
    /// It is about to be given a blob.
    pub(super) fn opened(&self, digest: &str) {
        lock(&self.open).insert(digest.to_owned());
    }

    /// It has all of it.
    pub(super) fn stored(&self, digest: &str) {
        lock(&self.open).remove(digest);
        lock(&self.stored).insert(digest.to_owned());
    }

    /// Whether there is nothing left to be done for a part.
    pub(super) fn has_stored(&self, part: &Part) -> bool {
        part.labels.is_empty() && lock(&self.stored).contains(&part.descriptor.digest)
    }
}

impl Load<'_> {
    /// Stores blobs while they arrive, each as soon as it is whole. It ends at the first that cannot
    /// be stored.
    pub(super) async fn store_arriving(
        &self,
        first: Arriving,
        others: UnboundedReceiver<Arriving>,
    ) -> Result<(), Ended> {
        let blobs = tokio_stream::once(first).chain(UnboundedReceiverStream::new(others));
        let store = async |blob: Arriving| {
            let part = Part::blob(blob.descriptor().clone());
            match self.write(&part, blob).await {
                // It gets its labels once we know that it is of the image.
                Err(Ended::Daemon(error)) if error.grpc == GrpcCode::AlreadyExists => Ok(()),
                result => result,
            }
        };
        blobs.map(Ok).try_for_each_concurrent(PARALLEL, store).await
    }

    /// Has the daemon drop what it has of blobs that are not whole: nobody knows whether it is right.
    pub(super) async fn abort_open(&self) {
        let open = mem::take(&mut *lock(&self.ahead.open));
        let aborting = async {
            for digest in open {
                let mut content = ContentClient::new(self.lease.channel().clone());
                let abort = self.lease.context().request(AbortRequest {
                    r#ref: reference_of(&digest),
                });
                // It goes with the lease anyway.
                let _ = content.abort(abort).await;
            }
            Ok(())
        };
        let _ = within(self.request.deadlines.call, aborting).await;
    }
}

fn lock(digests: &Mutex<HashSet<String>>) -> MutexGuard<'_, HashSet<String>> {
    digests.lock().unwrap_or_else(PoisonError::into_inner)
}
