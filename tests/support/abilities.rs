//! What this machine lets the tests do, found out by trying it, and in what words it is missed.
//!
//! In a test's `needs(..)` stand names of programs, and the following, with a question mark: no
//! machine can be made to have them, so a test that misses one is skipped everywhere, and fails
//! nowhere.
//!
//! | | |
//! |---|---|
//! | `root?` | the tests run as root |
//! | `namespaces?` | a program can be started in mount and pid namespaces of its own |
//! | `low-ports?` | a server can listen on port 80, at an address of the test's own |
//! | `unpacking?` | a daemon can unpack an image: as root it mounts to do so |
//! | `containers?` | a container of [`hello`](crate::hello) can be started |
//! | `docker-daemon?` | a dockerd can be started |
//! | `buildkitd?` | that is on the `PATH` |
//! | `x86_64?` | the machine is one of those that instructions are counted for |
//! | `cargo?` | whoever runs the tests can run cargo |
//! | `podman?`, `docker?`, … | that program, and what it needs |

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use crate::{port, run_folder, tools};

/// Something that a test needs and the machine does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// What is missing and what would help, as one sentence.
    pub reason: String,
    /// Whether the test is skipped even where servers are required.
    pub excused: bool,
}

/// The first of the needs that is not met.
pub fn first_lack(needs: &[&str]) -> Option<Lack> {
    needs.iter().find_map(|need| {
        let reason = match need.trim_end_matches('?') {
            "root" => root(),
            "namespaces" => NAMESPACES.clone(),
            "low-ports" => LOW_PORTS.clone(),
            "unpacking" => UNPACKING.clone(),
            "containers" => CONTAINERS.clone(),
            name @ ("containerd" | "containerd-1.7/containerd") => {
                program(name).or_else(run_folder::lack)
            }
            "docker-daemon" => root()
                .or_else(|| NAMESPACES.clone())
                .or_else(|| control_groups("dockerd"))
                .or_else(run_folder::lack),
            "podman" => program("podman").or_else(|| PODMAN.clone()),
            "cargo" => CARGO.clone(),
            "x86_64" => (std::env::consts::ARCH != "x86_64")
                .then(|| "instructions are counted for x86_64".to_owned()),
            "dbus-daemon" => program("dbus-daemon").or_else(|| NAMED.clone()),
            "strace" => program("strace").or_else(|| STRACE.clone()),
            "valgrind" => program("valgrind").or_else(|| VALGRIND.clone()),
            name => program(name),
        };
        reason.map(|reason| Lack {
            reason,
            excused: need.ends_with('?'),
        })
    })
}

static NAMESPACES: LazyLock<Option<String>> = LazyLock::new(|| {
    let trial = ["--mount", "--pid", "--fork", "true"];
    root().or_else(|| {
        let what = "mount and pid namespaces cannot be made here";
        let help = "in a container, give it CAP_SYS_ADMIN; in a chroot they cannot be had";
        attempt("unshare", &trial, what, help)
    })
});

static LOW_PORTS: LazyLock<Option<String>> = LazyLock::new(|| {
    let bound = TcpListener::bind((port::own_address(), 80));
    bound
        .err()
        .map(|error| format!("nobody may listen on port 80 here ({error}); run the tests as root"))
});

static UNPACKING: LazyLock<Option<String>> = LazyLock::new(|| {
    if !tools::is_root() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = r#"mount -n --bind "$1" "$1" && umount -n "$1""#;
    let trial = ["-c", script, "sh", folder.path().to_str()?];
    let what = "nothing can be mounted here, so root's daemon unpacks no image";
    let reason = attempt("sh", &trial, what, "in a container, give it CAP_SYS_ADMIN")?;
    // The same in each test binary, so that they are counted together.
    Some(reason.replace(folder.path().to_str()?, "FOLDER"))
});

static CONTAINERS: LazyLock<Option<String>> = LazyLock::new(|| {
    if std::env::consts::ARCH != "x86_64" {
        return Some("the program of the test's image is for x86_64".to_owned());
    }
    program("runc")
        .or_else(|| NAMESPACES.clone())
        .or_else(|| control_groups("container"))
});

/// Tried once: two tests at once would be in each other's way.
static CONTROL_GROUPS: LazyLock<bool> = LazyLock::new(may_make_control_group);

fn control_groups(wanted: &str) -> Option<String> {
    (!*CONTROL_GROUPS).then(|| {
        format!(
            "control groups cannot be made here, so no {wanted} can be started; \
             mount /sys/fs/cgroup writable"
        )
    })
}

