use std::collections::BTreeMap;

use crate::hosts::toml::Value;

/// Something and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::hosts) struct Located<T> {
    pub(in crate::hosts) value: T,
    /// Offset in the file.
    pub(in crate::hosts) at: usize,
}

/// What a host table, or the root of the file, sets (containerd's `hostFileConfig`).
#[derive(Debug, Clone, Default)]
pub(in crate::hosts) struct Settings {
    pub(in crate::hosts) capabilities: Option<Located<Vec<Located<String>>>>,
    pub(in crate::hosts) ca: Option<Value>,
    pub(in crate::hosts) client: Option<Value>,
    pub(in crate::hosts) skip_verify: Option<Located<bool>>,
    /// In file order.
    pub(in crate::hosts) header: Vec<(Located<String>, Value)>,
    pub(in crate::hosts) override_path: Option<Located<bool>>,
    pub(in crate::hosts) dial_timeout: Option<Located<String>>,
    /// Keys that the caller announced, by their position. `None` inside where it is no string.
    pub(in crate::hosts) announced: BTreeMap<usize, Located<Option<String>>>,
}
