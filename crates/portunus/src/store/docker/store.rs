use std::collections::HashSet;

use super::config::ConfigDocument;
use super::key::{DOCKER_HUB_TOKENS, credential_key, spellings, write_key};
use super::{DockerConfig, auth};
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::store::entry::{Entry, Provenance};
use crate::store::error::SourceError;
use crate::store::json::{
    JsonProblem, insert_or_replace, read_held, rendered_string, set_in_root, without,
};
use crate::store::removal::Removal;
use crate::store::secret_file::SecretText;
use crate::store::source::{Entries, Rotation, Store, Stored};
use crate::store::source_name::SourceName;
use crate::store::store_warning::StoreWarning;
use containerd_hosts::Secret;

const SECTION: &str = "auths";

/// Plain logins go where `docker login` puts them: into the configured helper, where nothing at
/// all is configured into the helper docker finds by itself, else into the file.
impl Store for DockerConfig {
    fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        _provenance: &Provenance,
    ) -> Result<Stored, SourceError> {
        let host = key
            .host()
            .authority()
            .filter(|_| key.is_plain())
            .ok_or_else(|| {
                let problem =
                    format!("docker's file can only keep the plain login of a host, not `{key}`");
                self.file.label().cannot_keep(problem)
            })?;
        let config = self.file.config()?;
        let found = self.default_helper(&config);
        let helper = match (self.file.helper(&config, host), found) {
            (Some(helper), _) => helper,
            (None, Some(name)) => self.file.helper_on_path(name),
            (None, None) => return self.put_into_file(host, credential),
        };
        helper.replace(&write_key(host), credential)?;
        let mut stored = Stored::at(helper.location());
        let updated = self.file.text_file().update(|text| {
            self.at(mark_entry(text, host, found))
                .map(|new| (*new != text).then_some(new))
        })?;
        stored
            .warnings
            .extend(updated.warn_of_tightened(self.file.text_file()));
        Ok(stored)
    }

    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError> {
        self.remove_all(std::slice::from_ref(key)).complete()
    }

    fn remove_all(&self, keys: &[CredentialKey]) -> Removal {
        let mut outcome = Removal::default();
        let config = match self.file.config() {
            Ok(config) => config,
            Err(error) => {
                outcome.errors.push(error);
                return outcome;
            }
        };
        let mut in_file = Vec::new();
        for key in keys {
            let helped = self.remove_from_helper(&config, key);
            // docker's mark stays as long as the helper may have the secret.
            if helped.errors.is_empty() || config.auths.entry(key).is_some() {
                in_file.push(key);
            }
            outcome.add_all(helped);
        }
        outcome.add(self.remove_from_file(&in_file));
        outcome
    }

    fn list(&self) -> Result<Entries, SourceError> {
        self.file.list()
    }
}

