use super::coerce::{item, shorten};
use super::keys::lowered;
use crate::capabilities::Capabilities;
use crate::code::Code;
use crate::fault::Fault;
use crate::toml::{KeyPart, Value};

/// What `capabilities` says.
#[derive(Debug, Clone)]
pub(crate) struct WrittenCapabilities {
    /// A word that nobody knows makes containerd refuse the file, once all of it could be decoded.
    pub(crate) read: Result<Capabilities, Box<Fault>>,
    /// Where `referrers` is written, which older daemons do not know.
    pub(crate) referrers: Option<usize>,
}

impl WrittenCapabilities {
    /// Of the list under that name. An empty one stands for all.
    pub(super) fn of(name: &KeyPart<'_>, words: &[Value<'_>]) -> Result<Self, Fault> {
        let mut written = Self {
            read: Ok(match words {
                [] => Capabilities::ALL,
                _ => Capabilities::NONE,
            }),
            referrers: None,
        };
        for word in words {
            written.add(item(name, word)?, word.at);
        }
        Ok(written)
    }

    fn add(&mut self, word: &str, at: usize) {
        let lowered = lowered(word);
        if lowered == "referrers" {
            self.referrers.get_or_insert(at);
        }
        let Ok(read) = &mut self.read else { return };
        match &*lowered {
            "pull" => read.pull = true,
            "resolve" => read.resolve = true,
            "push" => read.push = true,
            "referrers" => read.referrers = true,
            _ => {
                let message = format!("unknown capability `{}`", shorten(word));
                let fault = Fault::new(at, Code::UnknownCapability, message)
                    .help("use `pull`, `resolve`, `push` or `referrers`");
                self.read = Err(Box::new(fault));
            }
        }
    }
}
