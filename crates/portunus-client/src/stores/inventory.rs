use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use portunus::store::{AuthContents, Entries, Source as _, SourceError, SourceName, Store};

use tracing::info;

use super::{NamedHelpers, Stores, keyutils};
use crate::store_choice::StoreChoice;

/// A place that credentials are looked for in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StorePlace {
    /// What kind of source.
    pub source: SourceName,
    /// A path, or what it is in words.
    pub location: String,
    /// What is there.
    pub holding: Holding,
}

/// What a place holds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Holding {
    /// It is not there.
    Absent,
    /// So much, and helpers that it names: what these have is not known without asking them.
    #[non_exhaustive]
    Held {
        /// How many entries there are.
        entries: usize,
        /// How many more are of no use.
        unusable: usize,
        /// The helpers, without `docker-credential-`.
        helpers: Vec<String>,
    },
    /// It cannot be read.
    Failed(String),
}

impl Stores<'_> {
    /// Every place, in the order of the sources, and what is there. No helper is asked.
    pub fn inventory(&self) -> Vec<StorePlace> {
        let variable = self.docker_auth_variable().map(|it| it.list());
        let mut places = vec![StorePlace {
            source: SourceName::ENVIRONMENT,
            location: "DOCKER_AUTH_CONFIG".to_owned(),
            holding: variable.map_or(Holding::Absent, Holding::of),
        }];
        let own = self.file();
        let held = || Holding::of(own.list());
        places.push(StorePlace::of_file(own.name(), own.path(), held));
        places.extend(self.keyring(true).map(|optional| StorePlace {
            source: SourceName::KEYRING,
            location: "the desktop's".to_owned(),
            holding: self.look_into_keyring(&optional),
        }));
        if self.choice == StoreChoice::Keyutils {
            places.extend(keyutils().map(|kernel| StorePlace {
                source: SourceName::KEYRING,
                location: "the kernel's".to_owned(),
                holding: Holding::of(kernel.list()),
            }));
        }
        if let Some(NamedHelpers { named, file }) = &self.named_helpers {
            let helpers: BTreeSet<String> = named.iter().map(|it| it.name.clone()).collect();
            places.push(StorePlace {
                source: SourceName::HELPER,
                location: format!("[helpers] in {}", file.display()),
                holding: Holding::Held {
                    entries: 0,
                    unusable: 0,
                    helpers: helpers.into_iter().collect(),
                },
            });
        }
        if let Some(docker) = self.docker() {
            let held = || Holding::of_contents(docker.contents());
            places.push(StorePlace::of_file(docker.name(), docker.path(), held));
        }
        if let StoreChoice::Helper(name) = &self.choice {
            places.push(StorePlace {
                source: SourceName::HELPER,
                location: format!("docker-credential-{name}"),
                holding: Holding::Held {
                    entries: 0,
                    unusable: 0,
                    helpers: vec![name.clone()],
                },
            });
        }
        for file in self.containers() {
            let held = || Holding::of_contents(file.contents());
            places.push(StorePlace::of_file(file.name(), file.path(), held));
        }
        places
    }

    /// A keyring that may be absent holds nothing there; one that has to be there says so.
    fn look_into_keyring(&self, optional: &Arc<dyn Store>) -> Holding {
        let listed = optional.list();
        let is_absent = || self.keyring(false).is_some_and(|it| it.list().is_err());
        match &listed {
            Ok(listed) if listed.entries.is_empty() && is_absent() => Holding::Absent,
            _ => Holding::of(listed),
        }
    }
}

impl StorePlace {
    /// Tells whoever listens to events.
    pub fn tell(&self) {
        let (source, location) = (self.source.as_str(), &self.location);
        info!(source, location, holds = %self.holding, "source");
    }

    fn of_file(source: SourceName, path: &Path, held: impl FnOnce() -> Holding) -> Self {
        // What cannot be looked at is no absent file.
        let is_absent = path.try_exists().is_ok_and(|exists| !exists);
        Self {
            source,
            location: path.display().to_string(),
            holding: match is_absent {
                true => Holding::Absent,
                false => held(),
            },
        }
    }
}

impl Holding {
    fn of(listed: Result<Entries, SourceError>) -> Self {
        Self::of_contents(listed.map(|entries| {
            let mut contents = AuthContents::default();
            contents.entries = entries;
            contents
        }))
    }

    fn of_contents(contents: Result<AuthContents, SourceError>) -> Self {
        let contents = match contents {
            Ok(contents) => contents,
            Err(error) => return Self::Failed(error.problem),
        };
        Self::Held {
            entries: contents.entries.entries.len(),
            unusable: contents.entries.warnings.len(),
            helpers: contents.helpers,
        }
    }
}

impl fmt::Display for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Failed(problem) => write!(f, "cannot be read: {problem}"),
            Self::Held {
                entries,
                unusable,
                helpers,
            } => {
                let plural = if *entries == 1 { "entry" } else { "entries" };
                write!(f, "{entries} {plural}")?;
                if *unusable > 0 {
                    write!(f, ", {unusable} of no use")?;
                }
                helpers
                    .iter()
                    .try_for_each(|name| write!(f, ", docker-credential-{name}"))
            }
        }
    }
}
