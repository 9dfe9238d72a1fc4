/// What a host may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Capabilities {
    /// Manifests by digest, and blobs.
    pub pull: bool,
    /// A tag's digest.
    pub resolve: bool,
    /// Uploads.
    pub push: bool,
    /// The referrers list.
    pub referrers: bool,
    /// Whether the file says so, rather than leaving the line out (all).
    pub written: bool,
}

impl Capabilities {
    /// Every capability, as for a host without a `capabilities` line.
    pub const ALL: Self = Self {
        pull: true,
        resolve: true,
        push: true,
        referrers: true,
        written: false,
    };

    /// No capability, to add those that the file names.
    pub(crate) const NONE: Self = Self {
        pull: false,
        resolve: false,
        push: false,
        referrers: false,
        written: true,
    };

    /// The names in containerd's order: pull, resolve, push, referrers.
    pub fn names(self) -> Vec<&'static str> {
        let all = [
            (self.pull, "pull"),
            (self.resolve, "resolve"),
            (self.push, "push"),
            (self.referrers, "referrers"),
        ];
        all.into_iter()
            .filter_map(|(has, name)| has.then_some(name))
            .collect()
    }
}

impl Default for Capabilities {
    fn default() -> Self {
        Self::ALL
    }
}
