use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use portunus::printable::printable;

use crate::streams::Streams;

/// Nobody needs to be told before this.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Tells the person at the terminal what is waited for, once that took a second, and clears it
/// away when dropped. Where there is no terminal, or standard error is for machines, it does
/// nothing.
#[derive(Debug)]
pub(crate) struct Waiting(Option<(Sender<()>, JoinHandle<()>)>);

impl Waiting {
    /// `what` is waited for from now on.
    pub(crate) fn new(what: impl Into<String>, streams: &Streams) -> Self {
        Self::drawn(what, streams.draws_bars())
    }

    /// The same, unless nothing that moves can be shown.
    pub(crate) fn drawn(what: impl Into<String>, draws_bars: bool) -> Self {
        let what = printable(&what.into());
        Self(draws_bars.then(|| {
            let (waits, ended) = channel();
            (waits, thread::spawn(move || draw(what, &ended)))
        }))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((waits, drawing)) = self.0.take() {
            drop(waits);
            // A line that could not be drawn stops nothing.
            let _ = drawing.join();
        }
    }
}

fn draw(what: String, ended: &Receiver<()>) {
    let goes_on = |time| matches!(ended.recv_timeout(time), Err(RecvTimeoutError::Timeout));
    if !goes_on(PATIENCE) {
        return;
    }
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        .with_elapsed(PATIENCE)
        .with_message(what);
    while goes_on(TICK) {
        bar.tick();
    }
    bar.finish_and_clear();
}
