use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use crate::shell_word::{shell_word, shell_words};

/// The name of our own program.
const OURS: &str = "portunus";

/// What a program of ours can be told to do, as it is called here.
pub(crate) const VERBS: [&str; 9] = [
    "check", "config", "hosts", "list", "login", "logout", "pull", "push", "resolve",
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

    /// One that was started so.
    pub(crate) fn started(started: Option<&OsStr>) -> Self {
        let name = started.and_then(|started| Path::new(started).file_name());
        name.map_or_else(Self::default, |name| Self::named(&name.to_string_lossy()))
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
        for word in words.iter_mut().filter(|word| **word == "--profile") {
            *word = self.profile_flag.as_deref()?;
        }
        let (place, rest) = match words.split_first() {
            Some((verb, rest)) if !verb.starts_with('-') => (self.place(verb)?, rest),
            _ => (String::new(), &words[..]),
        };
        let rest = shell_words(rest.iter().copied());
        let parts = [self.name.as_str(), &place, &rest];
        let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
        Some(parts.join(" "))
    }

    /// A text with the name in place of each `{program}`, where every verb behind one can be run.
    pub(crate) fn fill(&self, text: &str) -> Option<String> {
        let mut pieces = text.split("{program}");
        let mut filled = pieces.next()?.to_owned();
        for piece in pieces {
            filled.push_str(&self.name);
            let behind = piece.strip_prefix(' ');
            let end = |text: &str| {
                let is_of_word = |c: char| c.is_ascii_lowercase() || c == '-';
                text.find(|c| !is_of_word(c)).unwrap_or(text.len())
            };
            match behind.map(|text| text.split_at(end(text))) {
                Some((verb, rest)) if is_verb(verb) => {
                    filled.push(' ');
                    filled.push_str(&self.place(verb)?);
                    filled.push_str(rest);
                }
                _ => filled.push_str(piece),
            }
        }
        Some(filled)
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

fn is_verb(word: &str) -> bool {
    VERBS.contains(&word)
}
