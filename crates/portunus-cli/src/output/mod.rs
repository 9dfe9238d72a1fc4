//! What the person at the terminal, or the script, reads.

pub(crate) mod table;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod tilde;

use std::io::{self, Write};

use portunus::hosts::{Capabilities, Host};
use portunus::name::RegistryNamespace;
use portunus::printable::{printable, printable_json};
use portunus::secret::Secret;
use portunus::store::{Entry, SourceError, SourceErrorKind};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use crate::messages::{Level, Message};
use crate::streams::Streams;

/// Prints a failure and says with which code the program ends.
pub(crate) fn failure(failure: &Failure, streams: &mut Streams) -> Exit {
    let general = failure.exit.help().filter(|_| !failure.is_whole);
    let message = Message {
        details: &failure.details,
        help: match failure.help.is_empty() {
            true => general.as_slice(),
            false => &failure.help,
        },
        exit_code: Some(failure.exit.code()),
        ..Message::new(Level::Error, &failure.message)
    };
    tell(&message, streams);
    failure.exit
}

/// Prints what would be a failure as something that is good to know.
pub(crate) fn no_failure(failure: &Failure, streams: &mut Streams) {
    let message = Message {
        details: &failure.details,
        help: &failure.help,
        ..Message::new(Level::Note, &failure.message)
    };
    tell(&message, streams);
}

/// Prints a result, line by line: a command is done with that.
pub(crate) fn result(
    lines: impl IntoIterator<Item: AsRef<str>>,
    streams: &mut Streams,
) -> Result<Exit, Failure> {
    let shown = |line: &str| printable(line) + "\n";
    let text: String = lines.into_iter().map(|line| shown(line.as_ref())).collect();
    verbatim(&text, streams)
}

/// Prints a JSON document as a result.
pub(crate) fn json(document: &Value, streams: &mut Streams) -> Result<Exit, Failure> {
    verbatim(&printable_json(&format!("{document:#}\n")), streams)
}

/// Prints what programs read, and no person: scripts, and a protocol's answers. That the reader
/// went away (`| head`) changes nothing of what is done.
pub(crate) fn verbatim(text: &str, streams: &mut Streams) -> Result<Exit, Failure> {
    let written = streams
        .stdout
        .write_all(text.as_bytes())
        .and_then(|()| streams.stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Exit::Done),
    }
}

/// What every JSON document tells of an entry, never its secret, and what this one tells besides.
pub(crate) fn entry(entry: &Entry, more: Value) -> Value {
    let key = &entry.key;
    let mut document = json!({
        "host": key.host().to_string(),
        "registry_namespace": key.registry_namespace().map(|name| name.as_str()),
        "repository": key.repository().map(|repository| repository.as_str()),
        "profile": key.profile().name(),
        "username": entry.username,
        "kind": entry.kind.map(|kind| kind.as_str()),
    });
    if let (Value::Object(document), Value::Object(more)) = (&mut document, more) {
        document.extend(more);
    }
    document
}

/// Where a host is asked: its path where that is not the usual `/v2`, and `?ns=` where it is sent.
pub(crate) fn url(host: &Host, registry_namespace: &RegistryNamespace) -> String {
    let path = match &*host.path {
        "/v2" => "",
        path => path,
    };
    let ns = match host.sends_ns {
        true => format!("?ns={registry_namespace}"),
        false => String::new(),
    };
    format!("{}://{}{path}{ns}", host.scheme, host.host)
}

/// The capabilities of a host in short.
pub(crate) fn capabilities(host: &Host) -> String {
    let names = host.capabilities.names();
    match names.len() == Capabilities::default().names().len() {
        true => "all".to_owned(),
        false => names.join(" "),
    }
}

/// What JSON documents tell of entries that answer for nobody.
pub(crate) fn unusable(warnings: &[SourceError]) -> Vec<Value> {
    of_kinds(warnings, &[SourceErrorKind::Unusable])
}

/// What JSON documents tell of sources that could not be looked into, whatever they hold.
pub(crate) fn unread(warnings: &[SourceError]) -> Vec<Value> {
    let kinds = [SourceErrorKind::Broken, SourceErrorKind::Inaccessible];
    of_kinds(warnings, &kinds)
}

fn of_kinds(warnings: &[SourceError], kinds: &[SourceErrorKind]) -> Vec<Value> {
    let of_kinds = warnings.iter().filter(|it| kinds.contains(&it.kind));
    let document = |it: &SourceError| {
        json!({
            "source": it.source_name.as_str(),
            "location": it.location.to_string(),
            "problem": it.problem,
        })
    };
    of_kinds.map(document).collect()
}

/// Prints what is done or was found, which is no result.
pub(crate) fn info(message: &str, streams: &mut Streams) {
    tell(&Message::new(Level::Info, message), streams);
}

/// Prints what was understood otherwise than it may have been meant.
pub(crate) fn note(message: &str, streams: &mut Streams) {
    tell(&Message::new(Level::Note, message), streams);
}

/// Prints a warning.
pub(crate) fn warning(message: &str, help: Option<Help>, streams: &mut Streams) {
    let help: Vec<Help> = help.into_iter().collect();
    warning_with(message, &help, streams);
}

/// Prints a warning that there is more than one answer to.
pub(crate) fn warning_with(message: &str, help: &[Help], streams: &mut Streams) {
    let message = Message {
        help,
        ..Message::new(Level::Warning, message)
    };
    tell(&message, streams);
}

/// Asks the person at the terminal for a line.
pub(crate) fn ask(question: &str, streams: &mut Streams) -> io::Result<String> {
    streams.prompt.line(&printable(question))
}

/// Whether the person at the terminal agrees.
pub(crate) fn agrees(question: &str, streams: &mut Streams) -> bool {
    let answer = ask(&format!("{question} [y/N] "), streams).unwrap_or_default();
    matches!(answer.trim(), "y" | "Y" | "yes")
}

/// Asks the person at the terminal for a secret.
pub(crate) fn ask_secret(question: &str, streams: &mut Streams) -> io::Result<Secret> {
    streams.prompt.secret(&printable(question))
}

fn tell(message: &Message<'_>, streams: &mut Streams) {
    streams.messages.write(message, &mut *streams.stderr);
}
