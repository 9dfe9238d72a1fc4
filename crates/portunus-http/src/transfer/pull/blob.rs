use futures_util::FutureExt as _;
use portunus::authorizer::Method;
use portunus::resolve::Phase;
use reqwest::header::RANGE;
use tokio::sync::Mutex;

use super::Pull;
use super::manifest::scopes;
use crate::image::descriptor::Descriptor;
use crate::image::layout::ingest::{Ingest, not_written};
use crate::outcome::Outcome;
use crate::outcome::error::{Error, ErrorKind};
use crate::transfer::progress::Event;
use crate::transfer::walk::Stop;
use crate::wire::remote::Answer;
use crate::wire::request::Request;
use crate::wire::time_limit::within;

/// How often a host is asked for the rest of a blob while it gives some of it each time.
const MOST_TRIES: u32 = 3;

impl Pull<'_> {
    /// Fetches a blob into the layout. A host goes on where the one before it broke off.
    pub(super) async fn fetch_blob(&self, descriptor: &Descriptor) -> Result<(), Error> {
        let progress = self.walk.progress;
        let ingest = Ingest::open(self.layout, descriptor).await;
        let Some(ingest) = ingest.map_err(|error| self.local(&error.to_string()))? else {
            progress.report(Event::Done {
                descriptor,
                host: None,
            });
            return Ok(());
        };
        progress.report(Event::Started {
            descriptor,
            resumed: ingest.written(),
        });
        progress.arrives(ingest.arriving());
        let ingest = Mutex::new(Some(ingest));
        let visit = |stop| self.fetch_blob_at(stop, descriptor, &ingest).boxed();
        let fetched = self.walk.try_hosts(Phase::Fetch, visit).await;
        let ((), host) = fetched.map_err(|error| explain_foreign(error, descriptor))?;
        progress.report(Event::Done {
            descriptor,
            host: Some(&host),
        });
        Ok(())
    }

    async fn fetch_blob_at(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
        ingest: &Mutex<Option<Ingest>>,
    ) -> Result<(), Outcome> {
        let mut held = ingest.lock().await;
        let mut tries = MOST_TRIES;
        loop {
            tries -= 1;
            let Some(mut ingest) = held.take() else {
                return Err(Outcome::bad_content("the blob is not being written"));
            };
            let start = ingest.written();
            if let Err(outcome) = self.stream(stop, descriptor, &mut ingest).await {
                let moved = ingest.written() > start;
                // The next host goes on here, or the next try.
                let kept = ingest.flush().await;
                *held = Some(ingest);
                kept.map_err(not_written)?;
                if moved && tries > 0 {
                    continue;
                }
                return Err(outcome);
            }
            let Err((mut ingest, outcome)) = ingest.finish().await else {
                return Ok(());
            };
            // What has the wrong digest is no start for the next host; and where the start came
            // from another one, this one may be right.
            let false_content = ingest.written() == descriptor.size;
            if false_content {
                self.start_over(descriptor, &mut ingest).await?;
            }
            *held = Some(ingest);
            if !(false_content && start > 0 && tries > 0) {
                return Err(outcome);
            }
        }
    }

    async fn stream(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
        ingest: &mut Ingest,
    ) -> Result<(), Outcome> {
        if ingest.written() == descriptor.size {
            return Ok(());
        }
        let mut answer = self.ask_from(stop, descriptor, ingest.written()).await?;
        if answer.status() == 416 && ingest.written() > 0 {
            self.start_over(descriptor, ingest).await?;
            answer = self.ask_from(stop, descriptor, 0).await?;
        }
        match answer.status() {
            206 if ingest.written() > 0 => {}
            200..=299 => self.start_over(descriptor, ingest).await?,
            _ => return Err(answer.refusal()),
        }
        let mut response = answer.response;
        let digest = &descriptor.digest;
        let left = descriptor.size - ingest.written();
        if let Some(announced) = response.content_length().filter(|length| *length != left) {
            let problem = format!("{digest} is announced with {announced} bytes instead of {left}");
            return Err(Outcome::bad_content(problem));
        }
        let idle = stop.remote.client.options().timeouts.idle;
        loop {
            let piece = within(Some(idle), response.chunk()).await?;
            let piece = piece.map_err(|_| {
                let written = ingest.written();
                Outcome::bad_content(format!("{digest} broke off after {written} bytes"))
            })?;
            let Some(piece) = piece else {
                return Ok(());
            };
            ingest.write(&piece).await?;
            let bytes = piece.len() as u64;
            self.walk
                .progress
                .report(Event::Advanced { descriptor, bytes });
        }
    }

    async fn ask_from(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
        from: u64,
    ) -> Result<Answer, Outcome> {
        let repository = self.walk.plan.reference.repository();
        let path = format!("/{repository}/blobs/{}", descriptor.digest);
        let mut request = Request::new(Method::Get, path).with_scopes(scopes(stop));
        if from > 0 {
            request = request.with_header(RANGE, &format!("bytes={from}-"));
        }
        stop.send(&request).await
    }

    async fn start_over(
        &self,
        descriptor: &Descriptor,
        ingest: &mut Ingest,
    ) -> Result<(), Outcome> {
        if ingest.written() == 0 {
            return Ok(());
        }
        self.walk.progress.report(Event::Restarted { descriptor });
        ingest.restart().await.map_err(not_written)
    }
}

/// Says of a layer that no registry had why that may be so.
fn explain_foreign(mut error: Error, descriptor: &Descriptor) -> Error {
    if error.kind == ErrorKind::NotFound && descriptor.is_foreign() {
        let Descriptor {
            digest, media_type, ..
        } = descriptor;
        error.problem = Some(format!(
            "layer {digest} has the type {media_type}: it may be only where the manifest's `urls` \
             lead, which are not asked"
        ));
    }
    error
}
