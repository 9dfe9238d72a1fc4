use crate::daemon::connection::Containerd;
use crate::daemon::peer::MountNamespace;

/// Which host directory a daemon can be handed. It reads the files itself, again in each phase of
/// a transfer, as its own user and in its own mount namespace, and goes on without a word where it
/// cannot read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadableDirectory {
    /// One that was rendered for it
    /// ([`HostsTree::render`](portunus::hosts::HostsTree::render)), closed to
    /// everybody but its owner and root.
    Rendered,
    /// The original one.
    #[non_exhaustive]
    Original {
        /// Why the daemon could not read a rendered one, in words.
        reason: &'static str,
    },
}

impl Containerd {
    /// Which host directory this daemon can be handed by a program that runs as user `uid`.
    pub fn readable_directory(&self, uid: u32) -> ReadableDirectory {
        let Some(peer) = self.peer() else {
            return original("who listens at the socket cannot be told");
        };
        match peer.mount_namespace {
            MountNamespace::Different => original("the daemon lives in another mount namespace"),
            MountNamespace::Unknown => {
                original("whether the daemon sees the same files cannot be told")
            }
            MountNamespace::Same if peer.uid == 0 || peer.uid == uid => ReadableDirectory::Rendered,
            MountNamespace::Same => original("the daemon runs as another user"),
        }
    }
}

fn original(reason: &'static str) -> ReadableDirectory {
    ReadableDirectory::Original { reason }
}
