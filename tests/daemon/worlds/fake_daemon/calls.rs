use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request as HttpRequest;
use containerd_client::services::v1::{
    AddResourceRequest, CreateRequest, CreateResponse, DeleteRequest, GetImageRequest,
    GetImageResponse, Image, Lease, ListRequest, ListResourcesRequest, ListResourcesResponse,
    ListResponse, TransferRequest, VersionResponse,
};
use containerd_client::to_any;
use containerd_client::types::Descriptor;
use containerd_client::types::transfer::{AuthRequest, AuthResponse, HttpDebug, OciRegistry};
use prost::{Message, Name};
use tonic::body::Body;
use tonic::codegen::http::Response as HttpResponse;
use tonic::server::Grpc;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::service_fn;

use super::script::{self, Reaction, Step};
use super::{Call, Shared, load};

/// The digest of every image.
const DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

pub(super) async fn answer(daemon: Arc<Shared>, request: HttpRequest) -> HttpResponse<Body> {
    let call = request
        .uri()
        .path()
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_owned();
    let noted = noted(&call, &request);
    // Counted as it is noted: others may come at the same time.
    let number = daemon.note(|seen| {
        seen.calls.push(noted);
        seen.calls.len()
    });
    if daemon.script.dies_at == Some(number) {
        daemon.be_dead().await;
    }
    if let Err(status) = daemon.react(&call).await {
        return status.into_http();
    }
    match call.as_str() {
        "Version/Version" => {
            unary(request, |()| async {
                Ok(VersionResponse {
                    version: daemon.script.version.to_owned(),
                    ..Default::default()
                })
            })
            .await
        }
        "Leases/Create" => unary(request, |it| async { daemon.create_lease(it) }).await,
        "Leases/Delete" => unary(request, |it| async { daemon.delete_lease(it) }).await,
        "Leases/List" => {
            unary(request, |_: ListRequest| async {
                let made = daemon.seen.lock().unwrap().leases.clone();
                let leases = daemon.script.leases.iter().cloned().chain(made).collect();
                Ok(ListResponse { leases })
            })
            .await
        }
        "Leases/ListResources" => {
            unary(request, |_: ListResourcesRequest| async {
                Ok(ListResourcesResponse::default())
            })
            .await
        }
        "Leases/AddResource" => unary(request, |_: AddResourceRequest| async { Ok(()) }).await,
        "Images/Get" => unary(request, |it| async { Ok(image(it)) }).await,
        "Streaming/Stream" => {
            let open = service_fn(|it| daemon.streams.open(it));
            Grpc::new(ProstCodec::default())
                .streaming(open, request)
                .await
        }
        "Transfer/Transfer" => unary(request, |it| daemon.transfer(it)).await,
        _ => load::answer(daemon, &call, request).await,
    }
}

fn noted(name: &str, request: &HttpRequest) -> Call {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    Call {
        name: name.to_owned(),
        lease: header("containerd-lease"),
        containerd_namespace: header("containerd-namespace"),
    }
}

pub(super) async fn unary<Q, A, F>(
    request: HttpRequest,
    answer: impl Fn(Q) -> F,
) -> HttpResponse<Body>
where
    Q: Message + Default + Send + 'static,
    A: Message + Send + 'static,
    F: Future<Output = Result<A, Status>>,
{
    let service = service_fn(|request: Request<Q>| {
        let answering = answer(request.into_inner());
        async { Ok(Response::new(answering.await?)) }
    });
    Grpc::new(ProstCodec::default())
        .unary(service, request)
        .await
}

fn image(request: GetImageRequest) -> GetImageResponse {
    let target = Descriptor {
        digest: DIGEST.to_owned(),
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
        ..Default::default()
    };
    let image = Image {
        name: request.name,
        target: Some(target),
        ..Default::default()
    };
    GetImageResponse { image: Some(image) }
}