/// For anybody without root's rights it maps users, before it does anything else.
static PODMAN: LazyLock<Option<String>> = LazyLock::new(|| {
    const GROUPS: &str = "/sys/fs/cgroup";
    if !Path::new(GROUPS).is_dir() {
        return Some(format!(
            "podman looks at {GROUPS}, which is not here; mount it"
        ));
    }
    let what = "podman needs user namespaces, which cannot be made here";
    let help = "allow them (sysctl user.max_user_namespaces), or run as root";
    let as_root = ["--mount", "--propagation", "unchanged", "true"];
    attempt("unshare", &as_root, what, help)?;
    let mapped = [&["--user", "--map-root-user"], &as_root[..]].concat();
    attempt("unshare", &mapped, what, help).or_else(|| {
        let what = "podman does not map the users of /etc/subuid";
        attempt("sh", &["-c", SUBORDINATE], what, "install uidmap")
    })
});

/// Whoever has an entry there is mapped by a program that has the right to do it.
const SUBORDINATE: &str = r#"
grep -qs -e "^$(id -un):" -e "^$(id -u):" /etc/subuid || exit 0
command -v newuidmap >/dev/null || { echo "no newuidmap" >&2; exit 1; }"#;

static CARGO: LazyLock<Option<String>> = LazyLock::new(|| {
    let what = "cargo cannot be run by who runs the tests";
    let help = "run them as the user that has it";
    let ran = Command::new(tools::cargo()).arg("--version").output();
    let runs = ran.is_ok_and(|ran| ran.status.success());
    (!runs).then(|| format!("{what}; {help}"))
});

/// A message bus looks up who it runs as.
static NAMED: LazyLock<Option<String>> = LazyLock::new(|| {
    let what = "a message bus needs to know its user";
    attempt("id", &["-un"], what, "add the user to /etc/passwd")
});

static STRACE: LazyLock<Option<String>> = LazyLock::new(|| {
    let what = "strace may not trace here";
    let help = "in a container, give it CAP_SYS_PTRACE";
    attempt("strace", &["-f", "-o", "/dev/null", "true"], what, help)
});

static VALGRIND: LazyLock<Option<String>> = LazyLock::new(|| {
    let what = "valgrind does not run here";
    let trial = [
        "--tool=callgrind",
        "--vgdb=no",
        "--callgrind-out-file=/dev/null",
        "true",
    ];
    attempt("valgrind", &trial, what, "install it")
});

fn root() -> Option<String> {
    (!tools::is_root()).then(|| "the tests do not run as root".to_owned())
}

fn program(name: &str) -> Option<String> {
    let help = match name {
        "script" | "setsid" | "unshare" => "install util-linux",
        "bash" | "docker" => "install it",
        "buildkitd" => "put it on the PATH: Debian 12 and 13 have no package of it",
        _ => "`cargo xtask tools` unpacks it, or says why it cannot",
    };
    (!tools::is_there(name)).then(|| format!("{name} is not here; {help}"))
}

/// What cannot be done, with the words of the program that tried, or `None`.
fn attempt(name: &str, arguments: &[&str], what: &str, help: &str) -> Option<String> {
    let Some(path) = tools::find(name) else {
        return program(name);
    };
    let ran = Command::new(path)
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    let words = match ran {
        Ok(Output { status, .. }) if status.success() => return None,
        Ok(output) => {
            let lines = String::from_utf8_lossy(&output.stderr);
            let lines: Vec<&str> = lines.lines().map(str::trim).collect();
            lines.join("; ")
        }
        Err(error) => error.to_string(),
    };
    Some(format!("{what} ({words}); {help}"))
}

/// As a container's runtime does it: a folder in the tree of version 2, or in one of version 1.
fn may_make_control_group() -> bool {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let trees = table.lines().filter_map(|line| {
        let (mount, kind) = line.split_once(" - ")?;
        let path = PathBuf::from(mount.split(' ').nth(4)?);
        kind.starts_with("cgroup").then_some(path)
    });
    let mut trees = trees.peekable();
    trees.peek().is_some() && trees.all(|tree| may_make_folder(&tree))
}

fn may_make_folder(tree: &Path) -> bool {
    let folder = tree.join(format!("portunus-tests-{}", std::process::id()));
    let made = fs::create_dir(&folder).is_ok();
    made && fs::remove_dir(&folder).is_ok()
}
