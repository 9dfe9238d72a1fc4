use std::fs::File;
use std::io;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use portunus::name::Repository;
use portunus::token::trust::Origin;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Response};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use url::Url;

use super::Push;
use super::body::{BytesBody, FileBody, Moved};
use crate::auth::redirect::{read_location, redirect_remote};
use crate::image::descriptor::Descriptor;
use crate::outcome::Outcome;
use crate::transfer::progress::Event;
use crate::transfer::walk::Stop;
use crate::wire::request::{Request, Target};
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
        let head = Request::new(Method::HEAD, path);
        match stop
            .send(&head, &self.scopes(stop))
            .await?
            .status()
            .as_u16()
        {
            200..=299 => return Ok(false),
            404 => {}
            status => return Err(Outcome::Status { status }),
        }
        let mounted = self.try_mount(stop, descriptor, mount_from).await;
        let mounted = mounted.filter(|response| [201, 202].contains(&response.status().as_u16()));
        if let Some(response) = &mounted
            && response.status().as_u16() == 201
        {
            return Ok(false);
        }
        let file = self.open_blob(descriptor).await?;
        let started = match mounted {
            Some(response) => response,
            None => self.start_upload(stop).await?,
        };
        let target = UploadTarget::of(stop, &started, false)?;
        let mut patch =
            Request::new(Method::PATCH, "").with_header(CONTENT_TYPE, "application/octet-stream");
        let (moved, taken) = unbounded_channel();
        patch.target = Target::Given(target.url);
        patch.body = Some(Arc::new(FileBody {
            file: Arc::new(file),
            length: descriptor.size,
            moved,
        }));
        let sent = self.send_upload(stop, &patch, target.is_elsewhere);
        let sent = self.watch_upload(stop, descriptor, sent, taken).await?;
        let mut target = UploadTarget::of(stop, &sent, target.is_elsewhere)?;
        target
            .url
            .query_pairs_mut()
            .append_pair("digest", &descriptor.digest);
        let mut put = Request::new(Method::PUT, "");
        put.target = Target::Given(target.url);
        put.body = Some(Arc::new(BytesBody(Vec::new())));
        self.send_upload(stop, &put, target.is_elsewhere).await?;
        Ok(true)
    }

    /// The file of a blob, once its digest was computed: what else may be under that name is not
    /// sent. There may be much to read.
    async fn open_blob(&self, descriptor: &Descriptor) -> Result<File, Outcome> {
        let (layout, wanted) = (self.layout.clone(), descriptor.clone());
        let opened = tokio::task::spawn_blocking(move || layout.open_blob(&wanted)).await;
        let opened = opened.map_err(io::Error::other).and_then(|opened| opened);
        opened.map_err(|error| Outcome::Local {
            problem: format!(
                "{}: blob {}: {error}",
                self.layout.root().display(),
                descriptor.digest
            ),
        })
    }

    async fn start_upload(&self, stop: &Stop<'_>) -> Result<Response, Outcome> {
        let repository = self.walk.plan.reference.repository();
        let mut post = Request::new(Method::POST, format!("/{repository}/blobs/uploads/"));
        post.body = Some(Arc::new(BytesBody(Vec::new())));
        let response = stop.send_own(&post, &self.scopes(stop)).await?;
        match response.status().as_u16() {
            202 => Ok(response),
            status => Err(Outcome::Status { status }),
        }
    }

    /// Sends a part: with the credential to the host itself, with nothing to anybody else.
    async fn send_upload(
        &self,
        stop: &Stop<'_>,
        request: &Request,
        is_elsewhere: bool,
    ) -> Result<Response, Outcome> {
        let remote = &stop.authorizer.remote;
        let response = match &request.target {
            Target::Given(target) if is_elsewhere => {
                redirect_remote(remote, target)?.send(request, None).await?
            }
            _ => stop.authorizer.send(request, &self.scopes(stop)).await?,
        };
        match response.status().as_u16() {
            200..=299 => Ok(response),
            status => Err(Outcome::Status { status }),
        }
    }

    /// Reports what is taken from a body, and gives up where nothing moves any more.
    async fn watch_upload(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
        sending: impl Future<Output = Result<Response, Outcome>>,
        mut taken: UnboundedReceiver<Moved>,
    ) -> Result<Response, Outcome> {
        let idle = stop.authorizer.remote.client().options().timeouts.idle;
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

/// Where the next part of an upload goes.
struct UploadTarget {
    url: Url,
    /// Whether the host has sent us away. What another origin names counts as away, too, also
    /// where it is the host again: that was not the host's choice.
    is_elsewhere: bool,
}

impl UploadTarget {
    /// Where an answer wants the next part. At the host itself the registry namespace goes along,
    /// as in containerd from 2.3 on.
    fn of(stop: &Stop<'_>, response: &Response, was_elsewhere: bool) -> Result<Self, Outcome> {
        let mut url = read_location(response)?;
        let remote = &stop.authorizer.remote;
        let is_elsewhere = was_elsewhere || Origin::of(&url) != remote.origin().ok();
        let named = url.query_pairs().any(|(name, _)| name == "ns");
        if let (Some(registry_namespace), false) = (remote.registry_namespace(), named)
            && !is_elsewhere
        {
            url.query_pairs_mut().append_pair("ns", registry_namespace);
        }
        Ok(Self { url, is_elsewhere })
    }
}
