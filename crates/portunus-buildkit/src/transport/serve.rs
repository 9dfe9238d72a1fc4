use hyper::server::conn::http2;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::answers::session::BuildSession;
use crate::transport::tasks::Tasks;

/// How many questions are answered at a time.
const AT_ONCE: u32 = 128;

/// Serves a session until the builder ends the connection. When this is dropped, what was being
/// answered is as well.
pub(super) async fn serve<S>(session: BuildSession, stream: S)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let tasks = AbortsOnDrop(Tasks::default());
    let service = TowerToHyperService::new(session.routes().prepare());
    let mut server = http2::Builder::new(tasks.0.clone());
    server.max_concurrent_streams(AT_ONCE);
    // A builder may end it in any way.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

struct AbortsOnDrop(Tasks);

impl Drop for AbortsOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
