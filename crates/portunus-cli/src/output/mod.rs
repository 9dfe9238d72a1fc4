//! What the person at the terminal, or the script, reads.

mod table;

use std::io::{ErrorKind, Write};

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

/// Prints what clap says about the arguments.
pub(crate) fn usage(error: &clap::Error, streams: &mut Streams) -> Exit {
    let text = error.render().to_string();
    if error.use_stderr() {
        let _ = streams.stderr.write_all(text.as_bytes());
        return Exit::Usage;
    }
    let _ = streams.stdout.write_all(text.as_bytes());
    Exit::Done
}

/// Prints a result. A reader that went away (`| head`) ends the program quietly.
pub(crate) fn result(text: &str, streams: &mut Streams) -> Result<(), Failure> {
    let written = streams
        .stdout
        .write_all(text.as_bytes())
        .and_then(|()| streams.stdout.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::closed_output()),
        other => Ok(other?),
    }
}

/// Prints a JSON document as a result.
pub(crate) fn json(document: &serde_json::Value, streams: &mut Streams) -> Result<(), Failure> {
    result(&format!("{document:#}\n"), streams)
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
