//! What the person at the terminal, or the script, reads.

mod messages;
mod table;
#[cfg(test)]
pub(crate) mod tests;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::CommandFactory;
use clap::error::ErrorKind;
use portunus::store::Entry;
use serde_json::{Map, Value, json};

use crate::arguments::Arguments;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::streams::Streams;

use messages::wants_colours;

pub(crate) use messages::{Level, Message, Messages};
pub(crate) use table::Table;

/// Prints a failure and says with which code the program ends.
pub(crate) fn failure(failure: &Failure, streams: &mut Streams) -> Exit {
    let general = [failure.exit.help().to_owned()];
    let message = Message {
        details: &failure.details,
        help: match failure.help.is_empty() {
            true => &general,
            false => &failure.help,
        },
        exit_code: Some(failure.exit.code()),
        ..Message::new(Level::Error, &failure.message)
    };
    tell(&message, streams);
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
    let styled = error.render();
    let plain = styled.to_string();
    if let Some(problem) = plain.strip_prefix("error: ") {
        return failure(&misused(problem, given), streams);
    }
    let is_terminal = match error.use_stderr() {
        true => streams.terminals.stderr,
        false => streams.terminals.stdout,
    };
    let text = match is_terminal && wants_colours(environment) {
        true => styled.ansi().to_string(),
        false => plain,
    };
    // Where the stream is closed there is nobody to tell.
    if error.use_stderr() {
        let _ = streams.stderr.write_all(text.as_bytes());
        return Exit::Usage;
    }
    let _ = streams.stdout.write_all(text.as_bytes());
    Exit::Done
}

/// What clap says, as a failure of ours: its first line, the others below, its tips as help, and
/// the help to ask for.
fn misused(problem: &str, given: &[OsString]) -> Failure {
    let mut lines = problem.lines().map(str::trim);
    let failure = Failure::new(Exit::Usage, lines.next().unwrap_or_default());
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("For more information"));
    let failure = lines.fold(failure, |failure, line| match line.strip_prefix("tip: ") {
        Some(tip) => failure.help(tip),
        None => failure.detail(line),
    });
    let commands = Arguments::command();
    let mut words = given.iter().skip(1);
    let command = words.find_map(|word| commands.find_subcommand(word));
    failure.help(match command {
        Some(command) => format!("portunus {} --help", command.get_name()),
        None => "portunus --help".to_owned(),
    })
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

/// Prints a result. That its reader went away (`| head`) changes nothing of what is done.
pub(crate) fn result(text: &str, streams: &mut Streams) -> Result<(), Failure> {
    let written = streams
        .stdout
        .write_all(text.as_bytes())
        .and_then(|()| streams.stdout.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
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
    tell(&Message::new(Level::Note, message), streams);
}

/// Prints a warning.
pub(crate) fn warning(message: &str, help: Option<&str>, streams: &mut Streams) {
    let help: Vec<String> = help.map(str::to_owned).into_iter().collect();
    warning_with(message, &help, streams);
}

/// Prints a warning that there is more than one answer to.
pub(crate) fn warning_with(message: &str, help: &[String], streams: &mut Streams) {
    let message = Message {
        help,
        ..Message::new(Level::Warning, message)
    };
    tell(&message, streams);
}

fn tell(message: &Message<'_>, streams: &mut Streams) {
    streams.messages.write(message, &mut *streams.stderr);
}
