use std::path::{Path, PathBuf};

use super::docker::{Auths, secret};
use super::entry::Entry;
use super::error::SourceError;
use super::location::Location;
use super::secret_file::{SecretFile, SecretText};
use super::source::{Entries, Source};
use super::source_label::SourceLabel;
use super::source_name::SourceName;
use crate::credential::Credential;
use crate::name::{Authority, Profile};
use containerd_hosts::Secret;

/// The names of the secret's keys, which are its files where it is mounted, and docker's own.
const FILES: [&str; 3] = [".dockerconfigjson", LEGACY, "config.json"];

/// The file of a `kubernetes.io/dockercfg` secret: what is elsewhere in `auths`, without it.
const LEGACY: &str = ".dockercfg";

/// What stands in a pull secret, by the key of the Secret that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PullSecretForm {
    /// `.dockerconfigjson`: docker's `config.json`.
    DockerConfigJson,
    /// `.dockercfg`: the entries alone, without `auths` around them.
    DockerCfg,
}

/// A Kubernetes pull secret, or another file in docker's format that somebody named.
///
/// Its keys are read as the kubelet reads them: `*.reg.test` covers the hosts with one label more,
/// `reg.test/team` and `https://reg.test/team` the repositories under `team`.
///
/// It ranks as named on the command line and belongs to the profile it is read for. Helpers that
/// it names are not run: whoever wrote the secret does not decide what runs here.
#[derive(Debug)]
pub struct PullSecret {
    auths: Auths,
    profile: Profile,
}

/// Initialization
impl PullSecret {
    /// Reads a file, or the folder that a secret is mounted at.
    ///
    /// # Errors
    /// Where it is absent, cannot be read or is not in docker's format.
    pub fn read(path: &Path, profile: &Profile) -> Result<Self, SourceError> {
        let file = SecretFile::new(file_at(path), SourceName::COMMAND_LINE);
        let label = file.label();
        let text = text_of(&file)?;
        let form = match file.path().file_name().is_some_and(|name| name == LEGACY) {
            true => PullSecretForm::DockerCfg,
            false => PullSecretForm::DockerConfigJson,
        };
        Self::of(label, into_secret(text), form, profile)
    }

    /// Reads what stands in a secret, for programs that have it from elsewhere. `location` says
    /// where, in errors and plans: `secret ci/team-pull`.
    ///
    /// # Errors
    /// Where it is not in docker's format.
    pub fn from_bytes(
        bytes: &[u8],
        form: PullSecretForm,
        location: impl Into<Location>,
        profile: &Profile,
    ) -> Result<Self, SourceError> {
        let label = &SourceLabel::new(SourceName::COMMAND_LINE, location);
        let text = str::from_utf8(bytes).map_err(|_| label.error("it is not UTF-8 text"))?;
        Self::of(label, Secret::new(text), form, profile)
    }

    /// The text of a file that was named as one with pull secrets, for formats of others. It is read
    /// as carefully as those in docker's format: a regular file, of at most 32 MiB.
    ///
    /// # Errors
    /// Where it is absent, cannot be read or is no text.
    pub fn text_at(path: &Path) -> Result<Secret, SourceError> {
        let text = text_of(&SecretFile::new(path, SourceName::COMMAND_LINE))?;
        Ok(into_secret(text))
    }

    fn of(
        label: &SourceLabel,
        text: Secret,
        form: PullSecretForm,
        profile: &Profile,
    ) -> Result<Self, SourceError> {
        if text.expose().starts_with('\u{feff}') {
            let problem = "it begins with a byte order mark, which neither docker nor a node reads";
            return Err(label.error(problem));
        }
        Ok(Self {
            auths: secret::read(label, text, form == PullSecretForm::DockerCfg)?,
            profile: profile.clone(),
        })
    }

    /// The entries whose keys are spelled otherwise than ones of this secret that go before them, as
    /// another source, to be tried after it: a node tries each spelling of a host (`reg.test` and
    /// `https://reg.test/v2/`).
    pub fn others(&self) -> Option<Self> {
        Some(Self {
            auths: self.auths.others()?,
            profile: self.profile.clone(),
        })
    }

    /// Whether a folder is one that a pull secret is mounted at.
    pub fn is_mounted_at(folder: &Path) -> bool {
        FILES.iter().any(|name| folder.join(name).exists())
    }
}

