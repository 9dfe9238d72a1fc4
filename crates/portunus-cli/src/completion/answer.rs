use std::ffi::{OsStr, OsString};
use std::io;

use clap::Command;
use clap_complete::engine;
use clap_complete::env::Shells;

use super::bash;
use super::candidates::with_candidates;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::streams::Streams;
use portunus_client::Environment;

/// Answers a completion script: what the last of the words behind `--` may become in a line of this
/// command. Nothing but candidates is printed, since they go into the line that is being typed.
pub(crate) fn answer(
    command: Command,
    shell: &OsStr,
    given: &[OsString],
    environment: &Environment,
    streams: &mut Streams,
) -> Exit {
    let stderr = std::mem::replace(&mut streams.stderr, Box::new(io::sink()));
    let answered = complete(command, shell, given, environment, streams);
    streams.stderr = stderr;
    answered.unwrap_or_else(|failure| failure.exit)
}

fn complete(
    command: Command,
    shell: &OsStr,
    given: &[OsString],
    environment: &Environment,
    streams: &mut Streams,
) -> Result<Exit, Failure> {
    let words = given.iter().skip_while(|word| *word != "--").skip(1);
    let mut words: Vec<OsString> = words.cloned().collect();
    if shell == "bash" {
        words = bash::join_words(&words, environment);
    }
    let Some((word, before)) = words.split_last() else {
        return Ok(Exit::Done);
    };
    let mut command = with_candidates(command, before, environment);
    let replies = match shell.to_str() {
        Some("bash") => {
            let (last, all) = (before.len(), words.clone());
            let candidates = engine::complete(&mut command, all, last, None)?;
            bash::replies(&candidates, word, environment)
        }
        name => {
            let shells = Shells::builtins();
            let completer = name.and_then(|name| shells.completer(name));
            let completer = completer.ok_or_else(|| Failure::new(Exit::Usage, "no such shell"))?;
            let mut replies = Vec::new();
            completer.write_complete(&mut command, words, None, &mut replies)?;
            String::from_utf8_lossy(&replies).into_owned()
        }
    };
    output::verbatim(&replies, streams)
}
