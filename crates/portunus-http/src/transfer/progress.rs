use crate::image::descriptor::Descriptor;
use crate::image::layout::arriving::Arriving;
use crate::outcome::report::HostReport;

/// Is told what a pull or push does, for the program to show.
pub trait Progress: Send + Sync {
    /// Something happened. Called often and from several tasks: returns quickly.
    fn report(&self, event: Event<'_>);

    /// A blob is about to be pulled, to be read while it is.
    fn arrives(&self, _blob: Arriving) {}
}

/// What happens during a pull or push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A host told which manifest the image is.
    #[non_exhaustive]
    Resolved {
        /// The host, with its scheme.
        host: &'a str,
        /// The digest of the manifest.
        digest: &'a str,
    },
    /// A host did not help; the next one is asked.
    HostFailed(&'a HostReport),
    /// Something the user should be told.
    Warning(&'a str),
    /// A manifest or blob is about to be transferred.
    #[non_exhaustive]
    Started {
        /// What.
        descriptor: &'a Descriptor,
        /// Bytes that are there from an earlier try.
        resumed: u64,
    },
    /// A part of it was transferred.
    #[non_exhaustive]
    Advanced {
        /// What.
        descriptor: &'a Descriptor,
        /// Bytes more than before.
        bytes: u64,
    },
    /// It starts again from nothing, at another host.
    #[non_exhaustive]
    Restarted {
        /// What.
        descriptor: &'a Descriptor,
    },
    /// It is complete.
    #[non_exhaustive]
    Done {
        /// What.
        descriptor: &'a Descriptor,
        /// The host that served it; `None`: it was there already.
        host: Option<&'a str>,
    },
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn report(&self, _: Event<'_>) {}
}
