//! A daemon that speaks containerd's protocol as far as a transfer needs it, and misbehaves as it is
//! told: for what no real one does, or only one that is not to be had here.

mod calls;
mod load;
mod script;
mod streams;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use containerd_client::services::v1::Lease;
use containerd_client::types::transfer::AuthResponse;
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::runtime::Runtime;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::service::Routes;
use tonic::transport::Server;

pub(crate) use script::{Reaction, Script, Step};
use streams::Streams;

/// It is gone when dropped.
#[derive(Debug)]
pub(crate) struct FakeDaemon {
    dir: TempDir,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    script: Script,
    streams: Streams,
    seen: Mutex<Seen>,
    /// `None`: it is dead.
    runtime: Mutex<Option<Runtime>>,
}

/// What it was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Calls in order.
    pub(crate) calls: Vec<Call>,
    /// Leases that were not deleted.
    pub(crate) leases: Vec<Lease>,
    /// What was answered to the questions for credentials.
    pub(crate) answers: Vec<AuthResponse>,
    /// How long each answer took.
    pub(crate) waits: Vec<Duration>,
    /// The files of the hosts directory as they were during the transfer.
    pub(crate) hosts_tomls: Vec<(PathBuf, String)>,
}

/// A call, and the headers that containerd reads.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Such as `Leases/Create`.
    pub(crate) name: String,
    pub(crate) lease: Option<String>,
    pub(crate) containerd_namespace: Option<String>,
}

impl FakeDaemon {
    pub(crate) fn start(script: Script) -> Self {
        let dir = tempfile::Builder::new().prefix("fake-").tempdir().unwrap();
        let shared = Arc::new(Shared {
            script,
            streams: Streams::default(),
            seen: Mutex::default(),
            runtime: Mutex::default(),
        });
        let runtime = Runtime::new().unwrap();
        let answering = Arc::clone(&shared);
        let router =
            axum::Router::new().fallback(move |request| calls::answer(answering.clone(), request));
        let socket = dir.path().join("sock");
        let listener = {
            let _in_runtime = runtime.enter();
            UnixListener::bind(&socket).unwrap()
        };
        runtime.spawn(
            Server::builder()
                .add_routes(Routes::from(router))
                .serve_with_incoming(UnixListenerStream::new(listener)),
        );
        *shared.runtime.lock().unwrap() = Some(runtime);
        Self { dir, shared }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.dir.path().join("sock")
    }

    pub(crate) fn seen(&self) -> Seen {
        self.shared.seen.lock().unwrap().clone()
    }
}

impl Drop for FakeDaemon {
    fn drop(&mut self) {
        self.shared.die();
    }
}

impl Shared {
    /// As one that is killed: no connection is left, and nobody listens.
    fn die(&self) {
        if let Some(runtime) = self.runtime.lock().unwrap().take() {
            runtime.shutdown_background();
        }
    }

    fn note<T>(&self, note: impl FnOnce(&mut Seen) -> T) -> T {
        note(&mut self.seen.lock().unwrap())
    }

    fn note_hosts(&self, folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => self.note_hosts(&path),
                false => {
                    let text = std::fs::read_to_string(&path).unwrap();
                    self.note(|seen| seen.hosts_tomls.push((path, text)));
                }
            }
        }
    }
}
