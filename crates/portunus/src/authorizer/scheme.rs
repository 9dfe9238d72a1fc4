pub(super) const HTTP: &str = "http";

/// Whether a host is asked over TLS or over plain http.
///
/// The first answer settles it. containerd may fall back at any time, so that whoever disturbs a
/// connection after the credential was accepted over TLS gets it over plain http.
#[derive(Debug)]
pub(super) struct Scheme {
    written: String,
    /// Whether the host may be asked over http where it speaks no TLS.
    has_fallback: bool,
    fell_back: Option<bool>,
}

impl Scheme {
    pub(super) fn new(written: &str, has_fallback: bool) -> Self {
        Self {
            written: written.to_owned(),
            has_fallback,
            fell_back: None,
        }
    }

    pub(super) fn in_use(&self) -> &str {
        match self.fell_back {
            Some(true) => HTTP,
            _ => &self.written,
        }
    }

    pub(super) fn may_fall_back(&self) -> bool {
        self.has_fallback && self.fell_back.is_none()
    }

    /// Notes that the host has answered; whether it is asked that way from now on.
    pub(super) fn settle(&mut self, scheme: &str) -> bool {
        let falls_back = !self.is_as_written(scheme);
        *self.fell_back.get_or_insert(falls_back) == falls_back
    }

    /// Whether that is the scheme the host was listed with, rather than a fall back.
    pub(super) fn is_as_written(&self, scheme: &str) -> bool {
        self.written == scheme
    }
}
