use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use portunus::printable::is_printable;

use crate::shell_word::{shell_word, shell_words};
use portunus_client::Overrides;

/// The name of our own program.
const OURS: &str = "portunus";

/// What a program of ours can be told to do, as it is called here.
pub(crate) const VERBS: [&str; 11] = [
    "check", "config", "export", "hosts", "list", "login", "logout", "profile", "pull", "push",
    "resolve",
];

/// The program in which a verb runs: what it is called, and by which words each verb is run there.
/// Its help, what it tells to run next, and the entries it stores name it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// As a word of a command.
    name: String,
    version: Option<String>,
    /// The words behind the name for each verb that can be run; `None`: its own name, for all.
    places: Option<BTreeMap<String, String>>,
    profile_flag: Option<String>,
    /// What was said for this run alone, and must be said again for the next to be of the same
    /// directories.
    said: Vec<String>,
    /// The profile that was said for this run alone.
    said_profile: Option<String>,
    /// The pull secrets that were given for this run alone, as arguments.
    pull_secrets: Vec<String>,
}

/// Initialization
impl Program {
    /// A program with all verbs directly below its name, and the options of every command.
    pub fn named(name: &str) -> Self {
        Self {
            name: shell_word(name).into_owned(),
            version: (name == OURS).then(|| env!("CARGO_PKG_VERSION").to_owned()),
            places: None,
            profile_flag: Some("--profile".to_owned()),
            said: Vec::new(),
            said_profile: None,
            pull_secrets: Vec::new(),
        }
    }

    /// The same where this flag names the profile.
    #[must_use]
    pub fn with_profile_flag(mut self, flag: impl Into<String>) -> Self {
        self.profile_flag = Some(flag.into());
        self
    }

    /// The same with a version, which entries that are stored tell beside the name.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The same, where the commands it tells to run are given these options again.
    pub(crate) fn with_options(mut self, options: &Overrides) -> Self {
        let config = options.config_directory.iter();
        let config = config.map(|it| ("--config-dir", it));
        let hosts = options.hosts_directories.iter();
        let hosts = hosts.map(|it| ("--hosts-dir", it));
        let said = config.chain(hosts);
        self.said = said
            .flat_map(|(flag, path)| [flag.to_owned(), path.to_string_lossy().into_owned()])
            .collect();
        self.said_profile.clone_from(&options.profile);
        self
    }

    /// Has the commands it tells to run given these pull secrets again, where they take some.
    pub(crate) fn give_pull_secrets(&mut self, paths: &[PathBuf]) {
        let given = paths.iter().map(|path| path.to_string_lossy().into_owned());
        self.pull_secrets = given
            .flat_map(|path| ["--pull-secret".to_owned(), path])
            .collect();
    }

    /// One that runs the verbs by these words behind its name, and no others.
    pub(crate) fn with_places(
        name: &str,
        version: Option<&str>,
        places: BTreeMap<String, String>,
    ) -> Self {
        Self {
            version: version.map(str::to_owned),
            places: Some(places),
            profile_flag: None,
            ..Self::named(name)
        }
    }

    /// One that was started so. What would do something to a terminal is no name.
    pub(crate) fn started(started: Option<&OsStr>) -> Self {
        let name = started.and_then(|started| Path::new(started).file_name());
        let name = name.map(OsStr::to_string_lossy);
        let name = name.filter(|name| name.chars().all(is_printable));
        name.map_or_else(Self::default, |name| Self::named(&name))
    }
}

impl Program {
    /// What it is called, as a word of a command.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What an entry says of who stored it.
    pub(crate) fn stored_by(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.name),
            None => self.name.clone(),
        }
    }

    /// A command whose first word is a verb, as it is typed; `None`: there is none.
    pub(crate) fn command<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Option<String> {
        let mut words: Vec<&str> = words.into_iter().collect();
        let has_profile = words.contains(&"--profile");
        for word in words.iter_mut().filter(|word| **word == "--profile") {
            *word = self.profile_flag.as_deref()?;
        }
        let is_help = words.contains(&"--help");
        let (command, rest) = match words.split_first() {
            Some((verb, rest)) if !verb.starts_with('-') => {
                (self.verb(verb, is_help, has_profile)?, rest)
            }
            _ => (self.name.clone(), &words[..]),
        };
        let rest = shell_words(rest.iter().copied());
        Some(match rest.is_empty() {
            true => command,
            false => format!("{command} {rest}"),
        })
    }

    /// A text with the name in place of each `{program}`, where every verb behind one can be run.
    pub(crate) fn fill(&self, text: &str) -> Option<String> {
        let mut pieces = text.split("{program}");
        let mut filled = pieces.next()?.to_owned();
        for piece in pieces {
            let behind = piece.strip_prefix(' ');
            let end = |text: &str| {
                let is_of_word = |c: char| c.is_ascii_lowercase() || c == '-';
                text.find(|c| !is_of_word(c)).unwrap_or(text.len())
            };
            match behind.map(|text| text.split_at(end(text))) {
                Some((verb, rest)) if VERBS.contains(&verb) => {
                    filled.push_str(&self.verb(verb, rest.starts_with(" --help"), false)?);
                    filled.push_str(rest);
                }
                _ => {
                    filled.push_str(&self.name);
                    filled.push_str(piece);
                }
            }
        }
        Some(filled)
    }

    /// A verb as it is typed, with what was said for this run as far as it says something to it: the
    /// key of a login names the profile, and hosts have none.
    fn verb(&self, verb: &str, is_help: bool, has_profile: bool) -> Option<String> {
        let place = self.place(verb)?;
        if is_help {
            return Some(format!("{} {place}", self.name));
        }
        let profile = match verb {
            "login" | "logout" | "check" | "hosts" | "profile" => None,
            _ => self.said_profile.as_deref().filter(|_| !has_profile),
        };
        let profile = profile.into_iter().flat_map(|name| ["--profile", name]);
        let said = self.said.iter().map(String::as_str);
        let secrets = match verb {
            "pull" | "push" | "resolve" => &self.pull_secrets[..],
            _ => &[],
        };
        let secrets = shell_words(secrets.iter().map(String::as_str));
        let parts = [
            &self.name,
            &shell_words(said.chain(profile)),
            &place,
            &secrets,
        ];
        let parts = parts.into_iter().filter(|it| !it.is_empty()).cloned();
        Some(parts.collect::<Vec<_>>().join(" "))
    }

    /// The words behind the name that run a verb; `None`: none do.
    pub(crate) fn place(&self, verb: &str) -> Option<String> {
        match &self.places {
            None => Some(verb.to_owned()),
            Some(places) => places.get(verb).cloned(),
        }
    }
}

impl Default for Program {
    fn default() -> Self {
        Self::named(OURS)
    }
}
