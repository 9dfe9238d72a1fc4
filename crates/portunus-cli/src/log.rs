//! What `-v`, `--debug` and `PORTUNUS_LOG` show on standard error: our own events, for the time of
//! one call. Events name keys and places; a secret has no text to be written with.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use portunus::printable::{printable, printable_json};
use tracing::level_filters::LevelFilter;
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{self as layer, FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::global::GlobalOptions;
use crate::log_format::LogFormat;
use crate::streams::Streams;
use portunus_client::Environment;

/// Does the work while events go to standard error, where that was asked for.
pub(crate) fn record<T>(
    global: &GlobalOptions,
    environment: &Environment,
    streams: &mut Streams,
    work: impl FnOnce(&mut Streams) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let level = level(global, environment)?;
    if level == LevelFilter::OFF {
        return work(streams);
    }
    let stderr = SharedWriter::new(std::mem::replace(&mut streams.stderr, Box::new(io::sink())));
    streams.stderr = Box::new(stderr.clone());
    // Lines of a log and something that moves would tear each other apart.
    let process_stderr = std::mem::take(&mut streams.process_stderr);
    let dispatch = dispatch(level, global.log_format, environment.now, stderr.clone());
    let result = tracing::dispatcher::with_default(&dispatch, || work(streams));
    streams.stderr = stderr.take();
    streams.process_stderr = process_stderr;
    // What another run would tell has been told.
    result.map_err(Failure::whole)
}

/// Flags over the environment; a format alone asks for the first level.
fn level(global: &GlobalOptions, environment: &Environment) -> Result<LevelFilter, Failure> {
    Ok(match (global.verbose, global.debug) {
        (0 | 1, true) | (2, _) => LevelFilter::DEBUG,
        (0, false) => return from_environment(global, environment),
        (1, false) => LevelFilter::INFO,
        (_, _) => LevelFilter::TRACE,
    })
}

fn from_environment(
    global: &GlobalOptions,
    environment: &Environment,
) -> Result<LevelFilter, Failure> {
    let Some(name) = environment.text("PORTUNUS_LOG")? else {
        return Ok(match global.log_format {
            Some(_) => LevelFilter::INFO,
            None => LevelFilter::OFF,
        });
    };
    match name.parse() {
        // Numbers are levels of the library, of which 1 tells least.
        Ok(level) if !name.starts_with(|c: char| c.is_ascii_digit()) => Ok(level),
        _ => {
            let message = format!("`PORTUNUS_LOG`: there is no level `{name}`");
            let levels = "the levels are off, error, warn, info, debug and trace";
            Err(Failure::new(Exit::Usage, message).help(levels))
        }
    }
}

fn dispatch(
    level: LevelFilter,
    format: Option<LogFormat>,
    now: fn() -> SystemTime,
    stderr: SharedWriter,
) -> Dispatch {
    // Other libraries' events may hold what they send.
    let ours = Targets::new().with_target("portunus", level);
    let lines = layer::layer()
        .with_ansi(false)
        .with_target(false)
        .with_writer(move || stderr.clone());
    let registry = Registry::default();
    match format {
        Some(LogFormat::Json) => {
            let lines = lines.json().flatten_event(true).with_timer(Clock(now));
            let lines = lines.map_event_format(|format| Filtered(format, printable_json));
            Dispatch::new(registry.with(lines.with_filter(ours)))
        }
        _ => {
            let lines = lines.event_format(Filtered(Line, printable));
            Dispatch::new(registry.with(lines.with_filter(ours)))
        }
    }
}

/// An event as a line of another format, with other people's text made harmless.
struct Filtered<F>(F, fn(&str) -> String);

impl<S, N, F> FormatEvent<S, N> for Filtered<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        let Self(format, filter) = self;
        format.format_event(context, Writer::new(&mut line), event)?;
        writeln!(writer, "{}", filter(line.trim_end_matches('\n')))
    }
}

/// `debug: what happened key=value`.
struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let level = event.metadata().level().as_str().to_ascii_lowercase();
        write!(writer, "{level}: ")?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

struct Clock(fn() -> SystemTime);

impl FormatTime for Clock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", humantime::format_rfc3339_millis((self.0)()))
    }
}

/// Standard error, which events and everything else write to in turn.
#[derive(Clone)]
struct SharedWriter(Arc<Mutex<Box<dyn Write + Send>>>);

impl SharedWriter {
    fn new(stderr: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(stderr)))
    }

    /// Gives the stream back; what is written here later goes nowhere.
    fn take(&self) -> Box<dyn Write + Send> {
        std::mem::replace(&mut *self.lock(), Box::new(io::sink()))
    }

    fn lock(&self) -> MutexGuard<'_, Box<dyn Write + Send>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for SharedWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().flush()
    }
}
