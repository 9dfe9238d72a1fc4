use std::sync::Arc;

use axum::extract::Request as HttpRequest;
use containerd_client::services::v1::snapshots::{
    CommitSnapshotRequest, PrepareSnapshotRequest, PrepareSnapshotResponse, StatSnapshotRequest,
    StatSnapshotResponse,
};
use containerd_client::services::v1::{
    ApplyRequest, ApplyResponse, CreateImageRequest, CreateImageResponse, InfoRequest,
    InfoResponse, ReadContentRequest, ReadContentResponse, UpdateRequest, UpdateResponse,
    WriteAction, WriteContentRequest, WriteContentResponse,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::codegen::http::Response as HttpResponse;
use tonic::server::Grpc;
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use tower::service_fn;

use super::Shared;
use super::calls::unary;

/// The calls that store an image. Nothing is there before, and every layer unpacks to itself.
pub(super) async fn answer(
    daemon: Arc<Shared>,
    call: &str,
    request: HttpRequest,
) -> HttpResponse<Body> {
    match call {
        "Content/Write" => {
            let write = service_fn(|it| write(daemon.clone(), it));
            Grpc::new(ProstCodec::default())
                .streaming(write, request)
                .await
        }
        "Content/Read" => {
            let read = service_fn(|_: Request<ReadContentRequest>| async {
                let config = format!(r#"{{"digest":"sha256:{:064}","size":2}}"#, 0);
                let manifest = ReadContentResponse {
                    offset: 0,
                    data: format!(r#"{{"config":{config},"layers":[]}}"#).into_bytes(),
                };
                let pieces = tokio_stream::iter([Ok::<_, Status>(manifest)]);
                Ok::<_, Status>(Response::new(pieces))
            });
            Grpc::new(ProstCodec::default())
                .server_streaming(read, request)
                .await
        }
        "Content/Info" => {
            unary(request, |_: InfoRequest| async {
                Ok(InfoResponse::default())
            })
            .await
        }
        "Content/Update" => {
            unary(request, |_: UpdateRequest| async {
                Ok(UpdateResponse::default())
            })
            .await
        }
        "Snapshots/Stat" => {
            unary(request, |_: StatSnapshotRequest| async {
                Err::<StatSnapshotResponse, _>(Status::not_found("not found"))
            })
            .await
        }
        "Snapshots/Prepare" => {
            unary(request, |_: PrepareSnapshotRequest| async {
                Ok(PrepareSnapshotResponse::default())
            })
            .await
        }
        "Snapshots/Commit" => unary(request, |_: CommitSnapshotRequest| async { Ok(()) }).await,
        "Diff/Apply" => {
            unary(request, |it: ApplyRequest| async {
                Ok(ApplyResponse { applied: it.diff })
            })
            .await
        }
        "Images/Create" => {
            unary(request, |_: CreateImageRequest| async {
                Ok(CreateImageResponse::default())
            })
            .await
        }
        _ => Status::unimplemented("unknown service").into_http(),
    }
}

/// Takes a blob. The last step of it is a call `Content/Commit` to a script.
async fn write(
    daemon: Arc<Shared>,
    request: Request<Streaming<WriteContentRequest>>,
) -> Result<Response<ReceiverStream<Result<WriteContentResponse, Status>>>, Status> {
    let mut requests = request.into_inner();
    let (answers, outgoing) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut offset = 0;
        let mut late = None;
        while let Ok(Some(request)) = requests.message().await {
            if let Some(answer) = late.take() {
                let _ = answers.send(Ok(answer)).await;
            }
            offset += i64::try_from(request.data.len()).unwrap();
            if request.action() == WriteAction::Commit {
                daemon.react("Content/Commit").await.unwrap();
            }
            let answer = WriteContentResponse {
                offset,
                ..Default::default()
            };
            if daemon.script.answers_late && !request.data.is_empty() && offset < request.total {
                late = Some(answer);
                continue;
            }
            // The client may have hung up.
            let _ = answers.send(Ok(answer)).await;
        }
    });
    Ok(Response::new(ReceiverStream::new(outgoing)))
}
