use std::borrow::Cow;

use super::coerce::shorten;
use super::keys::lowered;
use super::settings::Located;
use crate::capabilities::Capabilities;
use crate::code::Code;
use crate::fault::Fault;

/// What `capabilities` says.
#[derive(Debug, Clone)]
pub(crate) struct WrittenCapabilities {
    /// A word that nobody knows makes containerd refuse the file, once all of it could be decoded.
    pub(crate) read: Result<Capabilities, Box<Fault>>,
    /// Where `referrers` is written, which older daemons do not know.
    pub(crate) referrers: Option<usize>,
}

impl WrittenCapabilities {
    pub(super) fn of(words: &[Located<Cow<'_, str>>]) -> Self {
        let mut referrers = words.iter();
        let referrers = referrers.find(|word| word.value.eq_ignore_ascii_case("referrers"));
        Self {
            read: read(words),
            referrers: referrers.map(|word| word.at),
        }
    }
}

fn read(words: &[Located<Cow<'_, str>>]) -> Result<Capabilities, Box<Fault>> {
    if words.is_empty() {
        return Ok(Capabilities::ALL);
    }
    let mut capabilities = Capabilities::NONE;
    for word in words {
        let slot = match &*lowered(&word.value) {
            "pull" => &mut capabilities.pull,
            "resolve" => &mut capabilities.resolve,
            "push" => &mut capabilities.push,
            "referrers" => &mut capabilities.referrers,
            _ => {
                let message = format!("unknown capability `{}`", shorten(&word.value));
                let fault = Fault::new(word.at, Code::UnknownCapability, message)
                    .help("use `pull`, `resolve`, `push` or `referrers`");
                return Err(Box::new(fault));
            }
        };
        *slot = true;
    }
    Ok(capabilities)
}
