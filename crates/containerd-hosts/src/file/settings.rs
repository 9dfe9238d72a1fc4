use std::collections::BTreeMap;

use crate::toml::Value;

/// Something and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    /// Offset in the file.
    pub(crate) at: usize,
}

/// What a host table, or the root of the file, sets (containerd's `hostFileConfig`).
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    pub(crate) capabilities: Option<Located<Vec<Located<String>>>>,
    pub(crate) ca: Option<Value>,
    pub(crate) client: Option<Value>,
    pub(crate) skip_verify: Option<Located<bool>>,
    /// In file order.
    pub(crate) header: Vec<(Located<String>, Value)>,
    pub(crate) override_path: Option<Located<bool>>,
    pub(crate) dial_timeout: Option<Located<String>>,
    /// Keys that the caller announced, by their position. `None` inside where it is no string.
    pub(crate) announced: BTreeMap<usize, Located<Option<String>>>,
}
