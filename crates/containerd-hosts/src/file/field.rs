/// A key that is read in a `hosts.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Server,
    Host,
    Capabilities,
    Ca,
    Client,
    SkipVerify,
    Header,
    OverridePath,
    DialTimeout,
    /// Of newer containerds: kept, and not understood.
    Proxy,
    /// One that the caller announced, by its position among them.
    Announced(usize),
}

/// The keys of a host table.
pub(super) static OF_HOST: [(&str, Field); 8] = [
    ("capabilities", Field::Capabilities),
    ("ca", Field::Ca),
    ("client", Field::Client),
    ("skip_verify", Field::SkipVerify),
    ("header", Field::Header),
    ("override_path", Field::OverridePath),
    ("dial_timeout", Field::DialTimeout),
    ("proxy", Field::Proxy),
];
/// The keys that only the root of the file has.
pub(super) static OF_ROOT: [(&str, Field); 2] = [("server", Field::Server), ("host", Field::Host)];
