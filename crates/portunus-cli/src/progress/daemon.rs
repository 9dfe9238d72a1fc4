//! What is shown of a daemon's work.

use std::sync::PoisonError;

use portunus_client::ClientEvent;
use portunus_containerd::{ProgressReport, ProgressState, TurnOutcome, TurnReport};

use super::ProgressDisplay;
use crate::explain::daemon::{describe_warning, warning_help};
use crate::messages::Level;

impl ProgressDisplay<'_> {
    pub(super) fn report_daemon(&self, event: ClientEvent<'_>) {
        match event {
            ClientEvent::PullsLocally(version) => {
                let message = format!(
                    "containerd {version} ignores hosts directories: pulling from our side, as \
                     with --local"
                );
                self.tell(Level::Info, &message);
            }
            ClientEvent::Warning(warning) => {
                let help: Vec<_> = warning_help(warning).into_iter().collect();
                self.warning(&describe_warning(warning), &help);
            }
            ClientEvent::Progress(progress) => self.progress(progress),
            ClientEvent::Question(question) => {
                self.state("credential asked for", &question.host, None);
            }
            ClientEvent::Turn(turn) => self.turn(turn),
            _ => {}
        }
    }

    fn progress(&self, progress: &ProgressReport) {
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        totals.add(progress);
        if let Some(bar) = &self.bar {
            bar.set_length(totals.total());
            bar.set_position(totals.done());
            let (done, all) = totals.layers();
            bar.set_prefix(format!("{done}/{all} layers "));
        }
        drop(totals);
        match &progress.state {
            ProgressState::Status(text) => self.state("containerd:", text, None),
            ProgressState::Complete => self.state("done", &progress.name, None),
            ProgressState::AlreadyExists => self.state("present", &progress.name, None),
            _ => {}
        }
    }

    fn turn(&self, turn: &TurnReport) {
        let host = Some(turn.host.as_str());
        if let Some(moved) = turn.totals.describe_moved() {
            self.state("served", &moved, host);
        }
        match &turn.outcome {
            TurnOutcome::RuledOut { reason, .. } | TurnOutcome::Failed { reason, .. } => {
                let named = format!("{} ", turn.host);
                self.host_failed(reason.strip_prefix(&named).unwrap_or(reason), &turn.host);
            }
            TurnOutcome::OtherDigest { digest, .. } => {
                self.state("passed over, the tag is another image", digest, host);
            }
            _ => {}
        }
    }
}