/// Access
impl PullSecret {
    /// Everything in it.
    pub fn list(&self) -> Entries {
        self.of_profile(self.auths.all())
    }

    fn of_profile(&self, mut entries: Entries) -> Entries {
        for entry in &mut entries.entries {
            entry.key = entry.key.clone().with_profile(self.profile.clone());
        }
        entries
    }
}

impl Source for PullSecret {
    fn name(&self) -> SourceName {
        SourceName::COMMAND_LINE
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        Ok(self.of_profile(self.auths.entries(host)))
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        let key = entry.key.clone().with_profile(Profile::DEFAULT);
        Ok(self.auths.credential(&key))
    }
}

/// Moves the text, so that no copy is left behind.
fn into_secret(mut text: SecretText) -> Secret {
    Secret::new(std::mem::take(&mut *text))
}

fn text_of(file: &SecretFile) -> Result<SecretText, SourceError> {
    let (text, _) = file
        .read()?
        .ok_or_else(|| file.label().error("there is no pull secret"))?;
    Ok(text)
}

fn file_at(path: &Path) -> PathBuf {
    if !path.is_dir() {
        return path.to_owned();
    }
    let inside = FILES.iter().map(|name| path.join(name));
    let found = inside.clone().find(|file| file.exists());
    found.unwrap_or_else(|| path.join(FILES[0]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::CredentialKey;

    const ENTRY: &str = r#"{"reg.test/team": {"username": "robot", "password": "canary-1"}}"#;

    #[test]
    fn a_mounted_secret_is_read_for_the_profile_it_was_named_for() {
        let current = format!(r#"{{"auths": {ENTRY}, "credsStore": "never-run"}}"#);
        for (name, text) in [
            (".dockerconfigjson", current.as_str()),
            ("config.json", &current),
            (".dockercfg", ENTRY),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(name), text).unwrap();
            let profile = Profile::new("ci").unwrap();
            let secret = PullSecret::read(folder.path(), &profile).unwrap();
            let host = Authority::parse("reg.test").unwrap();
            let [entry] = secret.entries(&host).unwrap().entries.try_into().unwrap();
            let key: CredentialKey = "reg.test?path=team&profile=ci".parse().unwrap();
            assert_eq!(entry.key, key, "{name}");
            let credential = secret.credential(&entry).unwrap().unwrap();
            assert_eq!(credential.secret().expose(), "canary-1");
        }
    }

    #[test]
    fn globs_over_hosts_are_read_label_by_label() {
        let login = r#"{"username": "robot", "password": "canary-1"}"#;
        for name in [".dockerconfigjson", ".dockercfg"] {
            let keys = format!(r#"{{"*.reg.test/team": {login}, "*.reg.test:5000": {login}}}"#);
            let text = match name {
                ".dockercfg" => keys,
                _ => format!(r#"{{"auths": {keys}}}"#),
            };
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(name), text).unwrap();
            let secret = PullSecret::read(folder.path(), &Profile::DEFAULT).unwrap();
            for (host, key) in [
                ("eu.reg.test", Some("*.reg.test?path=team")),
                ("eu.reg.test:5000", Some("*.reg.test:5000")),
                ("reg.test", None),
                ("a.eu.reg.test", None),
                ("eu.reg.test.evil.test", None),
            ] {
                let host = Authority::parse(host).unwrap();
                let entries = secret.entries(&host).unwrap().entries;
                let keys: Vec<String> = entries.iter().map(|e| e.key.to_string()).collect();
                assert_eq!(keys, Vec::from_iter(key), "{host}");
                for entry in &entries {
                    assert!(secret.credential(entry).unwrap().is_some());
                }
            }
        }
    }

    #[test]
    fn what_was_named_and_is_not_there_or_broken_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let absent = PullSecret::read(folder.path(), &Profile::DEFAULT).unwrap_err();
        assert!(
            absent.to_string().contains(".dockerconfigjson: "),
            "{absent}"
        );
        let file = folder.path().join("broken");
        std::fs::write(&file, r#"{"auths": "canary-1"}"#).unwrap();
        let broken = PullSecret::read(&file, &Profile::DEFAULT).unwrap_err();
        assert!(!broken.to_string().contains("canary"), "{broken}");
    }
}
