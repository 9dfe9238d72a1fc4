//! What the person at the terminal, or the script, reads.

mod table;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::error::ErrorKind;
use portunus::store::Entry;
use serde_json::{Map, Value, json};

use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::streams::Streams;

pub(crate) use table::Table;

/// Prints a failure and says with which code the program ends.
pub(crate) fn failure(failure: &Failure, streams: &mut Streams) -> Exit {
    if failure.closed_output {
        return failure.exit;
    }
    let mut text = format!("error: {}\n", failure.message);
    for detail in &failure.details {
        text.push_str(&format!("  {detail}\n"));
    }
    for help in &failure.help {
        text.push_str(&format!("help: {help}\n"));
    }
    // Where standard error is closed there is nobody to tell.
    let _ = streams.stderr.write_all(text.as_bytes());
    failure.exit
}

/// Prints what clap says about the arguments, or the help that was asked for.
pub(crate) fn usage(
    error: &clap::Error,
    given: &[OsString],
    environment: &Environment,
    streams: &mut Streams,
) -> Exit {
    if error.kind() == ErrorKind::InvalidUtf8 {
        return failure(&not_text(given), streams);
    }
    let is_terminal = match error.use_stderr() {
        true => streams.terminals.stderr,
        false => streams.terminals.stdout,
    };
    let styled = error.render();
    let text = match is_terminal && wants_colours(environment) {
        true => styled.ansi().to_string(),
        false => styled.to_string(),
    };
    // Where the stream is closed there is nobody to tell.
    if error.use_stderr() {
        let _ = streams.stderr.write_all(text.as_bytes());
        return Exit::Usage;
    }
    let _ = streams.stdout.write_all(text.as_bytes());
    Exit::Done
}

/// Names the argument by its position: it may hold a password.
fn not_text(given: &[OsString]) -> Failure {
    let at = given
        .iter()
        .position(|argument| argument.to_str().is_none());
    let which = at.map_or_else(|| "an argument".to_owned(), |at| format!("argument {at}"));
    let message = format!("{which} is not UTF-8 text");
    Failure::new(Exit::Usage, message).help("only paths may be something else")
}

/// The user may forbid colours (no-color.org), and a dumb terminal has none.
fn wants_colours(environment: &Environment) -> bool {
    environment.variable("NO_COLOR").is_none() && environment.text("TERM") != Some("dumb")
}

/// Prints a result. A reader that went away (`| head`) ends the program quietly.
pub(crate) fn result(text: &str, streams: &mut Streams) -> Result<(), Failure> {
    let written = streams
        .stdout
        .write_all(text.as_bytes())
        .and_then(|()| streams.stdout.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::closed_output()),
        other => Ok(other?),
    }
}

/// Prints a JSON document as a result.
pub(crate) fn json(document: &Value, streams: &mut Streams) -> Result<(), Failure> {
    result(&format!("{document:#}\n"), streams)
}

/// What every JSON document tells of an entry, never its secret.
pub(crate) fn entry(entry: &Entry) -> Map<String, Value> {
    let key = &entry.key;
    let fields = [
        ("host", json!(key.host().to_string())),
        (
            "registry_namespace",
            json!(key.registry_namespace().map(|ns| ns.as_str())),
        ),
        (
            "repository",
            json!(key.repository().map(|repository| repository.as_str())),
        ),
        ("profile", json!(key.profile().name())),
        ("username", json!(entry.username)),
        ("kind", json!(entry.kind.map(|kind| kind.as_str()))),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Prints something the user should know, which is no result.
pub(crate) fn note(message: &str, streams: &mut Streams) {
    let _ = writeln!(streams.stderr, "{message}");
}

/// Prints a warning.
pub(crate) fn warning(message: &str, help: Option<&str>, streams: &mut Streams) {
    let _ = writeln!(streams.stderr, "warning: {message}");
    if let Some(help) = help {
        let _ = writeln!(streams.stderr, "help: {help}");
    }
}
