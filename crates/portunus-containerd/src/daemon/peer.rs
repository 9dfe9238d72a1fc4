use std::path::PathBuf;

use tokio::net::UnixStream;

/// Who listens at the socket, as the kernel tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peer {
    /// The user it runs as: what reads the files that it is pointed at.
    pub uid: u32,
    /// Whether it sees the files that we see.
    pub mount_namespace: MountNamespace,
}

/// Whether the daemon lives in our mount namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MountNamespace {
    /// In ours: a path means the same to both.
    Same,
    /// In another: a path may mean another file, or none.
    Different,
    /// Cannot be told: the kernel hides it from us, or the daemon is in another pid namespace.
    Unknown,
}

impl Peer {
    /// `None` where the kernel does not tell.
    pub(crate) fn of(stream: &UnixStream) -> Option<Self> {
        let credentials = stream.peer_cred().ok()?;
        Some(Self {
            uid: credentials.uid(),
            mount_namespace: mount_namespace(credentials.pid()),
        })
    }
}

fn mount_namespace(pid: Option<i32>) -> MountNamespace {
    let link = |process: &str| std::fs::read_link(PathBuf::from(format!("/proc/{process}/ns/mnt")));
    // A process of another pid namespace shows as 0.
    let Some(pid) = pid.filter(|pid| *pid > 0) else {
        return MountNamespace::Unknown;
    };
    match (link("self"), link(&pid.to_string())) {
        (Ok(ours), Ok(theirs)) if ours == theirs => MountNamespace::Same,
        (Ok(_), Ok(_)) => MountNamespace::Different,
        _ => MountNamespace::Unknown,
    }
}
