use std::fmt;

/// Writes the codes with their names, and what is said of them in documentation and at run time.
macro_rules! codes {
    ($($(#[doc = $line:literal])+ $variant:ident = $name:literal,)+) => {
        /// What kind of fault a [`Finding`](crate::Finding) is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $line])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order in which they are documented.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, which does not change: `unknown-key`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What is wrong where it is found, and what becomes of it.
            pub fn explanation(self) -> &'static str {
                // Each line of documentation starts with a blank.
                match self {
                    $(Self::$variant => concat!($($line),+).trim_start(),)+
                }
            }
        }
    };
}

codes! {
    /// The file is not TOML. containerd ignores the whole file and asks the registry itself.
    TomlSyntax = "toml-syntax",
    /// The file is not UTF-8 text. containerd ignores the whole file and asks the registry
    /// itself.
    NotUtf8 = "not-utf8",
    /// The file starts with a byte order mark, as some editors write it. containerd ignores the
    /// whole file and asks the registry itself.
    ByteOrderMark = "byte-order-mark",
    /// A key is defined twice in one table. containerd ignores the whole file and asks the
    /// registry itself.
    DuplicateKey = "duplicate-key",
    /// A table is defined twice. containerd ignores the whole file and asks the registry
    /// itself.
    DuplicateTable = "duplicate-table",
    /// A date that does not exist, or a number that does not fit into 64 bits. containerd
    /// ignores the whole file and asks the registry itself.
    ImpossibleValue = "impossible-value",
    /// A value of a kind that its key does not take. containerd ignores the whole file and asks
    /// the registry itself.
    WrongType = "wrong-type",
    /// A capability other than `pull`, `resolve`, `push` and, since containerd 2.2,
    /// `referrers`. containerd ignores the whole file and asks the registry itself.
    UnknownCapability = "unknown-capability",
    /// The name of a host, or `server`, is no URL. containerd ignores the whole file and asks
    /// the registry itself.
    InvalidUrl = "invalid-url",
    /// `client` lists pairs, and one of them has not two files. containerd ignores the whole
    /// file and asks the registry itself.
    InvalidClient = "invalid-client",
    /// `dial_timeout` is not a duration such as `3s`. containerd ignores the whole file and
    /// asks the registry itself.
    InvalidDialTimeout = "invalid-dial-timeout",
    /// The file has more than 400,000 parts. This is a limit of ours: containerd would read the
    /// file, anew for every request.
    TooLarge = "too-large",
    /// The file has more than 10,000 hosts. This is a limit of ours: containerd would read it
    /// in a time that grows with the square.
    TooManyHosts = "too-many-hosts",
    /// One host has more than 1,000 headers. This is a limit of ours: containerd would read the
    /// file.
    TooManyHeaders = "too-many-headers",
    /// The file makes some versions of containerd panic: `skip_verify` as a later dotted key of
    /// a host, or a date in place of another type.
    KillsDaemon = "kills-daemon",
    /// A host that containerd does not see, since it lists hosts by their `[host."…"]` headers
    /// alone.
    LostHost = "lost-host",
    /// A key or table that containerd does not know, and ignores without a word. Mostly a slip
    /// of the pen.
    UnknownKey = "unknown-key",
    /// A setting that stands after a `header` table, so that containerd sends it as a header
    /// and does not apply it.
    SettingInHeader = "setting-in-header",
    /// A header whose name speaks of a secret. containerd sends it to token servers and along
    /// redirects, too, and whoever reads the file has it.
    SecretHeader = "secret-header",
    /// A header with a name or value that cannot be sent, so that every request to the host
    /// fails.
    UnusableHeader = "unusable-header",
    /// The tables of one host do not follow each other, so that containerd asks it twice.
    HostListedTwice = "host-listed-twice",
    /// Two entries name one host and port with another scheme or path. containerd asks for
    /// credentials by host and port, so that both are shown the same.
    SameHostAndPort = "same-host-and-port",
    /// A URL in which containerd finds no host, another one than a reader does, or a scheme
    /// that it does not speak.
    MisspeltUrl = "misspelt-url",
    /// A user or a password in a URL. containerd drops them, and whoever reads the file has
    /// them.
    UserinfoInUrl = "userinfo-in-url",
    /// A query or a fragment in a URL, which containerd drops.
    QueryInUrl = "query-in-url",
    /// TLS settings for an `http://` host: containerd tries https first, then repeats the
    /// request over plain http.
    HttpWithTls = "http-with-tls",
    /// A mirror below a path of a registry that hands out tokens for the exact repository only.
    /// containerd asks for a token without the path, which that registry refuses.
    PathMirrorScope = "path-mirror-scope",
    /// A path behind `/v2` without `override_path`. containerd adds `/v2` to it once more, and asks
    /// where no registry answers.
    PathBehindV2 = "path-behind-v2",
    /// The path of the protocol before this one, `/v1/`. containerd adds `/v2` to it, and asks where
    /// no registry answers.
    PathOfV1 = "path-of-v1",
    /// A path outside of `/v2` with `override_path`. Registries answer below `/v2` only.
    PathOutsideV2 = "path-outside-v2",
    /// A web site that is named in place of the registry.
    WebSite = "web-site",
    /// A name that no host can have, such as `*`. Every request to it fails.
    ImpossibleHost = "impossible-host",
    /// One URL is named twice, with other TLS settings. containerd asks it with the one and then
    /// with the other.
    OtherTlsSettings = "other-tls-settings",
    /// `client` names a certificate and a key side by side, and containerd looks for a certificate
    /// and a key in each of them.
    UnpairedClient = "unpaired-client",
    /// A mirror without a `capabilities` line is asked for everything, and gets pushes, too.
    NoCapabilities = "no-capabilities",
    /// A mirror for `push` alone. containerd's fetch asks every host, whatever its
    /// capabilities.
    PushOnlyHost = "push-only-host",
    /// No host of the registry takes pushes.
    NoPushHost = "no-push-host",
    /// A `dial_timeout` below zero, with which no connection is ever made.
    NegativeDialTimeout = "negative-dial-timeout",
    /// `server` in `_default` takes the place of every registry's own upstream.
    ServerInDefault = "server-in-default",
    /// Without a `server` the registry itself is still asked, after the mirrors: worth knowing
    /// where that is to be kept out.
    UpstreamInChain = "upstream-in-chain",
    /// A setting at the root of a file that names no `server`, which containerd drops.
    SettingWithoutServer = "setting-without-server",
    /// An older containerd, or one built with another Go, reads this otherwise than the newest,
    /// or refuses it.
    MeansOtherwise = "means-otherwise",
    /// TOML 1.1, which the daemon that is asked about refuses, with the whole file.
    Toml11 = "toml-1-1",
    /// TOML that the parser of containerd 1.7 cannot read, so that it ignores the whole file.
    TomlOf17 = "toml-of-1-7",
    /// containerd 1.7 refuses a file without a host table.
    NoHostTable = "no-host-table",
    /// containerd 1.7 refuses a bracket in the name of a table, as of an IPv6 address.
    BracketInTable = "bracket-in-table",
    /// A directory that cannot be looked up or listed. containerd fails for the whole registry
    /// namespace.
    UnreadableDirectory = "unreadable-directory",
    /// A `hosts.toml` that cannot be read. containerd fails for the whole registry namespace.
    UnreadableFile = "unreadable-file",
    /// A file of certificate authorities that cannot be read. containerd fails for the whole
    /// registry namespace.
    UnreadableCa = "unreadable-ca",
    /// A file of certificate authorities with no certificate in it. containerd fails for the
    /// whole registry namespace.
    UnusableCa = "unusable-ca",
    /// A client certificate or key that cannot be read. containerd fails for the whole registry
    /// namespace.
    UnreadableClient = "unreadable-client",
    /// A client certificate or key that cannot be used, or two that do not belong together.
    /// containerd fails for the whole registry namespace.
    UnusableClient = "unusable-client",
    /// Every user of the machine can read a private key.
    OpenKeyFile = "open-key-file",
    /// A directory with a name that no image reference leads to.
    UnreachableDirectory = "unreachable-directory",
    /// A file that containerd does not read where it lies, or under the name it has.
    UnreadFile = "unread-file",
    /// A link that leads nowhere. containerd goes on as if nothing were there.
    DanglingLink = "dangling-link",
    /// A directory that is never read, since an earlier root has one for the same registry
    /// namespace.
    ShadowedDirectory = "shadowed-directory",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
