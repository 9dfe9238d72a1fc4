#[cfg(feature = "containerd")]
use portunus_containerd::{ProgressReport, Question, TurnReport};
use portunus_http::{Event, Progress};

#[cfg(feature = "containerd")]
use crate::prepared_warning::PreparedWarning;

/// Is told what happens while an image is on its way. Called often and from several threads: it
/// returns quickly. A closure is one.
pub trait ClientObserver: Send + Sync {
    /// Something happened.
    fn observe(&self, event: ClientEvent<'_>);
}

/// What happens while an image is on its way.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum ClientEvent<'a> {
    /// Somebody is waited for, until the next event.
    Waiting(Awaited),
    /// A step of a pull or push over HTTP.
    Http(Event<'a>),
    /// What is to be known before the daemon is called.
    #[cfg(feature = "containerd")]
    Warning(&'a PreparedWarning),
    /// A daemon of this version ignores hosts directories: the image is pulled from our side.
    #[cfg(feature = "containerd")]
    PullsLocally(&'a str),
    /// The daemon told about progress.
    #[cfg(feature = "containerd")]
    Progress(&'a ProgressReport),
    /// The daemon asked for a credential and was answered.
    #[cfg(feature = "containerd")]
    Question(&'a Question),
    /// A host has had its turn.
    #[cfg(feature = "containerd")]
    Turn(&'a TurnReport),
}

/// Who is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Awaited {
    /// The daemon.
    Daemon,
    /// The hosts of the plan, each of which is asked what it wants to be shown.
    Hosts,
}

impl<F: Fn(ClientEvent<'_>) + Send + Sync> ClientObserver for F {
    fn observe(&self, event: ClientEvent<'_>) {
        self(event);
    }
}

/// Hands on what the libraries below tell.
pub(crate) struct Told<'a>(pub(crate) &'a dyn ClientObserver);

impl Progress for Told<'_> {
    fn report(&self, event: Event<'_>) {
        self.0.observe(ClientEvent::Http(event));
    }
}

#[cfg(feature = "containerd")]
impl portunus_containerd::Observer for Told<'_> {
    fn progress(&mut self, progress: &ProgressReport) {
        self.0.observe(ClientEvent::Progress(progress));
    }

    fn question(&mut self, question: &Question) {
        self.0.observe(ClientEvent::Question(question));
    }

    fn turn(&mut self, turn: &TurnReport) {
        self.0.observe(ClientEvent::Turn(turn));
    }
}
