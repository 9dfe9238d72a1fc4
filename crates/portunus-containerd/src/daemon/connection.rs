use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use containerd_client::services::v1::version_client::VersionClient;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};

use crate::daemon::connect_error::ConnectError;
use crate::daemon::daemon_error::DaemonError;
use crate::daemon::peer::Peer;
use crate::daemon::version::ReportedVersion;

/// A connection to a containerd daemon.
#[derive(Debug, Clone)]
pub struct Containerd {
    channel: Channel,
    version: ReportedVersion,
    peer: Option<Peer>,
}

impl Containerd {
    /// Connects to a socket and asks who is there.
    ///
    /// # Errors
    /// Where nobody answers as containerd does before the deadline.
    pub async fn connect(
        path: impl Into<PathBuf>,
        deadline: Duration,
    ) -> Result<Self, ConnectError> {
        let path = path.into();
        let connecting = async {
            let stream = dial(&path).await?;
            let peer = Peer::of(&stream);
            let channel = open(&path, stream).await?;
            Self::ask_version(channel, peer, &path.display().to_string()).await
        };
        match tokio::time::timeout(deadline, connecting).await {
            Ok(result) => result,
            Err(_) => Err(ConnectError::Silent {
                place: path.display().to_string(),
                waited: deadline,
            }),
        }
    }

    /// Uses a channel that is open already, and asks who is there. Who listens is not known then.
    ///
    /// # Errors
    /// Where nobody answers as containerd does before the deadline.
    pub async fn over(channel: Channel, deadline: Duration) -> Result<Self, ConnectError> {
        let place = "the given channel";
        match tokio::time::timeout(deadline, Self::ask_version(channel, None, place)).await {
            Ok(result) => result,
            Err(_) => Err(ConnectError::Silent {
                place: place.to_owned(),
                waited: deadline,
            }),
        }
    }

    /// The version it reports.
    pub fn version(&self) -> &ReportedVersion {
        &self.version
    }

    /// Who listens; `None` where that cannot be told.
    pub fn peer(&self) -> Option<Peer> {
        self.peer
    }

    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    async fn ask_version(
        channel: Channel,
        peer: Option<Peer>,
        place: &str,
    ) -> Result<Self, ConnectError> {
        match VersionClient::new(channel.clone()).version(()).await {
            Ok(answer) => Ok(Self {
                channel,
                version: ReportedVersion::new(answer.into_inner().version),
                peer,
            }),
            Err(status) => Err(ConnectError::NotContainerd {
                place: place.to_owned(),
                problem: DaemonError::from(status).to_string(),
            }),
        }
    }
}

async fn dial(path: &Path) -> Result<UnixStream, ConnectError> {
    UnixStream::connect(path).await.map_err(|error| {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::NotFound => ConnectError::SocketMissing { path },
            io::ErrorKind::PermissionDenied => ConnectError::PermissionDenied { path },
            // The kernel refuses a connection to a plain file, too.
            io::ErrorKind::ConnectionRefused if !is_socket(&path) => {
                ConnectError::NotASocket { path }
            }
            io::ErrorKind::ConnectionRefused => ConnectError::NobodyListens { path },
            _ => ConnectError::Io {
                path,
                problem: error.to_string(),
            },
        }
    })
}

fn is_socket(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}

/// A channel over this stream. Where the stream breaks, the channel dials the path again.
async fn open(path: &Path, stream: UnixStream) -> Result<Channel, ConnectError> {
    let socket = path.to_owned();
    let mut dialled = Some(stream);
    let connector = tower::service_fn(move |_| {
        let (socket, dialled) = (socket.clone(), dialled.take());
        async move {
            let stream = match dialled {
                Some(stream) => stream,
                None => UnixStream::connect(socket).await?,
            };
            Ok::<_, io::Error>(TokioIo::new(stream))
        }
    });
    // The address is never looked up; it only names the connection in the protocol.
    Endpoint::from_static("http://containerd.invalid")
        .connect_with_connector(connector)
        .await
        .map_err(|error| ConnectError::NotContainerd {
            place: path.display().to_string(),
            problem: error.to_string(),
        })
}
