/// A setting of `config.toml`: the reader knows these, and a program shows them by their facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Key {
    /// Where logins are kept.
    Store,
    /// Whose credentials.
    Profile,
    /// The hosts directories, in order.
    HostsDirectories,
    /// Whether a pull asks anonymously where every credential was rejected.
    AnonymousFallback,
    /// Which credential helper is asked for which hosts.
    Helpers,
    /// Hosts that may see a secret over plain http.
    TrustPlainHttp,
    /// Pairs of a host and a realm that may see its secrets.
    TrustRealms,
    /// Whether a profile also sees the default one.
    ProfileInherit,
    /// The directories that a profile is in force in.
    ProfileDirectories,
    /// The profiles that service accounts of Kubernetes have.
    KubernetesProfiles,
}

/// What is to be known of a [`Key`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct KeyFacts {
    /// How it is written, tables before it; `NAME` is any.
    pub name: &'static str,
    /// What holds where nothing says otherwise.
    pub default: &'static str,
    /// What it is, in a line.
    pub meaning: &'static str,
    /// Lines of a file that set it.
    pub example: &'static str,
}

impl Key {
    /// Every key.
    pub const ALL: [Self; 10] = [
        Self::Store,
        Self::Profile,
        Self::HostsDirectories,
        Self::AnonymousFallback,
        Self::Helpers,
        Self::TrustPlainHttp,
        Self::TrustRealms,
        Self::ProfileInherit,
        Self::ProfileDirectories,
        Self::KubernetesProfiles,
    ];

    /// What is to be known of it.
    pub fn facts(self) -> KeyFacts {
        match self {
            Self::Store => KeyFacts {
                name: "store",
                default: "auto",
                meaning: "where logins are kept",
                example: "store = \"file\"",
            },
            Self::Profile => KeyFacts {
                name: "profile",
                default: "default",
                meaning: "whose credentials",
                example: "profile = \"work\"",
            },
            Self::HostsDirectories => KeyFacts {
                name: "hosts_dirs",
                default: "certs.d",
                meaning: "hosts directories, in order; by default containerd's and docker's certs.d",
                example: "hosts_dirs = [\"/etc/containerd/certs.d\"]",
            },
            Self::AnonymousFallback => KeyFacts {
                name: "anonymous_fallback",
                default: "false",
                meaning: "whether a pull asks anonymously where every credential was rejected",
                example: "anonymous_fallback = true",
            },
            Self::Helpers => KeyFacts {
                name: "helpers",
                default: "",
                meaning: "which docker-credential-* is asked for which hosts; ecr: private ECR",
                example: "[helpers]\necr = \"ecr-login\"\n\"*.pkg.dev\" = \"gcloud\"",
            },
            Self::TrustPlainHttp => KeyFacts {
                name: "trust.plain_http",
                default: "",
                meaning: "hosts that may see a secret over plain http",
                example: "[trust]\nplain_http = [\"mirror.test:5000\"]",
            },
            Self::TrustRealms => KeyFacts {
                name: "trust.realms",
                default: "",
                meaning: "hosts whose secrets may go to a foreign realm",
                example: "[trust]\nrealms = [{ host = \"reg.test\", realm = \"auth.test\" }]",
            },
            Self::ProfileInherit => KeyFacts {
                name: "profiles.NAME.inherit",
                default: "false",
                meaning: "profiles that also see the default one",
                example: "[profiles.work]\ninherit = true",
            },
            Self::ProfileDirectories => KeyFacts {
                name: "profiles.NAME.directories",
                default: "",
                meaning: "directories in and below which a profile is in force",
                example: "[profiles.work]\ndirectories = [\"~/work\"]",
            },
            Self::KubernetesProfiles => KeyFacts {
                name: "kubernetes.profiles",
                default: "",
                meaning: "the profiles of service accounts whose pods a kubelet asks for",
                example: "[kubernetes]\nprofiles = [{ namespace = \"ci\", service_account = \"builder\", profile = \"ci\" }]",
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
