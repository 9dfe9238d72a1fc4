use std::ffi::OsString;
use std::path::PathBuf;

use portunus::name::RegistryNamespace;
use portunus::printable::is_printable;
use portunus_client::{Environment, Overrides, Settings};

use crate::log_format::values_in;

/// The words of the line so far, without the one that is being typed.
#[derive(Debug)]
pub(super) struct Line<'a> {
    words: &'a [OsString],
    typed: &'a str,
}

impl<'a> Line<'a> {
    pub(super) fn new(words: &'a [OsString]) -> Self {
        let (typed, words) = words.split_last().unzip();
        Self {
            words: words.unwrap_or_default(),
            typed: typed.and_then(|it| it.to_str()).unwrap_or_default(),
        }
    }

    /// What the line says of the settings.
    pub(super) fn overrides(&self, environment: &Environment) -> Overrides {
        let paths = |flag| {
            values_in(flag, self.words)
                .into_iter()
                .map(|it| path(it, environment))
        };
        let mut overrides = Overrides::default();
        overrides.hosts_directories.extend(paths("--hosts-dir"));
        overrides.config_directory = paths("--config-dir").next_back();
        overrides.profile = self.value("--profile").map(str::to_owned);
        overrides
    }

    /// The value a flag has in the line: the last one.
    fn value(&self, flag: &str) -> Option<&'a str> {
        values_in(flag, self.words).pop()
    }

    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|it| it == word)
    }

    /// Whether the value of this flag is being typed.
    fn types_value_of(&self, flag: &str) -> bool {
        let joined = self.typed.strip_prefix(flag);
        let is_next = self.words.last().is_some_and(|word| word == flag);
        is_next || joined.is_some_and(|rest| rest.starts_with('='))
    }
}

/// A path as the shell will hand it over: it has not yet replaced a `~`.
fn path(typed: &str, environment: &Environment) -> PathBuf {
    let home = environment.path("HOME");
    match typed.strip_prefix("~/").zip(home) {
        Some((below, home)) => home.join(below),
        None => typed.into(),
    }
}

/// What this machine knows, to complete with.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) registry_namespaces: Vec<String>,
    /// The hosts of the registry namespace in the line, else of every one.
    pub(super) hosts: Vec<String>,
    /// Hosts of the profile's stored logins, where a logout is typed: those of the registry
    /// namespace in the line, else all.
    pub(super) logins: Vec<String>,
    /// Profiles that are configured or have logins, where one is typed.
    pub(super) profiles: Vec<String>,
}

impl Known {
    pub(super) fn find(line: &Line<'_>, settings: &Settings) -> Self {
        let named = line.value("--registry-namespace");
        let named = named.and_then(|name| RegistryNamespace::new(name).ok());
        let named = named.as_ref();
        Self {
            registry_namespaces: typable(settings.known_registry_namespaces()),
            hosts: typable(settings.known_hosts(named)),
            logins: match line.has("logout") {
                true => typable(settings.known_logins(named)),
                false => Vec::new(),
            },
            profiles: match line.types_value_of("--profile") {
                true => typable(settings.known_profiles()),
                false => Vec::new(),
            },
        }
    }
}

/// They go into the line that is typed, where an escape would mean something else.
fn typable(mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| name.chars().all(is_printable));
    names
}