impl DockerConfig {
    /// The helper docker finds by itself where its file says nothing about credentials
    /// (docker `cli/config/credentials/default_store_linux.go`).
    fn default_helper(&self, config: &ConfigDocument) -> Option<&'static str> {
        if config.mentions_credentials {
            return None;
        }
        let name = match () {
            () if cfg!(target_os = "macos") => "osxkeychain",
            () if cfg!(windows) => "wincred",
            () if self.file.programs.find("pass").is_some() => "pass",
            () => "secretservice",
        };
        self.file.programs.find_helper(name).map(|_| name)
    }

    fn put_into_file(
        &self,
        host: &Authority,
        credential: &Credential,
    ) -> Result<Stored, SourceError> {
        let label = self.file.label();
        let mut is_first = true;
        let updated = self.file.text_file().update(|text| {
            is_first = ConfigDocument::read(label, Secret::new(text))?
                .auths
                .is_empty();
            self.with_login(text, host, credential).map(Some)
        })?;
        let mut stored = Stored::at(label.location.clone());
        // Whoever has a secret there was told.
        if is_first {
            stored.warnings.push(StoreWarning::Unencrypted {
                location: label.location.clone(),
                custom_of: "docker",
            });
        }
        stored
            .warnings
            .extend(updated.warn_of_tightened(self.file.text_file()));
        Ok(stored)
    }

    /// Puts an identity token in place of one that a realm has replaced by it, in the helper of its
    /// host or in the file; what else is there by now stays.
    pub(super) fn put_in_place_of(
        &self,
        key: &CredentialKey,
        replaced: &[Credential],
        new: &Credential,
    ) -> Result<Rotation, SourceError> {
        let Some(host) = key.host().authority().filter(|_| key.is_plain()) else {
            return Ok(Rotation::NotKept);
        };
        if let Some(helper) = self.file.helper(&*self.file.config()?, host) {
            return helper.rotate(&spellings(host), &write_key(host), replaced, new);
        }
        let updated = self.file.text_file().update(|text| {
            let config = ConfigDocument::read(self.file.label(), Secret::new(text))?;
            let held = config.auths.credential(key);
            match held.is_some_and(|held| replaced.contains(&held)) {
                true => self.with_login(text, host, new).map(Some),
                false => Ok(None),
            }
        })?;
        Ok(Rotation::of(updated.written))
    }

    fn with_login(
        &self,
        text: &str,
        host: &Authority,
        credential: &Credential,
    ) -> Result<SecretText, SourceError> {
        let text = self.at(without_other_spellings(text, host))?;
        let name = write_key(host);
        let mut entry = self.at(read_held(&text, SECTION, &name))?;
        auth::set(&mut entry, credential)
            .map_err(|problem| self.file.label().cannot_keep(problem))?;
        self.at(insert_or_replace(&text, SECTION, &name, &entry))
    }

    fn remove_from_helper(&self, config: &ConfigDocument, key: &CredentialKey) -> Removal {
        let host = key.host().authority().filter(|_| key.is_plain());
        let helper = host.and_then(|host| Some((host, self.file.helper(config, host)?)));
        let Some((host, helper)) = helper.filter(|(_, helper)| !helper.is_own_program()) else {
            return Removal::default();
        };
        let mut names = spellings(host);
        if host.is_docker_hub() {
            names.extend(DOCKER_HUB_TOKENS.map(str::to_owned));
        }
        let entry = Entry::new(key.clone(), SourceName::DOCKER, helper.location());
        helper.remove(&names, &entry)
    }

    fn remove_from_file(&self, keys: &[&CredentialKey]) -> Result<Vec<Entry>, SourceError> {
        if self.file.text_file().stamp()?.is_none() {
            return Ok(Vec::new());
        }
        let plain_hub = CredentialKey::plain(Authority::docker_hub());
        let wanted: HashSet<&CredentialKey> = keys.iter().copied().collect();
        let with_tokens = wanted.contains(&plain_hub);
        let names = |name: &str| {
            credential_key(name).is_some_and(|held| wanted.contains(&held))
                || (with_tokens && DOCKER_HUB_TOKENS.contains(&name))
        };
        let mut removed = Vec::new();
        self.file.text_file().update(|text| {
            let config = ConfigDocument::read(self.file.label(), Secret::new(text))?;
            let entries = keys.iter().filter_map(|key| config.auths.entry(key));
            removed = entries.collect();
            self.at(without(text, SECTION, names))
                .map(|new| (*new != text).then_some(new))
        })?;
        Ok(removed)
    }

    fn at<T>(&self, result: Result<T, JsonProblem>) -> Result<T, SourceError> {
        result.map_err(|problem| self.file.label().error_at(&problem))
    }
}

/// The text as docker leaves it after a helper has taken a login: an empty entry, no secret.
fn mark_entry(
    text: &str,
    host: &Authority,
    found: Option<&str>,
) -> Result<SecretText, JsonProblem> {
    let text = without_other_spellings(text, host)?;
    let mut entry = read_held(&text, SECTION, &write_key(host))?;
    auth::clear(&mut entry);
    let text = insert_or_replace(&text, SECTION, &write_key(host), &entry)?;
    match found {
        Some(name) => set_in_root(&text, "credsStore", &rendered_string(name)),
        None => Ok(text),
    }
}

/// The text without the keys of a host's plain login that docker would not write: nerdctl asks
/// for some of them first, and would go on using the old account.
fn without_other_spellings(text: &str, host: &Authority) -> Result<SecretText, JsonProblem> {
    let plain = CredentialKey::plain(host.clone());
    let (text, written) = match text.trim_ascii() {
        "" | "null" => ("{}", write_key(host)),
        _ => (text, write_key(host)),
    };
    let other =
        |name: &str| name != written && credential_key(name).is_some_and(|key| key == plain);
    without(text, SECTION, other)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::store::helper::HelperPrograms;

    #[test]
    fn sixty_thousand_logins_are_removed_in_one_pass() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.json");
        let host = |at: u32| format!("h{at}.test");
        let members: Vec<String> = (0..60_000)
            .map(|at| format!("\"{}\": {{\"auth\": \"dTpw\"}}", host(at)))
            .collect();
        let text = format!("{{\"auths\": {{{}}}, \"x\": 1}}", members.join(","));
        std::fs::write(&file, text).unwrap();
        let config = DockerConfig::new(&file, HelperPrograms::new([]));
        let keys: Vec<CredentialKey> = (1..60_000).map(|at| host(at).parse().unwrap()).collect();
        let started = Instant::now();
        let removal = config.remove_all(&keys);
        assert_eq!((removal.removed.len(), removal.errors.len()), (59_999, 0));
        // Where each is compared with each, this takes minutes.
        assert!(started.elapsed() < Duration::from_secs(60));
        let left = std::fs::read_to_string(&file).unwrap();
        assert_eq!(
            left,
            "{\"auths\": {\"h0.test\": {\"auth\": \"dTpw\"}}, \"x\": 1}"
        );
    }
}
