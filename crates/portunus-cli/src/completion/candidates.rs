use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use portunus::name::RegistryNamespace;
use portunus::printable::is_printable;
use portunus_client::{Environment, Overrides, Settings};

use crate::log_format::values_in;

/// What this machine knows of a kind of name, with the registry namespace that the line names.
type Names = fn(&Settings, Option<&RegistryNamespace>) -> Vec<String>;

const NAMESPACES: Names = |settings, _| settings.known_registry_namespaces();
const HOSTS: Names = |settings, named| settings.known_hosts(named);
const LOGINS: Names = |settings, named| settings.known_logins(named);
const PROFILES: Names = |settings, _| settings.known_profiles();
const IMAGES: Names = |settings, _| {
    let names = settings.known_registry_namespaces().into_iter();
    names.map(|name| name + "/").collect()
};

const ARGUMENTS: [(&str, &str, Names); 9] = [
    ("check", "subjects", NAMESPACES),
    ("hosts", "registry_namespace", NAMESPACES),
    ("login", "registry_namespace", NAMESPACES),
    ("login", "server", HOSTS),
    ("logout", "registry_namespace", NAMESPACES),
    ("logout", "server", LOGINS),
    ("pull", "image", IMAGES),
    ("push", "image", IMAGES),
    ("resolve", "image", IMAGES),
];

/// The tree of commands, whose arguments know what they may be on this machine. `words`: those of the
/// line before the one that is typed.
pub(super) fn with_candidates(
    command: Command,
    words: &[OsString],
    environment: &Environment,
) -> Command {
    let settings = Settings::read(&overrides(words, environment), environment);
    // Nothing is told while a line is typed.
    let Ok(settings) = settings.map(Arc::new) else {
        return command;
    };
    let named = values_in("--registry-namespace", words).pop();
    let named = named.and_then(|name| RegistryNamespace::new(name).ok());
    let with_names = |argument: Arg, names: Names| {
        let (settings, named) = (settings.clone(), named.clone());
        argument.add(ArgValueCandidates::new(move || {
            let mut names = names(&settings, named.as_ref());
            // They go into the line that is typed, where an escape would mean something else.
            names.retain(|name| name.chars().all(is_printable));
            names.into_iter().map(CompletionCandidate::new).collect()
        }))
    };
    let mut command = command.mut_arg("profile", |it| with_names(it, PROFILES));
    command.build();
    let arguments = ARGUMENTS.into_iter();
    arguments.fold(command, |command, (name, argument, names)| {
        command.mut_subcommand(name, |command| {
            command.mut_arg(argument, |it| with_names(it, names))
        })
    })
}

/// What the line says of the settings.
fn overrides(words: &[OsString], environment: &Environment) -> Overrides {
    let paths = |flag| {
        let values = values_in(flag, words).into_iter();
        values.map(|value| path(value, environment))
    };
    let mut overrides = Overrides::default();
    overrides.hosts_directories.extend(paths("--hosts-dir"));
    overrides.config_directory = paths("--config-dir").next_back();
    overrides.profile = values_in("--profile", words).pop().map(str::to_owned);
    overrides
}

/// A path as the shell will hand it over: it has not yet replaced a `~`.
fn path(typed: &str, environment: &Environment) -> PathBuf {
    let home = environment.path("HOME");
    match typed.strip_prefix("~/").zip(home) {
        Some((below, home)) => home.join(below),
        None => typed.into(),
    }
}
