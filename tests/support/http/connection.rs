//! Reads requests from a connection and writes replies to it.

use std::io::{self, Read, Write};
use std::thread;

use super::reply::{Body, Reply};
use super::request::Request;

const HEAD_LIMIT: usize = 1 << 20;
const HEADER_COUNT: usize = 256;
const NONSENSE: &[u8] = b"HTTP/1.1 400 not HTTP\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// A byte stream with what was read beyond the last request.
pub(super) struct Connection<S> {
    stream: S,
    unread: Vec<u8>,
}

/// What becomes of the connection after a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Next,
    Close,
    Reset,
}

impl<S: Read + Write> Connection<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            unread: Vec::new(),
        }
    }

    /// The next request, or `None` where the client has closed or speaks something else.
    pub(super) fn request(&mut self) -> io::Result<Option<Request>> {
        let (mut request, head_length) = loop {
            match parse_head(&self.unread) {
                Ok(Some(head)) => break head,
                Ok(None) if self.unread.len() <= HEAD_LIMIT => {
                    if self.fill()? == 0 {
                        return Ok(None);
                    }
                }
                // Told in plain HTTP, by which a client that began with TLS notices its mistake.
                _ => {
                    self.stream.write_all(NONSENSE)?;
                    return Ok(None);
                }
            }
        };
        self.unread.drain(..head_length);
        if request
            .header("Expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
        {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let length = request
            .header("Content-Length")
            .and_then(|value| value.parse().ok());
        let chunked = request.header("Transfer-Encoding").is_some();
        request.body = if chunked {
            self.chunks()?
        } else {
            self.take(length.unwrap_or(0))?
        };
        Ok(Some(request))
    }

    pub(super) fn reply(&mut self, method: &str, reply: &Reply) -> io::Result<After> {
        thread::sleep(reply.delay);
        let head = method == "HEAD";
        match &reply.body {
            Body::Reset => return Ok(After::Reset),
            Body::Silence => {
                while self.fill()? != 0 {}
                return Ok(After::Close);
            }
            Body::Raw(bytes) => {
                self.stream.write_all(bytes)?;
                self.stream.flush()?;
                return Ok(After::Close);
            }
            Body::Bytes(bytes) => {
                self.head(reply, &format!("Content-Length: {}", bytes.len()))?;
                if !head {
                    self.stream.write_all(bytes)?;
                }
            }
            Body::CutShort { sent, announced } => {
                self.head(reply, &format!("Content-Length: {announced}"))?;
                self.stream.write_all(sent)?;
                self.stream.flush()?;
                return Ok(After::Close);
            }
            Body::Endless => {
                self.head(reply, "Transfer-Encoding: chunked")?;
                let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
                // Until the client has had enough and closes.
                if !head {
                    loop {
                        self.stream.write_all(chunk.as_bytes())?;
                    }
                }
            }
        }
        self.stream.flush()?;
        Ok(After::Next)
    }

    fn head(&mut self, reply: &Reply, length: &str) -> io::Result<()> {
        let mut head = format!("HTTP/1.1 {} as asked\r\n", reply.status);
        let given = |name: &str| {
            reply
                .headers
                .iter()
                .any(|(header, _)| header.eq_ignore_ascii_case(name))
        };
        for (name, value) in &reply.headers {
            head += &format!("{name}: {value}\r\n");
        }
        // A HEAD answer states the length of what it does not send.
        if reply.status != 204 && reply.status != 304 && !given("Content-Length") {
            head += &format!("{length}\r\n");
        }
        self.stream.write_all((head + "\r\n").as_bytes())
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 16 * 1024];
        let count = self.stream.read(&mut buffer)?;
        self.unread.extend_from_slice(&buffer[..count]);
        Ok(count)
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.unread.len() < length {
            if self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.unread.drain(..length).collect())
    }

    fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.take(end + 2)?;
                return Ok(String::from_utf8_lossy(&line[..end]).into_owned());
            }
            if self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line()?;
            let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16);
            let size = size.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
            body.extend(self.take(size)?);
            if size == 0 {
                while !self.line()?.is_empty() {}
                return Ok(body);
            }
            self.line()?;
        }
    }
}

/// `None`: the head is not complete yet.
fn parse_head(bytes: &[u8]) -> Result<Option<(Request, usize)>, httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_COUNT];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = parsed.parse(bytes)? else {
        return Ok(None);
    };
    let target = parsed.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: parsed
            .headers
            .iter()
            .map(|header| (header.name.to_owned(), text(header.value)))
            .collect(),
        body: Vec::new(),
        tls: false,
        client_certificate: false,
    };
    Ok(Some((request, length)))
}
