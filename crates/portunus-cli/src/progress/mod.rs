//! How a pull or a push shows what it does: bars on a terminal, a line per state elsewhere.

#[cfg(feature = "containerd")]
mod daemon;

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::ValueEnum;
use indicatif::{DecimalBytes, ProgressBar, ProgressDrawTarget, ProgressStyle as BarStyle};
use portunus::printable::{printable, printable_json};
use portunus_client::{Awaited, ClientEvent, ClientObserver};
use portunus_http::{Descriptor, Event};
use serde_json::json;

use crate::help::Help;
use crate::messages::{Level, Message, Messages};
use crate::streams::Streams;
use crate::waiting::Waiting;

/// The value of `--progress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressStyle {
    /// A bar that moves
    Tty,
    /// A line per state
    Plain,
    /// A JSON object per state, one a line
    Json,
    /// Nothing
    None,
}

/// What is told when it goes on.
#[derive(Debug, Default)]
struct Held {
    /// Warnings, unless the next that is said of a host says the same.
    warnings: Vec<String>,
    /// Lines about hosts that did not help: where it goes on nowhere, the error tells of them.
    failed: Vec<String>,
    /// Those that were told: a host is asked for more than one thing.
    told: Vec<String>,
}

/// Shows progress on standard error while it lives.
pub(crate) struct ProgressDisplay<'a> {
    style: ProgressStyle,
    bar: Option<ProgressBar>,
    #[cfg(feature = "containerd")]
    totals: Mutex<portunus_containerd::Totals>,
    /// What is waited for, until something happens.
    waiting: Mutex<Option<Waiting>>,
    draws_bars: bool,
    messages: Messages,
    held: Mutex<Held>,
    stderr: Mutex<&'a mut (dyn Write + Send)>,
}

impl<'a> ProgressDisplay<'a> {
    /// In the style asked for, else the one that suits the stream.
    pub(crate) fn new(style: Option<ProgressStyle>, streams: &'a mut Streams) -> Self {
        let style = match style {
            None if streams.draws_bars() => ProgressStyle::Tty,
            None => ProgressStyle::Plain,
            Some(ProgressStyle::Tty) if !streams.process_stderr => ProgressStyle::Plain,
            Some(style) => style,
        };
        let bar = (style == ProgressStyle::Tty).then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            let template = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {prefix}{msg}";
            bar.with_style(
                BarStyle::with_template(template).unwrap_or_else(|_| BarStyle::default_bar()),
            )
        });
        Self {
            style,
            bar,
            #[cfg(feature = "containerd")]
            totals: Mutex::default(),
            waiting: Mutex::default(),
            draws_bars: streams.draws_bars(),
            messages: streams.messages.clone(),
            held: Mutex::default(),
            stderr: Mutex::new(&mut *streams.stderr),
        }
    }

    /// A state: one word for machines, a line for people.
    fn state(&self, state: &str, what: &str, host: Option<&str>) {
        self.tell_warnings();
        match (self.style, &self.bar) {
            (ProgressStyle::None, _) => {}
            (ProgressStyle::Json, _) => {
                let document = json!({ "state": state, "what": what, "host": host }).to_string();
                let mut stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
                // Progress that cannot be shown stops no pull.
                let _ = writeln!(stderr, "{}", printable_json(&document));
            }
            (_, Some(bar)) => bar.set_message(printable(&format!("{state} {what}"))),
            _ => {
                let failed = self.held().take_failed();
                failed.iter().for_each(|it| self.tell(Level::Info, it));
                let host = host.map_or_else(String::new, |host| format!(" at {host}"));
                self.tell(Level::Info, &format!("{state} {what}{host}"));
            }
        }
    }

    /// A host did not help.
    fn host_failed(&self, why: &str, host: &str) {
        self.held()
            .warnings
            .retain(|warning| !why.contains(warning.as_str()));
        match self.style {
            ProgressStyle::Plain => self.held().failed.push(format!("failed {why} at {host}")),
            _ => self.state("failed", why, Some(host)),
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A warning, which no style leaves out.
    fn warning(&self, text: &str, help: &[Help]) {
        let message = Message {
            help,
            ..Message::new(Level::Warning, text)
        };
        match &self.bar {
            Some(bar) => bar.suspend(|| self.write(&message)),
            None => self.write(&message),
        }
    }

    /// The warnings so far.
    fn tell_warnings(&self) {
        let warnings = std::mem::take(&mut self.held().warnings);
        for text in &warnings {
            self.warning(text, &[]);
        }
    }

    fn tell(&self, level: Level, text: &str) {
        self.write(&Message::new(level, text));
    }

    fn write(&self, message: &Message<'_>) {
        let mut stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        self.messages.write(message, &mut **stderr);
    }

    /// Somebody is waited for, or nobody.
    fn wait(&self, awaited: Option<Awaited>) {
        let what = awaited.map(|awaited| match awaited {
            Awaited::Daemon => "waiting for containerd",
            _ => "asking the hosts",
        });
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // The one before is cleared away first.
        drop(waiting.take());
        *waiting = what.map(|what| Waiting::drawn(what, self.draws_bars));
    }
}

impl ClientObserver for ProgressDisplay<'_> {
    fn observe(&self, event: ClientEvent<'_>) {
        match event {
            ClientEvent::Waiting(awaited) => return self.wait(Some(awaited)),
            _ => self.wait(None),
        }
        match event {
            ClientEvent::Http(event) => self.report(event),
            #[cfg(feature = "containerd")]
            other => self.report_daemon(other),
            #[cfg(not(feature = "containerd"))]
            _ => {}
        }
    }
}

impl ProgressDisplay<'_> {
    fn report(&self, event: Event<'_>) {
        match event {
            Event::Resolved { host, digest, .. } => self.state("resolved", digest, Some(host)),
            Event::HostFailed(report) => {
                self.host_failed(&report.outcome.to_string(), &report.host)
            }
            Event::Warning(text) => self.held().warnings.push(text.to_owned()),
            Event::Started {
                descriptor,
                resumed,
                ..
            } => {
                if let Some(bar) = &self.bar {
                    bar.inc_length(descriptor.size);
                    bar.inc(resumed);
                }
            }
            Event::Advanced { bytes, .. } => {
                if let Some(bar) = &self.bar {
                    bar.inc(bytes);
                }
            }
            Event::Done {
                descriptor, host, ..
            } => {
                let state = if host.is_some() { "done" } else { "present" };
                self.state(state, &describe(descriptor), host);
            }
            _ => {}
        }
    }
}

impl Drop for ProgressDisplay<'_> {
    fn drop(&mut self) {
        self.wait(None);
        self.tell_warnings();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Held {
    /// The lines about hosts that were not told yet.
    fn take_failed(&mut self) -> Vec<String> {
        let mut failed = std::mem::take(&mut self.failed);
        failed.retain(|line| !self.told.contains(line));
        failed.dedup();
        self.told.extend(failed.iter().cloned());
        failed
    }
}

fn describe(descriptor: &Descriptor) -> String {
    format!("{} ({})", descriptor.digest, DecimalBytes(descriptor.size))
}
