use std::future::Future;
use std::sync::Arc;

use crate::daemon::connection::Containerd;
use crate::daemon::snapshotters;
use crate::lease::Lease;
use crate::transfer::ended::Ended;
use crate::transfer::ends::{Ends, image_store, registry};
use crate::transfer::error::{TransferError, classify_turn};
use crate::transfer::progress::Totals;
use crate::transfer::pull::{PullRequest, Unpack};
use crate::transfer::record::TransferRecord;
use crate::transfer::report::TransferReport;
use crate::transfer::running::Running;
use crate::transfer::stored::{Fetched, by_digest};
use crate::transfer::turn::{SentTo, TurnOutcome, TurnReport, Way};

/// The hosts of a pull, one transfer each, under one lease.
pub(super) struct Turns<'a, C> {
    containerd: &'a Containerd,
    request: &'a PullRequest,
    running: Running<'a, C>,
    snapshotters: Vec<String>,
    /// The image that is pulled, once a host has told which it is. Another host's is not mixed in.
    digest: Option<String>,
}

impl<'a, C: Future<Output = ()>> Turns<'a, C> {
    pub(super) fn new(
        containerd: &'a Containerd,
        request: &'a PullRequest,
        running: Running<'a, C>,
    ) -> Self {
        let snapshotters = match &request.unpack {
            Unpack::No => Vec::new(),
            Unpack::AsConfigured => vec![String::new()],
            Unpack::With(snapshotter) => vec![snapshotter.clone()],
        };
        Self {
            containerd,
            request,
            running,
            snapshotters,
            digest: request.terms.reference.digest().map(str::to_owned),
        }
    }

    pub(super) async fn run(mut self) -> Result<TransferReport, TransferError> {
        let sends = |way: &Way| matches!(way, Way::Sent(_));
        let result = match self.request.turns.iter().any(|turn| sends(&turn.way)) {
            true => match self.running.open_lease().await {
                Ok(lease) => {
                    let result = self.take(Some(&lease)).await;
                    lease.end(result.is_ok()).await;
                    result
                }
                Err(ended) => Err(ended),
            },
            false => self.take(None).await,
        };
        self.running.finish(result)
    }

    /// One turn after the other, until the image is whole.
    async fn take(&mut self, lease: Option<&Lease>) -> Result<String, Ended> {
        for turn in &self.request.turns {
            let (outcome, record, digest) = match (&turn.way, lease) {
                (Way::Sent(sent), Some(lease)) => self.send(lease, sent).await?,
                (Way::Sent(_), None) => continue,
                (
                    Way::RuledOut {
                        kind,
                        reason,
                        remedies,
                    },
                    _,
                ) => {
                    let (kind, reason, remedies) = (*kind, reason.clone(), remedies.clone());
                    let outcome = TurnOutcome::RuledOut {
                        kind,
                        reason,
                        remedies,
                    };
                    (outcome, TransferRecord::default(), None)
                }
            };
            self.running.note_turn(TurnReport {
                host: turn.host.clone(),
                attempt: turn.attempt,
                outcome,
                questions: record.questions,
                totals: record.totals,
            });
            if let Some(digest) = digest {
                return Ok(digest);
            }
        }
        Err(Ended::EveryHost)
    }

    /// What became of a host that the daemon was sent to, and the digest of the image where it is
    /// whole.
    async fn send(
        &mut self,
        lease: &Lease,
        sent: &SentTo,
    ) -> Result<(TurnOutcome, TransferRecord, Option<String>), Ended> {
        if let (Some(wanted), Some(digest)) = (&self.digest, &sent.digest)
            && wanted != digest
        {
            let digest = digest.clone();
            let outcome = TurnOutcome::OtherDigest { digest };
            return Ok((outcome, TransferRecord::default(), None));
        }
        let reference = &self.request.terms.reference;
        let digest = self.digest.clone().or_else(|| sent.digest.clone());
        let asked = match (reference.digest(), &digest) {
            (None, Some(digest)) => by_digest(reference, digest),
            _ => reference.to_string(),
        };
        let before = self.running.keep_named(lease).await?;
        let (mut record, result) = self.transfer(lease, sent, &asked).await?;
        let is_known = digest.is_some();
        self.digest = digest.or_else(|| record.digest.clone());
        let stored = match result {
            Ok(()) => {
                let namespace = &self.request.terms.containerd_namespace;
                let looking = self.running.look_at_stored(reference, namespace, before);
                looking.await?
            }
            Err(ended) => Err(self.explain(ended, is_known).await?),
        };
        Ok(match stored {
            Ok(digest) => (TurnOutcome::Served, record, Some(digest)),
            Err(ended) => {
                if matches!(ended, Ended::NoImage(_)) {
                    self.digest = reference.digest().map(str::to_owned);
                    // It gave nothing of the image.
                    record.totals = Totals::default();
                }
                let outcome = classify_turn(reference, ended, &record.questions);
                (outcome, record, None)
            }
        })
    }

    /// Why a host failed, after a look at what has arrived. A digest that this host alone has told, and
    /// nothing of which is there, binds nobody.
    async fn explain(&mut self, ended: Ended, is_known: bool) -> Result<Ended, Ended> {
        let Some(digest) = &self.digest else {
            return Ok(ended);
        };
        Ok(match self.running.look_at_fetched(digest).await? {
            Fetched::NoManifest(problem) => Ended::NoImage(problem.to_owned()),
            Fetched::Manifest => ended,
            Fetched::Nothing => {
                if !is_known {
                    self.digest = None;
                }
                ended
            }
        })
    }

    async fn transfer(
        &mut self,
        lease: &Lease,
        sent: &SentTo,
        asked: &str,
    ) -> Result<(TransferRecord, Result<(), Ended>), Ended> {
        match self.transfer_once(lease, sent, asked).await {
            // Said after the digest was resolved and before anything was fetched.
            Err(Ended::Daemon(error))
                if self.request.unpack == Unpack::AsConfigured
                    && self.snapshotters == [String::new()]
                    && error.is_about_unpacking() =>
            {
                let context = self.running.context();
                let listing = snapshotters::list_working(self.containerd, &context);
                self.snapshotters = self.running.call(listing).await?;
                self.transfer_once(lease, sent, asked).await
            }
            result => result,
        }
    }

    async fn transfer_once(
        &mut self,
        lease: &Lease,
        sent: &SentTo,
        asked: &str,
    ) -> Result<(TransferRecord, Result<(), Ended>), Ended> {
        let request = self.request;
        let snapshotters = &self.snapshotters;
        let ends = |stream_id: &str| Ends {
            source: registry(asked, &sent.host_dir, stream_id),
            destination: image_store(&request.terms.reference, &request.platforms, snapshotters),
        };
        let lookup = Arc::clone(&sent.answers);
        self.running.transfer(lease, asked, lookup, ends).await
    }
}
