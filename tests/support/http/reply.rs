use std::time::Duration;

use serde_json::Value;

/// An answer, well-behaved or not.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Names and values in the order sent. `Content-Length` follows from the body.
    pub headers: Vec<(String, String)>,
    /// What comes after the headers.
    pub body: Body,
    /// How long to wait before the first byte.
    pub delay: Duration,
}

/// What comes after the headers of an answer, or in place of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Body {
    /// These bytes.
    Bytes(Vec<u8>),
    /// These bytes, then the end of the connection, although more were announced.
    CutShort {
        /// What is sent.
        sent: Vec<u8>,
        /// What `Content-Length` says.
        announced: u64,
    },
    /// The letter `x` for as long as the client reads.
    Endless,
    /// No answer at all: the connection stays open in silence.
    Silence,
    /// No answer at all: the connection is reset.
    Reset,
    /// These bytes in place of an HTTP answer.
    Raw(Vec<u8>),
}

impl Reply {
    /// That status, with an empty body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Bytes(Vec::new()),
            delay: Duration::ZERO,
        }
    }

    /// 200 with a JSON body.
    pub fn json(value: &Value) -> Self {
        Self::status(200)
            .header("Content-Type", "application/json")
            .body(value.to_string())
    }

    /// 401 with that challenge.
    pub fn challenge(challenge: &str) -> Self {
        Self::status(401).header("WWW-Authenticate", challenge)
    }

    /// 307 to that URL.
    pub fn redirect(url: &str) -> Self {
        Self::status(307).header("Location", url)
    }

    /// An error as the distribution specification writes it.
    pub fn error(status: u16, code: &str) -> Self {
        let body = serde_json::json!({ "errors": [{ "code": code, "message": code }] });
        Self {
            status,
            ..Self::json(&body)
        }
    }

    /// See [`Body::Endless`].
    pub fn endless() -> Self {
        Self::with(Body::Endless)
    }

    /// See [`Body::Silence`].
    pub fn silence() -> Self {
        Self::with(Body::Silence)
    }

    /// See [`Body::Reset`].
    pub fn reset() -> Self {
        Self::with(Body::Reset)
    }

    /// See [`Body::CutShort`].
    pub fn cut_short(sent: impl Into<Vec<u8>>, announced: u64) -> Self {
        Self::with(Body::CutShort {
            sent: sent.into(),
            announced,
        })
    }

    /// See [`Body::Raw`].
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::with(Body::Raw(bytes.into()))
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With these bytes as the body.
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Body::Bytes(bytes.into());
        self
    }

    /// Sent that much later.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    fn with(body: Body) -> Self {
        Self {
            body,
            ..Self::status(200)
        }
    }
}
