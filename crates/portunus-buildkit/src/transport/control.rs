//! A session in a stream of the control service (`session/grpchijack`).

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, duplex, split};
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::{Body as HttpBody, Bytes, StdError};
use tonic::metadata::MetadataMap;
use tonic::{Request, Streaming};

use crate::answers::session::BuildSession;
use crate::proto::control::BytesMessage;
use crate::proto::control::control_client::ControlClient;
use crate::transport::attach_error::AttachError;
use crate::transport::attached::Attached;
use crate::transport::headers::headers;
use crate::transport::serve::serve;

/// How much is carried at once.
const PIECE: usize = 32 << 10;

impl BuildSession {
    /// Attaches to a builder that is called over gRPC: `buildkitd`, or what
    /// [`upgrade`](crate::upgrade) makes of a connection to dockerd's `/grpc`.
    ///
    /// # Errors
    /// Where the builder does not take the session.
    pub async fn attach<S>(&self, builder: S) -> Result<Attached, AttachError>
    where
        S: GrpcService<Body>,
        S::Error: Into<StdError>,
        S::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
        <S::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
    {
        let (own, carried) = duplex(PIECE);
        let (incoming, outgoing) = split(carried);
        let (sender, receiver) = channel(4);
        let mut request = Request::new(ReceiverStream::new(receiver));
        add_headers(request.metadata_mut(), self);
        let mut attached = Attached::new(serve(self.clone(), own));
        attached.beside(send(incoming, sender));
        let answer = ControlClient::new(builder).session(request).await;
        let answer = answer.map_err(|status| AttachError::Call(Box::new(status)))?;
        attached.beside(receive(answer.into_inner(), outgoing));
        Ok(attached)
    }
}

fn add_headers(metadata: &mut MetadataMap, session: &BuildSession) {
    for (name, value) in headers(session) {
        // The name of a session was judged when it was opened.
        if let Ok(value) = value.parse() {
            metadata.append(name, value);
        }
    }
}

async fn send(mut from: ReadHalf<DuplexStream>, to: Sender<BytesMessage>) {
    let mut buffer = vec![0; PIECE];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let data = buffer[..length].to_vec();
        if to.send(BytesMessage { data }).await.is_err() {
            break;
        }
    }
}

async fn receive(mut from: Streaming<BytesMessage>, mut to: WriteHalf<DuplexStream>) {
    while let Ok(Some(message)) = from.message().await {
        if to.write_all(&message.data).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}
