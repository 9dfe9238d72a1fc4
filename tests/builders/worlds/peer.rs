//! A builder: takes the connection as dockerd does, and asks.

use std::io;

use hyper_util::rt::TokioIo;
use portunus_buildkit::{Attached, BuildSession};
use prost::Message;
use support::programmable_registry::ProgrammableRegistry;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex};
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_prost::ProstCodec;
use worlds::http::World;

use crate::worlds::messages::{
    AuthorityQuestion, Bytes, HostQuestion, Password, ProofQuestion, Token, TokenQuestion,
};

/// A builder that a session is attached to.
pub(crate) struct Peer<'w> {
    world: &'w World,
    channel: Channel,
    /// What the session said when it came, its names in lower case.
    pub(crate) greeting: String,
    pub(crate) attached: Attached,
}

impl<'w> Peer<'w> {
    pub(crate) fn of(world: &'w World, session: &BuildSession) -> Self {
        world.block_on(async {
            let (theirs, ours) = duplex(64 << 10);
            let attaching = session.attach_upgraded(theirs);
            let (attached, (channel, greeting)) = tokio::join!(attaching, take(ours));
            Peer {
                world,
                channel,
                greeting,
                attached: attached.unwrap(),
            }
        })
    }

    /// Whose password the host is to be shown.
    pub(crate) fn password(&self, host: &str) -> Result<Password, Status> {
        let question = HostQuestion {
            host: host.to_owned(),
        };
        self.world.block_on(self.ask("Credentials", question))
    }

    /// A token for these scopes, as the registry would have asked for one.
    pub(crate) fn token(
        &self,
        registry: &ProgrammableRegistry,
        scopes: &[&str],
    ) -> Result<Token, Status> {
        let question = token_question(registry, scopes);
        self.world.block_on(self.ask("FetchToken", question))
    }

    /// The key of the session at a host.
    pub(crate) fn authority(&self, host: &str, salt: &[u8]) -> Result<Vec<u8>, Status> {
        let (host, salt) = (host.to_owned(), salt.to_vec());
        let question = AuthorityQuestion { host, salt };
        let asking = self.ask::<_, Bytes>("GetTokenAuthority", question);
        self.world.block_on(asking).map(|it| it.bytes)
    }

    /// The proof that the session has that key.
    pub(crate) fn proof(&self, host: &str, payload: &[u8], salt: &[u8]) -> Result<Vec<u8>, Status> {
        let question = ProofQuestion {
            host: host.to_owned(),
            payload: payload.to_vec(),
            salt: salt.to_vec(),
        };
        let asking = self.ask::<_, Bytes>("VerifyTokenAuthority", question);
        self.world.block_on(asking).map(|it| it.bytes)
    }

    /// Goes away without a word.
    pub(crate) fn vanish(self) -> Attached {
        let Self {
            channel, attached, ..
        } = self;
        drop(channel);
        attached
    }

    /// Any call.
    async fn ask<Q, A>(&self, call: &str, question: Q) -> Result<A, Status>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        ask(self.channel.clone(), call.to_owned(), question).await
    }

    /// The same for a task of its own.
    pub(crate) fn asking(
        &self,
        question: TokenQuestion,
    ) -> impl Future<Output = Result<Token, Status>> + Send + 'static {
        ask(self.channel.clone(), "FetchToken".to_owned(), question)
    }
}

/// Takes a connection as dockerd does: a way to ask the session, and what it said when it came.
pub(crate) async fn take<S>(mut stream: S) -> (Channel, String)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let greeting = read_head(&mut stream).await;
    let answer = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    stream.write_all(answer.as_bytes()).await.unwrap();
    let mut stream = Some(TokioIo::new(stream));
    let connector = tower::service_fn(move |_| {
        let stream = stream.take();
        async move { stream.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected)) }
    });
    let endpoint = Endpoint::from_static("http://session");
    let channel = endpoint.connect_with_connector(connector).await.unwrap();
    (channel, greeting)
}

/// A token of a session whose connection was taken.
pub(crate) async fn fetch_token(channel: &Channel, question: TokenQuestion) -> Token {
    let call = "FetchToken".to_owned();
    ask(channel.clone(), call, question).await.unwrap()
}

async fn ask<Q, A>(channel: Channel, call: String, question: Q) -> Result<A, Status>
where
    Q: Message + 'static,
    A: Message + Default + 'static,
{
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.unwrap();
    let path = format!("/moby.filesync.v1.Auth/{call}").parse().unwrap();
    let codec = ProstCodec::<Q, A>::default();
    let answer = grpc.unary(Request::new(question), path, codec).await;
    answer.map(tonic::Response::into_inner)
}

pub(crate) fn token_question(registry: &ProgrammableRegistry, scopes: &[&str]) -> TokenQuestion {
    TokenQuestion {
        client_id: "buildkit-client".to_owned(),
        host: registry.address(),
        realm: format!("{}/token", registry.url()),
        service: "small registry".to_owned(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
    }
}

/// The request that the session comes with.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap().to_ascii_lowercase()
}
