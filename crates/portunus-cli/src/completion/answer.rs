use std::ffi::{OsStr, OsString};
use std::io;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::Shells;
use portunus::hosts::Reading;
use portunus::name::RegistryNamespace;
use portunus::store::Entry;

use crate::arguments::{Arguments, Global};
use crate::context::Context;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::streams::Streams;

const REGISTRY_NAMESPACE: &str = "--registry-namespace";

/// Answers a completion script: what the last of the words behind `--` may become. Nothing but
/// candidates is printed, since they go into the line that is being typed.
pub(crate) fn answer(
    shell: &OsStr,
    given: &[OsString],
    environment: &Environment,
    streams: &mut Streams,
) -> Exit {
    let stderr = std::mem::replace(&mut streams.stderr, Box::new(io::sink()));
    let answered = answered(shell, given, environment, streams);
    streams.stderr = stderr;
    answered.map_or_else(|failure| failure.exit, |()| Exit::Done)
}

fn answered(
    shell: &OsStr,
    given: &[OsString],
    environment: &Environment,
    streams: &mut Streams,
) -> Result<(), Failure> {
    let shells = Shells::builtins();
    let completer = shell.to_str().and_then(|name| shells.completer(name));
    let completer = completer.ok_or_else(|| Failure::new(Exit::Usage, "no such shell"))?;
    let words = given.iter().skip_while(|word| *word != "--").skip(1);
    let words: Vec<OsString> = words.cloned().collect();
    let known = Context::new(&Global::default(), environment, streams)
        .map(|context| Known::find(&words, &context))
        .unwrap_or_default();
    let mut command = with_candidates(Arguments::command(), &known);
    command.build();
    let mut candidates = Vec::new();
    completer.write_complete(&mut command, words, None, &mut candidates)?;
    output::result(&String::from_utf8_lossy(&candidates), streams)
}

/// What this machine knows, to complete with.
#[derive(Debug, Default)]
struct Known {
    registry_namespaces: Vec<String>,
    /// The hosts of the registry namespace in the line, else of every one.
    hosts: Vec<String>,
    /// Hosts of stored logins, where a logout is typed: those of the registry namespace in the
    /// line, else all.
    logins: Vec<String>,
}

impl Known {
    fn find(words: &[OsString], context: &Context<'_>) -> Self {
        let directories = context.hosts();
        let named = registry_namespace(words);
        let configured = directories.registry_namespaces();
        let wanted = match &named {
            Some(name) => vec![name.clone()],
            None => configured.clone(),
        };
        let hosts = wanted
            .iter()
            .filter_map(|name| directories.hosts(name, Reading::AS_CONTAINERD).ok())
            .flat_map(|found| found.hosts)
            .map(|host| host.host);
        let logins = match words.iter().any(|word| word == "logout") {
            true => stored(context),
            false => Vec::new(),
        };
        let of_named =
            |entry: &&Entry| named.is_none() || entry.key.registry_namespace() == named.as_ref();
        Self {
            registry_namespaces: distinct(configured.iter().map(ToString::to_string)),
            hosts: distinct(hosts),
            logins: distinct(
                logins
                    .iter()
                    .filter(of_named)
                    .map(|e| e.key.host().to_string()),
            ),
        }
    }
}

/// The value of `--registry-namespace` in the line.
fn registry_namespace(words: &[OsString]) -> Option<RegistryNamespace> {
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let apart = words.windows(2).find(|pair| pair[0] == REGISTRY_NAMESPACE);
    let joined = words.iter().find_map(|word| {
        let value = word.strip_prefix(REGISTRY_NAMESPACE)?;
        value.strip_prefix('=')
    });
    RegistryNamespace::new(apart.map(|pair| pair[1]).or(joined)?).ok()
}

fn stored(context: &Context<'_>) -> Vec<Entry> {
    let stores = context.stores().map(|stores| stores.all());
    let listed = stores.into_iter().flatten().flat_map(|store| store.list());
    listed.flat_map(|listed| listed.entries).collect()
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}

fn with_candidates(command: Command, known: &Known) -> Command {
    let namespaces = &known.registry_namespaces;
    let images: Vec<String> = namespaces.iter().map(|name| format!("{name}/")).collect();
    let arguments = [
        ("check", "registry_namespaces", namespaces),
        ("hosts", "registry_namespace", namespaces),
        ("login", "registry_namespace", namespaces),
        ("login", "server", &known.hosts),
        ("logout", "registry_namespace", namespaces),
        ("logout", "server", &known.logins),
        ("pull", "image", &images),
        ("push", "image", &images),
        ("resolve", "image", &images),
    ];
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
