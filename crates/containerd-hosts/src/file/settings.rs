use std::borrow::Cow;

use super::written_capabilities::WrittenCapabilities;
use crate::secret::Secret;
use crate::toml::Value;

/// Something and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    /// Offset in the file.
    pub(crate) at: usize,
}

impl Located<Option<Cow<'_, str>>> {
    /// The same, apart from the bytes of the file.
    pub(super) fn to_owned_text(&self) -> Located<Option<String>> {
        Located {
            value: self.value.as_deref().map(str::to_owned),
            at: self.at,
        }
    }
}

/// What a host table, or the root of the file, sets (containerd's `hostFileConfig`).
#[derive(Debug, Clone, Default)]
pub(crate) struct FileSettings<'s> {
    pub(crate) capabilities: Option<Located<WrittenCapabilities>>,
    pub(crate) ca: Option<Value<'s>>,
    pub(crate) client: Option<Value<'s>>,
    pub(crate) skip_verify: Option<Located<bool>>,
    /// In file order.
    pub(crate) header: Vec<(Located<Cow<'s, str>>, Value<'s>)>,
    pub(crate) override_path: Option<Located<bool>>,
    pub(crate) dial_timeout: Option<Located<Cow<'s, str>>>,
    /// A URL, which may hold a password.
    pub(crate) proxy: Option<Secret>,
    /// Keys that the caller announced, by their position. `None` inside where it is no string.
    pub(crate) announced: Vec<(usize, Located<Option<Cow<'s, str>>>)>,
}

impl<'s> FileSettings<'s> {
    /// Sets a key that the caller announced.
    pub(super) fn announce(&mut self, key: usize, written: Located<Option<Cow<'s, str>>>) {
        self.announced.retain(|(other, _)| *other != key);
        self.announced.push((key, written));
    }

    /// Leaves out the setting that stands at an offset or next before it; whether there is one.
    pub(crate) fn forget(&mut self, at: usize) -> bool {
        let places = [
            self.capabilities.as_ref().map(|it| it.at),
            self.ca.as_ref().map(|it| it.at),
            self.client.as_ref().map(|it| it.at),
            self.dial_timeout.as_ref().map(|it| it.at),
            self.header
                .iter()
                .map(|(_, it)| it.at)
                .filter(|it| *it <= at)
                .max(),
        ];
        let nearest = places.iter().flatten().filter(|it| **it <= at).max();
        match nearest.and_then(|it| places.iter().position(|place| *place == Some(*it))) {
            Some(0) => self.capabilities = None,
            Some(1) => self.ca = None,
            Some(2) => self.client = None,
            Some(3) => self.dial_timeout = None,
            Some(_) => self.header.clear(),
            None => return false,
        }
        true
    }
}
