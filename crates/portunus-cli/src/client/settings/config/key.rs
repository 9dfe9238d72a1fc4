/// A setting of `config.toml`: the reader knows these and `portunus config` shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Store,
    Profile,
    HostsDirectories,
    AnonymousFallback,
    TrustPlainHttp,
    TrustRealms,
    ProfileInherit,
}

/// What is to be known of a [`Key`].
#[derive(Debug)]
pub(crate) struct KeyFacts {
    /// How it is written, tables before it; `NAME` is any.
    pub(crate) name: &'static str,
    /// What holds where nothing says otherwise.
    pub(crate) default: &'static str,
    pub(crate) meaning: &'static str,
}

impl Key {
    /// Every key.
    pub(crate) const ALL: [Self; 7] = [
        Self::Store,
        Self::Profile,
        Self::HostsDirectories,
        Self::AnonymousFallback,
        Self::TrustPlainHttp,
        Self::TrustRealms,
        Self::ProfileInherit,
    ];

    pub(crate) fn facts(self) -> KeyFacts {
        match self {
            Self::Store => KeyFacts {
                name: "store",
                default: "auto",
                meaning: "where logins are kept",
            },
            Self::Profile => KeyFacts {
                name: "profile",
                default: "default",
                meaning: "whose credentials",
            },
            Self::HostsDirectories => KeyFacts {
                name: "hosts_dirs",
                default: "certs.d",
                meaning: "hosts directories, in order; by default containerd's and docker's certs.d",
            },
            Self::AnonymousFallback => KeyFacts {
                name: "anonymous_fallback",
                default: "false",
                meaning: "whether a pull asks anonymously where every credential was rejected",
            },
            Self::TrustPlainHttp => KeyFacts {
                name: "trust.plain_http",
                default: "",
                meaning: "hosts that may see a secret over plain http",
            },
            Self::TrustRealms => KeyFacts {
                name: "trust.realms",
                default: "",
                meaning: "hosts whose secrets may go to a foreign realm",
            },
            Self::ProfileInherit => KeyFacts {
                name: "profiles.NAME.inherit",
                default: "false",
                meaning: "profiles that also see the default one",
            },
        }
    }

    /// The names a table may hold: what follows `prefix`, up to the next table.
    pub(super) fn names_below(prefix: &str) -> Vec<&'static str> {
        let names = Self::ALL.into_iter().map(|key| key.facts().name);
        let below = names.filter_map(|name| name.strip_prefix(prefix)?.split('.').next());
        let mut below: Vec<&str> = below.collect();
        below.dedup();
        below
    }
}
