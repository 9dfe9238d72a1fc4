use crate::{Containerd, MountNamespace};

/// Which host directory a daemon can be handed. It reads the files itself, again in each phase of
/// a transfer, as its own user and in its own mount namespace, and goes on without a word where it
/// cannot read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostDirectory {
    /// One that we have made, closed to everybody else.
    Private,
    /// One that we have made, open to every user: the daemon is neither root nor the user it was
    /// made by. Secret headers do not belong into it.
    Open,
    /// The original: the daemon lives in another mount namespace, or that cannot be told.
    Original,
}

impl Containerd {
    /// Which host directory this daemon can be handed by a program that runs as user `uid`.
    pub fn host_directory(&self, uid: u32) -> HostDirectory {
        match self.peer() {
            Some(peer) if peer.mount_namespace == MountNamespace::Same => {
                if peer.uid == 0 || peer.uid == uid {
                    HostDirectory::Private
                } else {
                    HostDirectory::Open
                }
            }
            _ => HostDirectory::Original,
        }
    }
}