impl Shared {
    pub(super) async fn react(&self, call: &str) -> Result<(), Status> {
        let reactions = &self.script.reactions;
        match reactions.iter().find(|(at, _)| *at == call) {
            Some((_, Reaction::Hang)) => std::future::pending().await,
            Some((_, Reaction::Answer(code))) => Err(Status::new(*code, "played")),
            Some((_, Reaction::Die)) => self.be_dead().await,
            Some((_, Reaction::Refuse)) => Err(Status::unimplemented("not here")),
            Some((_, Reaction::Slow(time))) => {
                tokio::time::sleep(*time).await;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Nothing is answered any more.
    async fn be_dead(&self) -> ! {
        self.die();
        std::future::pending().await
    }

    fn create_lease(&self, request: CreateRequest) -> Result<CreateResponse, Status> {
        let mut seen = self.seen.lock().unwrap();
        let made = seen
            .calls
            .iter()
            .filter(|call| call.name == "Leases/Create");
        let lease = Lease {
            id: format!("lease-{}", made.count()),
            labels: request.labels,
            ..Default::default()
        };
        seen.leases.push(lease.clone());
        Ok(CreateResponse { lease: Some(lease) })
    }

    fn delete_lease(&self, request: DeleteRequest) -> Result<(), Status> {
        self.note(|seen| seen.leases.retain(|lease| lease.id != request.id));
        Ok(())
    }

    async fn transfer(&self, request: TransferRequest) -> Result<(), Status> {
        let ends = [request.source, request.destination];
        let registry = ends
            .iter()
            .flatten()
            .find(|end| end.type_url == OciRegistry::full_name())
            .and_then(|end| OciRegistry::decode(&*end.value).ok())
            .ok_or_else(|| Status::unimplemented("no registry"))?;
        let resolver = registry.resolver.unwrap_or_default();
        // The headers would go to every host, and the debug output prints passwords.
        assert!(resolver.headers.is_empty() && resolver.logs_stream.is_empty());
        assert_eq!(resolver.http_debug, HttpDebug::Disabled as i32);
        self.note_hosts(resolver.host_dir.as_ref());
        let mut questions = Some(self.streams.take(&resolver.auth_stream)?);
        let options = request.options.unwrap_or_default();
        let mut progress = Some(self.streams.take(&options.progress_stream)?);
        let ask = |host: &str| {
            to_any(&AuthRequest {
                host: host.to_owned(),
                reference: registry.reference.clone(),
                wwwauthenticate: Vec::new(),
            })
        };
        for step in self.script.transfer.clone() {
            let asked = match step {
                Step::Ask(host) => vec![ask(&host)],
                Step::AskAtOnce(hosts) => hosts.iter().map(|host| ask(host)).collect(),
                Step::Send(message) => vec![message],
                Step::Progress(event, name, done, total) => {
                    if let Some(progress) = &progress {
                        progress
                            .send(script::progress(event, name, done, total))
                            .await;
                    }
                    continue;
                }
                Step::Wait(time) => {
                    tokio::time::sleep(time).await;
                    continue;
                }
                Step::CloseQuestions => {
                    questions = None;
                    continue;
                }
                Step::CloseProgress => {
                    progress = None;
                    continue;
                }
                Step::KeepProgressOpen => {
                    self.streams.put_back(progress.take().unwrap());
                    continue;
                }
                Step::Die => self.be_dead().await,
                Step::Fail(code, text) => return Err(Status::new(code, text)),
            };
            let Some(stream) = &mut questions else {
                return Err(Status::cancelled("context canceled"));
            };
            let since = Instant::now();
            for message in &asked {
                stream.send(message.clone()).await;
            }
            for _ in asked {
                let answer = stream.receive().await?;
                self.note(|seen| seen.waits.push(since.elapsed()));
                assert_eq!(answer.type_url, AuthResponse::full_name());
                let answer = AuthResponse::decode(&*answer.value).unwrap();
                self.note(|seen| seen.answers.push(answer));
            }
        }
        Ok(())
    }
}
