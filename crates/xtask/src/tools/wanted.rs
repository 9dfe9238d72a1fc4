//! What the tests need, and which Debian packages have it.

/// A program that every release of Debian has in a version that will do.
pub(crate) struct Program {
    /// The file in `bin/`.
    pub(crate) name: &'static str,
    /// The packages, in the machine's own release.
    pub(crate) packages: &'static [&'static str],
}

/// The programs taken from the machine's own release, so that they fit its C library.
pub(crate) const PROGRAMS: &[Program] = &[
    // The second package has google/protobuf/*.proto, which containerd's files import.
    Program {
        name: "protoc",
        packages: &["protobuf-compiler", "libprotobuf-dev"],
    },
    Program {
        name: "runc",
        packages: &["runc"],
    },
    Program {
        name: "docker-registry",
        packages: &["docker-registry"],
    },
    Program {
        name: "nginx",
        packages: &["nginx"],
    },
    Program {
        name: "htpasswd",
        packages: &["apache2-utils"],
    },
    Program {
        name: "dbus-daemon",
        packages: &["dbus-daemon"],
    },
    Program {
        name: "gnome-keyring-daemon",
        packages: &["gnome-keyring"],
    },
    Program {
        name: "secret-tool",
        packages: &["libsecret-tools"],
    },
    Program {
        name: "docker-credential-pass",
        packages: &["golang-docker-credential-helpers"],
    },
    Program {
        name: "docker-credential-secretservice",
        packages: &["golang-docker-credential-helpers"],
    },
    Program {
        name: "pass",
        packages: &["pass"],
    },
    Program {
        name: "gpg",
        packages: &["gnupg"],
    },
    Program {
        name: "skopeo",
        packages: &["skopeo"],
    },
    Program {
        name: "strace",
        packages: &["strace"],
    },
    Program {
        name: "valgrind",
        packages: &["valgrind"],
    },
    Program {
        name: "zsh",
        packages: &["zsh"],
    },
    Program {
        name: "fish",
        packages: &["fish"],
    },
    Program {
        name: "podman",
        packages: &["podman"],
    },
];

/// What those programs call, and what comes in the packages they depend on.
pub(crate) const COMPANIONS: &[&str] = &[
    "conmon",
    "crun",
    "gpg-agent",
    "gpg-connect-agent",
    "netavark",
    "tree",
];

/// One of the containerds that the tests speak to. It needs no library but the C library.
pub(crate) struct Containerd {
    /// The folder below `target/tools`; empty for the one that is meant by `containerd`.
    pub(crate) folder: &'static str,
    /// The Debian release to take it from.
    pub(crate) release: &'static str,
    /// The oldest version that will do, as major and minor.
    pub(crate) from: (u32, u32),
    /// The first version that is too new.
    pub(crate) below: (u32, u32),
}

impl Containerd {
    /// What the tests call it in their `needs(..)`.
    pub(crate) fn name(&self) -> String {
        if self.folder.is_empty() {
            "containerd".to_owned()
        } else {
            format!("{}/containerd", self.folder)
        }
    }

    /// Whether `containerd --version` told a version that will do.
    pub(crate) fn accepts(&self, version_line: &str) -> bool {
        version_line
            .split_whitespace()
            .find_map(major_minor)
            .is_some_and(|version| (self.from..self.below).contains(&version))
    }
}

/// Programs that the machine's own release has too old. They need no library that is not part of
/// every Debian.
pub(crate) struct Newer {
    /// The folder below `target/tools`.
    pub(crate) folder: &'static str,
    /// The Debian release to take them from.
    pub(crate) release: &'static str,
    /// The packages.
    pub(crate) packages: &'static [&'static str],
    /// The files in `bin/` of the folder.
    pub(crate) programs: &'static [&'static str],
}

/// The builder in dockerd asks its client for tokens as BuildKit of this year does; bookworm's kubectl
/// is six years old.
pub(crate) static NEWER: [Newer; 2] = [
    Newer {
        folder: "docker",
        release: "forky",
        packages: &["docker.io", "docker-cli", "docker-buildx"],
        programs: &["dockerd", "docker", "docker-buildx"],
    },
    Newer {
        folder: "kubectl",
        release: "forky",
        packages: &["kubectl"],
        programs: &["kubectl"],
    },
];

/// What `portunus` is measured beside, in Go as containerd is: no test needs it.
pub(crate) static PEERS: Newer = Newer {
    folder: "peers",
    release: "forky",
    packages: &["crane", "oras"],
    programs: &["crane", "oras"],
};

/// The host directory of a pull is heard of since 2.0, and its protocol is settled in 2.1.
pub(crate) static CONTAINERDS: [Containerd; 3] = [
    Containerd {
        folder: "",
        release: "forky",
        from: (2, 1),
        below: (3, 0),
    },
    Containerd {
        folder: "containerd-1.7",
        release: "trixie",
        from: (1, 7),
        below: (1, 8),
    },
    Containerd {
        folder: "containerd-1.6",
        release: "bookworm",
        from: (1, 6),
        below: (1, 7),
    },
];

fn major_minor(word: &str) -> Option<(u32, u32)> {
    let mut parts = word.trim_start_matches('v').split('.');
    let version = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().map(|_| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_containerd_decides_which_one_it_is() {
        let line =
            |version: &str| format!("containerd github.com/containerd/containerd {version} ab12");
        for (version, folder) in [
            ("2.1.9~ds1", Some("")),
            ("v2.3.0", Some("")),
            ("2.0.5", None),
            ("1.7.24~ds1", Some("containerd-1.7")),
            ("1.6.20~ds1", Some("containerd-1.6")),
            ("1.5.9", None),
        ] {
            let found = CONTAINERDS
                .iter()
                .find(|wanted| wanted.accepts(&line(version)));
            assert_eq!(found.map(|wanted| wanted.folder), folder, "{version}");
        }
    }
}
