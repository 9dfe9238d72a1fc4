use std::collections::HashMap;
use std::sync::Mutex;

use containerd_client::services::v1::StreamInit;
use prost::Message;
use prost_types::Any;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

pub(super) type Outgoing = ReceiverStream<Result<Any, Status>>;

/// The streams that clients have opened and no transfer has taken up, by their ids.
#[derive(Debug, Default)]
pub(super) struct Streams(Mutex<HashMap<String, Ends>>);

/// The daemon's ends of a stream.
#[derive(Debug)]
pub(super) struct Ends {
    sender: mpsc::Sender<Result<Any, Status>>,
    receiver: Streaming<Any>,
}

impl Streams {
    pub(super) async fn open(
        &self,
        request: Request<Streaming<Any>>,
    ) -> Result<Response<Outgoing>, Status> {
        let mut receiver = request.into_inner();
        let opener = receiver.message().await?.unwrap_or_default();
        assert_eq!(
            opener.type_url,
            "containerd.services.streaming.v1.StreamInit"
        );
        let id = StreamInit::decode(&*opener.value).unwrap().id;
        let (sender, outgoing) = mpsc::channel(16);
        sender.send(Ok(Any::default())).await.unwrap();
        let before = self.0.lock().unwrap().insert(id, Ends { sender, receiver });
        assert!(before.is_none(), "a stream of this id is there");
        Ok(Response::new(ReceiverStream::new(outgoing)))
    }

    pub(super) fn take(&self, id: &str) -> Result<Ends, Status> {
        let taken = self.0.lock().unwrap().remove(id);
        taken.ok_or_else(|| Status::not_found("not found"))
    }

    pub(super) fn put_back(&self, ends: Ends) {
        self.0.lock().unwrap().insert(String::new(), ends);
    }
}

impl Ends {
    pub(super) async fn send(&self, message: Any) {
        // The client may have hung up.
        let _ = self.sender.send(Ok(message)).await;
    }

    pub(super) async fn receive(&mut self) -> Result<Any, Status> {
        let message = self.receiver.message().await?;
        message.ok_or_else(|| Status::cancelled("context canceled"))
    }
}
