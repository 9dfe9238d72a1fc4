use std::ffi::{OsStr, OsString};
use std::io;

use clap::{Arg, Command};
use clap_complete::engine::{self, ArgValueCandidates, CompletionCandidate};
use clap_complete::env::Shells;

use super::bash;
use super::known::{Known, Line};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::streams::Streams;
use portunus_client::{Environment, Settings};

/// Answers a completion script: what the last of the words behind `--` may become
/// in a line of this command. Nothing but
/// candidates is printed, since they go into the line that is being typed.
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
    if words.is_empty() {
        return Ok(Exit::Done);
    }
    if shell == "bash" {
        words = bash::join_words(&words, environment);
    }
    let line = Line::new(&words);
    // Nothing is told while a line is typed.
    let known = Settings::read(&line.overrides(environment), environment)
        .map(|settings| Known::find(&line, &settings))
        .unwrap_or_default();
    let mut command = with_candidates(command, &known);
    let replies = match shell.to_str() {
        Some("bash") => {
            let word = words.last().cloned().unwrap_or_default();
            let last = words.len().saturating_sub(1);
            let candidates = engine::complete(&mut command, words, last, None)?;
            bash::replies(&candidates, &word, environment)
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

/// The whole tree, built, with what this machine knows.
fn with_candidates(command: Command, known: &Known) -> Command {
    let namespaces = &known.registry_namespaces;
    let images: Vec<String> = namespaces.iter().map(|name| format!("{name}/")).collect();
    let arguments = [
        ("check", "subjects", namespaces),
        ("hosts", "registry_namespace", namespaces),
        ("login", "registry_namespace", namespaces),
        ("login", "server", &known.hosts),
        ("logout", "registry_namespace", namespaces),
        ("logout", "server", &known.logins),
        ("pull", "image", &images),
        ("push", "image", &images),
        ("resolve", "image", &images),
    ];
    let profiles = known.profiles.clone();
    let mut command = command.mut_arg("profile", |argument| with_values(argument, profiles));
    command.build();
    arguments
        .into_iter()
        .fold(command, |command, (name, argument, values)| {
            command.mut_subcommand(name, |command| {
                command.mut_arg(argument, |argument| with_values(argument, values.clone()))
            })
        })
}

fn with_values(argument: Arg, values: Vec<String>) -> Arg {
    argument.add(ArgValueCandidates::new(move || {
        values.iter().map(CompletionCandidate::new).collect()
    }))
}
