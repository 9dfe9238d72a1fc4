use std::fs::File;
use std::io;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use portunus::authorizer::{Conduct, HostFailure, Method, Target};
use portunus::name::Repository;
use reqwest::header::{CONTENT_TYPE, LOCATION, RANGE};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::Push;
use super::body::{BytesBody, FileBody, Moved};
use crate::image::descriptor::Descriptor;
use crate::outcome::Outcome;
use crate::transfer::progress::Event;
use crate::transfer::walk::Stop;
use crate::wire::remote::Answer;
use crate::wire::request::Request;
use crate::wire::time_limit::within;

impl Push<'_> {
    /// Brings a blob to the host, and tells whether it had to be sent: `HEAD`, a mount, or
    /// `POST`, `PATCH`, `PUT` (distribution specification, "Pushing blobs").
    pub(super) async fn upload_blob(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
        mount_from: &[Repository],
    ) -> Result<bool, Outcome> {
        let repository = self.walk.plan.reference.repository();
        let path = format!("/{repository}/blobs/{}", descriptor.digest);
        let head = Request::new(Method::Head, path)
            .with_scopes(self.scopes(stop))
            .preliminary();
        if self.is_held(stop, &head).await? {
            return Ok(false);
        }
        let mounted = self.try_mount(stop, descriptor, mount_from).await;
        let mounted = mounted.filter(|answer| [201, 202].contains(&answer.status()));
        if let Some(answer) = &mounted
            && answer.status() == 201
        {
            return Ok(false);
        }
        let file = self.open_blob(descriptor).await?;
        let started = match mounted {
            Some(answer) => answer,
            None => self.start_upload(stop).await?,
        };
        let (moved, taken) = unbounded_channel();
        let patch = Request::to(Method::Patch, Target::Onward(started.onward()?))
            .with_header(CONTENT_TYPE, "application/octet-stream")
            .with_body(FileBody {
                file: Arc::new(file),
                length: descriptor.size,
                moved,
            });
        let sent = self.send_upload(stop, patch);
        let sent = self.watch_upload(stop, descriptor, sent, taken).await?;
        let target = sent.onward()?.with_query("digest", &descriptor.digest);
        let put = Request::to(Method::Put, Target::Onward(target)).with_body(BytesBody(Vec::new()));
        self.send_upload(stop, put).await?;
        Ok(true)
    }

    /// Whether the host has a blob. A host that refuses to say so is told no less by the upload; one
    /// that does not answer is asked for the first byte.
    async fn is_held(&self, stop: &Stop<'_>, head: &Request) -> Result<bool, Outcome> {
        let mut asked = stop.send(head).await;
        if asked
            .as_ref()
            .is_err_and(|it| it.broke_off() || it.is_late())
        {
            let mut get = head.clone().with_header(RANGE, "bytes=0-0");
            get.ask.method = Method::Get;
            asked = stop.send(&get).await;
        }
        let refuses = |status: u16| matches!(status, 400 | 401 | 403 | 404 | 405 | 501);
        match asked {
            // What has no first byte is there as well.
            Ok(held) if held.is_success() || held.status() == 416 => Ok(true),
            Ok(held) if refuses(held.status()) => Ok(false),
            Ok(held) => Err(held.refusal()),
            Err(Outcome::Host(HostFailure::Status { .. } | HostFailure::Unanswerable { .. })) => {
                Ok(false)
            }
            Err(outcome) => Err(outcome),
        }
    }

    /// The file of a blob, once its digest was computed: what else may be under that name is not
    /// sent. There may be much to read.
    async fn open_blob(&self, descriptor: &Descriptor) -> Result<File, Outcome> {
        let (layout, wanted) = (self.layout.clone(), descriptor.clone());
        let opened = tokio::task::spawn_blocking(move || layout.open_blob(&wanted)).await;
        let opened = opened.map_err(io::Error::other).and_then(|opened| opened);
        opened.map_err(|error| {
            let (root, digest) = (self.layout.root().display(), &descriptor.digest);
            Outcome::local(format!("{root}: blob {digest}: {error}"))
        })
    }

    async fn start_upload(&self, stop: &Stop<'_>) -> Result<Answer, Outcome> {
        let repository = self.walk.plan.reference.repository();
        let post = Request::new(Method::Post, format!("/{repository}/blobs/uploads/"))
            .with_body(BytesBody(Vec::new()))
            .with_scopes(self.scopes(stop))
            .with_conduct(Conduct::Stay);
        let answer = self.send_on(stop, &post).await?;
        // The specification has 202; where another success leads on, it is meant so too.
        let leads_on = answer.is_success() && answer.response.headers().contains_key(LOCATION);
        match answer.status() == 202 || leads_on {
            true => Ok(answer),
            false => Err(answer.refusal()),
        }
    }

    async fn send_upload(&self, stop: &Stop<'_>, request: Request) -> Result<Answer, Outcome> {
        let request = request
            .with_scopes(self.scopes(stop))
            .with_conduct(Conduct::Stay);
        let answer = stop.remote.ask(&request).await?;
        match answer.is_success() {
            true => Ok(answer),
            false => Err(answer.refusal()),
        }
    }

    /// Reports what is taken from a body, and gives up where nothing moves any more.
    async fn watch_upload(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
        sending: impl Future<Output = Result<Answer, Outcome>>,
        mut taken: UnboundedReceiver<Moved>,
    ) -> Result<Answer, Outcome> {
        let idle = stop.remote.client.options().timeouts.idle;
        let progress = self.walk.progress;
        let mut opened = false;
        let watching = async {
            loop {
                match within(Some(idle), taken.recv()).await {
                    Ok(Some(Moved::Bytes(bytes))) => {
                        progress.report(Event::Advanced { descriptor, bytes });
                    }
                    Ok(Some(Moved::Opened)) if opened => {
                        progress.report(Event::Restarted { descriptor });
                    }
                    Ok(Some(Moved::Opened)) => opened = true,
                    Ok(None) => std::future::pending().await,
                    Err(outcome) => return outcome,
                }
            }
        };
        match select(pin!(sending), pin!(watching)).await {
            Either::Left((answer, _)) => answer,
            Either::Right((outcome, _)) => Err(outcome),
        }
    }
}
