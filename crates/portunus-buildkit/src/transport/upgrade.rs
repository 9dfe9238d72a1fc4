//! A session, or a call of the control service, over a connection to dockerd: a request of HTTP/1.1
//! after which the connection is the other protocol's.

use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderName, HeaderValue, UPGRADE};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::answers::session::BuildSession;
use crate::transport::attach_error::AttachError;
use crate::transport::attached::Attached;
use crate::transport::headers::headers;
use crate::transport::serve::serve;

impl BuildSession {
    /// Attaches to dockerd over a connection to its API, which is the session's from then on.
    ///
    /// # Errors
    /// Where the daemon does not take the session.
    pub async fn attach_upgraded<S>(&self, connection: S) -> Result<Attached, AttachError>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let stream = request(connection, "/session", &headers(self)).await?;
        Ok(Attached::new(serve(self.clone(), stream)))
    }
}

/// Makes a connection to dockerd's API one to the control service of its builder.
///
/// # Errors
/// Where the daemon does not do that.
pub async fn upgrade<S>(
    connection: S,
) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static, AttachError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    request(connection, "/grpc", &[]).await
}

async fn request<S>(
    connection: S,
    path: &str,
    headers: &[(&'static str, String)],
) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + use<S>, AttachError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let broken = |_| AttachError::Connection;
    let shaken = http1::handshake(TokioIo::new(connection)).await;
    let (mut sender, driver) = shaken.map_err(broken)?;
    let driving = tokio::spawn(driver.with_upgrades());
    let mut request = Request::new(String::new());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = path.parse().map_err(|_| AttachError::Connection)?;
    let fixed = [
        (HOST, "localhost"),
        (CONNECTION, "Upgrade"),
        (UPGRADE, "h2c"),
    ];
    for (name, value) in fixed {
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in headers {
        // The name of a session was judged when it was opened.
        if let Ok(value) = value.parse() {
            let name = HeaderName::from_static(name);
            request.headers_mut().append(name, value);
        }
    }
    let answer = sender.send_request(request).await;
    let answer = answer.inspect_err(|_| driving.abort()).map_err(broken)?;
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        driving.abort();
        return Err(AttachError::Status(answer.status().as_u16()));
    }
    let upgraded = hyper::upgrade::on(answer).await.map_err(broken)?;
    Ok(TokioIo::new(upgraded))
}
