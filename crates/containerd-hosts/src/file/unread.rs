/// Something in the file that containerd does not read, without a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unread {
    /// A key or table that it does not know.
    Unknown {
        name: String,
        at: usize,
        /// The known key that may have been meant.
        nearest: Option<String>,
        /// Whether a whole table goes unread.
        table: bool,
    },
    /// A host that is not written as a `[host."…"]` header.
    Host { name: String, at: usize },
}
