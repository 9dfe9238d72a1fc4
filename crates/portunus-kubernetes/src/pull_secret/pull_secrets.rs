use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portunus::name::{CredentialKey, Profile};
use portunus::store::{
    Entry, Location, PullSecret, PullSecretForm, Source, SourceError, SourceErrorKind, SourceName,
};

use super::files;
use super::merged::MergedEntry;
use super::objects::Objects;
use crate::manifest;

/// How many spellings of one key are tried. There are a few that people use.
const MOST_SPELLINGS: usize = 8;

/// Pull secrets in the order in which they were given: sources of credentials, the first of which
/// goes first where several hold something equally specific.
///
/// ```
/// use portunus::name::Profile;
/// use portunus_kubernetes::PullSecrets;
///
/// let manifest = r#"
/// apiVersion: v1
/// kind: Secret
/// metadata: {name: team-pull, namespace: ci}
/// type: kubernetes.io/dockerconfigjson
/// stringData:
///   .dockerconfigjson: |
///     {"auths": {"reg.test": {"username": "robot", "password": "hunter2"}}}
/// "#;
/// let mut secrets = PullSecrets::new(Profile::DEFAULT);
/// secrets.add_manifest(manifest.as_bytes(), "manifest");
/// let merged = secrets.merged();
/// assert_eq!(merged[0].entry.key.to_string(), "reg.test");
/// assert!(merged[0].entry.location.to_string().contains("secret ci/team-pull"));
/// ```
#[derive(Debug)]
pub struct PullSecrets {
    profile: Profile,
    secrets: Vec<Arc<PullSecret>>,
    problems: Vec<SourceError>,
}

/// Initialization
impl PullSecrets {
    /// None yet. What is added belongs to this profile.
    pub fn new(profile: Profile) -> Self {
        Self {
            profile,
            secrets: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Reads files and folders: a file in docker's format, a manifest in YAML or JSON, the folder
    /// that a secret is mounted at, or one with several such.
    ///
    /// # Errors
    /// Where one is absent, or none of them can be read. What is wrong with one secret of several is
    /// among the [problems](Self::problems), and the others are read.
    pub fn read(paths: &[PathBuf], profile: Profile) -> Result<Self, SourceError> {
        let mut secrets = Self::new(profile);
        for path in paths {
            match files::add(&mut secrets, path) {
                Err(error) if path.exists() => secrets.go_on_without(error),
                added => added?,
            }
        }
        let is_whole = |problem: &SourceError| problem.kind != SourceErrorKind::Unusable;
        match secrets.problems.iter().position(is_whole) {
            Some(at) if secrets.secrets.is_empty() => Err(secrets.problems.swap_remove(at)),
            _ => Ok(secrets),
        }
    }

    /// Adds the logins of one pull secret, as the API gives them.
    ///
    /// # Errors
    /// Where they are not in docker's format.
    pub fn add_logins(
        &mut self,
        bytes: &[u8],
        form: PullSecretForm,
        location: impl Into<Location>,
    ) -> Result<(), SourceError> {
        let secret = PullSecret::from_bytes(bytes, form, location, &self.profile)?;
        self.push(secret);
        Ok(())
    }

    /// Adds every pull secret of a manifest in YAML or JSON: a Secret, a List of them, several
    /// documents. What cannot be read is among the [problems](Self::problems).
    pub fn add_manifest(&mut self, bytes: &[u8], location: impl Into<Location>) {
        let location = location.into();
        let Ok(text) = str::from_utf8(bytes) else {
            self.problem(&location, "it is not UTF-8 text");
            return;
        };
        let mut objects = Objects::default();
        let mut is_read = true;
        for document in manifest::read(text) {
            match document {
                Ok(node) => objects.take_document(&node),
                Err(manifest::Problem {
                    line,
                    column,
                    problem,
                }) => {
                    is_read = false;
                    self.problem(&format!("{location}:{line}:{column}"), problem);
                }
            }
        }
        for (name, problem) in &objects.problems {
            self.problem(&format!("{location}: {name}"), problem);
        }
        if let Some(passed_over) = objects.passed_over() {
            self.problem(&location, &passed_over);
        }
        let had = self.secrets.len() + self.problems.len();
        for (name, logins) in objects.secrets {
            let place = format!("{location}: {name}, {}", logins.key);
            if let Err(error) = self.add_logins(&logins.bytes, logins.form, &*place) {
                self.problems.push(error);
            }
        }
        let is_empty = self.secrets.len() + self.problems.len() == had;
        if is_empty && is_read && objects.problems.is_empty() {
            self.problem(&location, "there is no pull secret in it");
        }
    }

    /// A file in docker's format, or a folder with one.
    pub(super) fn add_docker_file(&mut self, path: &Path) -> Result<(), SourceError> {
        let secret = PullSecret::read(path, &self.profile)?;
        self.push(secret);
        Ok(())
    }

    /// Adds a secret, and behind it what it has for keys that it spells in more than one way.
    fn push(&mut self, secret: PullSecret) {
        let mut next = Some(secret);
        for _ in 0..MOST_SPELLINGS {
            let Some(secret) = next else { return };
            next = secret.others();
            self.secrets.push(Arc::new(secret));
        }
        let left = next.and_then(|secret| secret.list().entries.into_iter().next());
        if let Some(Entry { key, location, .. }) = left {
            let problem = format!("it spells `{key}` in more than {MOST_SPELLINGS} ways");
            self.problem(&location, &problem);
        }
    }

    /// Goes on without a secret that cannot be read.
    pub(super) fn go_on_without(&mut self, error: SourceError) {
        self.problems.push(error);
    }

    pub(super) fn problem(&mut self, location: &impl ToString, problem: &str) {
        let location = Location::Named(location.to_string());
        let error = SourceError::new(SourceName::COMMAND_LINE, location, problem);
        self.problems
            .push(error.with_kind(SourceErrorKind::Unusable));
    }
}

/// Access
impl PullSecrets {
    /// The secrets as sources, in order: add them to a resolver before all others.
    pub fn sources(&self) -> impl Iterator<Item = Arc<dyn Source>> {
        let secrets = self.secrets.iter();
        secrets.map(|secret| Arc::clone(secret) as Arc<dyn Source>)
    }

    /// The secrets.
    pub fn secrets(&self) -> &[Arc<PullSecret>] {
        &self.secrets
    }

    /// What was passed over, each with its file and its secret. Entries within a secret that cannot
    /// be read are told by its source.
    pub fn problems(&self) -> &[SourceError] {
        &self.problems
    }

    /// Every entry, with the secret it is from, and which one goes before it.
    pub fn merged(&self) -> Vec<MergedEntry> {
        let mut first: HashMap<CredentialKey, Location> = HashMap::new();
        let entries = self.secrets.iter().flat_map(|it| it.list().entries);
        let merged = entries.map(|entry| {
            let hidden_by = first.get(&entry.key).cloned();
            if hidden_by.is_none() {
                first.insert(entry.key.clone(), entry.location.clone());
            }
            MergedEntry { entry, hidden_by }
        });
        merged.collect()
    }
}
