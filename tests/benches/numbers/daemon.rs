//! What plays containerd for the callback: it asks for a list of hosts on each stream, one after
//! the other, and takes the time until each answer is there.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::{BufMut, Bytes, BytesMut};
use containerd_client::services::v1::{CreateResponse, Lease, VersionResponse};
use containerd_client::to_any;
use containerd_client::types::transfer::{AuthRequest, AuthResponse};
use h2::server::SendResponse;
use h2::{RecvStream, SendStream};
use http::{HeaderMap, Request, Response};
use prost::Message;
use prost_types::Any;
use tokio::net::{UnixListener, UnixStream};

use crate::store::password;

/// A daemon that listens for as long as the process runs.
pub(crate) struct Daemon {
    shared: Arc<Shared>,
}

struct Shared {
    reference: String,
    hosts: Vec<String>,
    waits: Mutex<Vec<Duration>>,
}

impl Daemon {
    pub(crate) fn start(socket: &Path, reference: &str, hosts: &[String]) -> Self {
        let shared = Arc::new(Shared {
            reference: reference.to_owned(),
            hosts: hosts.to_vec(),
            waits: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let listener = {
            let _inside = runtime.enter();
            UnixListener::bind(socket).unwrap()
        };
        let listening = Arc::clone(&shared);
        thread::spawn(move || runtime.block_on(listen(listener, listening)));
        Self { shared }
    }

    /// How long each answer took since the last time this was asked.
    pub(crate) fn take_waits(&self) -> Vec<Duration> {
        std::mem::take(&mut self.shared.waits.lock().unwrap())
    }
}

async fn listen(listener: UnixListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&shared)));
    }
}

async fn serve(stream: UnixStream, shared: Arc<Shared>) {
    // The first connection only looks who is there.
    let Ok(mut connection) = h2::server::handshake(stream).await else {
        return;
    };
    while let Some(Ok((request, respond))) = connection.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move { answer(request, respond, &shared).await });
    }
}

async fn answer(request: Request<RecvStream>, mut respond: SendResponse<Bytes>, shared: &Shared) {
    let head = Response::builder().header("content-type", "application/grpc");
    let mut sender = respond
        .send_response(head.body(()).unwrap(), false)
        .unwrap();
    let path = request.uri().path().to_owned();
    let mut messages = Messages::new(request.into_body());
    match path.rsplit('/').next().unwrap() {
        "Version" => send(
            &mut sender,
            &VersionResponse {
                version: "2.1.9".to_owned(),
                ..VersionResponse::default()
            },
        ),
        "Create" => send(
            &mut sender,
            &CreateResponse {
                lease: Some(Lease {
                    id: "lease".to_owned(),
                    ..Lease::default()
                }),
            },
        ),
        "Stream" => ask(&mut messages, &mut sender, shared).await,
        _ => send(&mut sender, &()),
    }
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().unwrap());
    let _ = sender.send_trailers(trailers);
}

/// Asks for every host.
async fn ask(messages: &mut Messages, sender: &mut SendStream<Bytes>, shared: &Shared) {
    messages.next().await.expect("the name of the stream");
    send(
        sender,
        &Any {
            type_url: "google.protobuf.Empty".to_owned(),
            value: Vec::new(),
        },
    );
    for host in &shared.hosts {
        let question = to_any(&AuthRequest {
            host: host.clone(),
            reference: shared.reference.clone(),
            wwwauthenticate: Vec::new(),
        });
        let asked = Instant::now();
        send(sender, &question);
        let answer = messages.next().await.expect("an answer");
        shared.waits.lock().unwrap().push(asked.elapsed());
        let answer = Any::decode(answer).unwrap();
        let answer = AuthResponse::decode(answer.value.as_slice()).unwrap();
        assert_eq!(answer.secret, password(host));
    }
}

/// A message with gRPC's prefix: not compressed, and its length.
fn send(sender: &mut SendStream<Bytes>, message: &impl Message) {
    let length = message.encoded_len();
    let mut frame = BytesMut::with_capacity(5 + length);
    frame.put_u8(0);
    frame.put_u32(length.try_into().unwrap());
    message.encode(&mut frame).unwrap();
    let _ = sender.send_data(frame.freeze(), false);
}

/// The messages of a request's body.
struct Messages {
    body: RecvStream,
    held: BytesMut,
}

impl Messages {
    fn new(body: RecvStream) -> Self {
        Self {
            body,
            held: BytesMut::new(),
        }
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(prefix) = self.held.first_chunk::<5>() {
                let [_, length @ ..] = *prefix;
                let end = 5 + u32::from_be_bytes(length) as usize;
                if self.held.len() >= end {
                    return Some(self.held.split_to(end).split_off(5).freeze());
                }
            }
            let data = self.body.data().await?.ok()?;
            let _ = self.body.flow_control().release_capacity(data.len());
            self.held.extend_from_slice(&data);
        }
    }
}
