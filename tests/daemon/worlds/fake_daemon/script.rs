use std::time::Duration;

use containerd_client::to_any;
use containerd_client::types::transfer::Progress;
use prost_types::Any;
use tonic::Code;

/// How the daemon behaves.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) version: &'static str,
    pub(crate) reactions: Vec<(&'static str, Reaction)>,
    pub(crate) transfer: Vec<Step>,
    /// It dies at this call, counted from one, in place of an answer.
    pub(crate) dies_at: Option<usize>,
    /// Whether a piece of a blob, but for the last, is answered only when the next one has come.
    pub(crate) answers_late: bool,
    /// Leases that are there from the start.
    pub(crate) leases: Vec<containerd_client::services::v1::Lease>,
}

/// What a call meets in place of an answer, or before it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reaction {
    Hang,
    Refuse,
    /// It is answered with that error.
    Answer(Code),
    /// It is dead before it answers: its connections break, and nobody listens any more.
    Die,
    /// It is answered after this time.
    Slow(Duration),
}

/// What happens during a transfer.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Asks for the credential of a host, and waits for the answer.
    Ask(String),
    /// Asks for those of several hosts, and only then waits for the answers.
    AskAtOnce(Vec<String>),
    /// Sends this where a question belongs, and waits for the answer.
    Send(Any),
    /// Tells of progress: event, name, bytes so far and in all.
    Progress(&'static str, &'static str, i64, i64),
    Wait(Duration),
    CloseQuestions,
    CloseProgress,
    /// The stream of progress stays open after the transfer.
    KeepProgressOpen,
    Fail(Code, &'static str),
    /// It is dead from here on.
    Die,
}

impl Script {
    /// A daemon of this version that behaves: transfers at once, and has every image.
    pub(crate) fn of(version: &'static str) -> Self {
        Self {
            version,
            reactions: Vec::new(),
            transfer: Vec::new(),
            dies_at: None,
            answers_late: false,
            leases: Vec::new(),
        }
    }

    pub(crate) fn at(mut self, call: &'static str, reaction: Reaction) -> Self {
        self.reactions.push((call, reaction));
        self
    }

    pub(crate) fn dying_at(mut self, call: usize) -> Self {
        self.dies_at = Some(call);
        self
    }

    pub(crate) fn answering_late(mut self) -> Self {
        self.answers_late = true;
        self
    }

    pub(crate) fn transfer(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.transfer.extend(steps);
        self
    }
}

/// The message that tells of progress.
pub(super) fn progress(event: &str, name: &str, done: i64, total: i64) -> Any {
    to_any(&Progress {
        event: event.to_owned(),
        name: name.to_owned(),
        progress: done,
        total,
        ..Default::default()
    })
}
