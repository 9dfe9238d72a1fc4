use super::config::Config;
use super::{DockerConfig, auth, credential_key, spellings, written};
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::store::helper::HelperClient;
use crate::store::json::{
    JsonProblem, held, insert_or_replace, rendered_string, set_in_root, without,
};
use crate::store::secret_file::SecretText;
use crate::store::{Entries, Entry, Provenance, SourceError, SourceKind, Store, Stored};

const SECTION: &str = "auths";
/// What docker stores beside Docker Hub's login after a login in the browser.
const DOCKER_HUB_TOKENS: [&str; 2] = [
    "https://index.docker.io/v1/access-token",
    "https://index.docker.io/v1/refresh-token",
];

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
                self.file.origin().cannot_keep(problem)
            })?;
        let config = self.file.config()?;
        let found = self.default_helper(&config);
        let name = config.helper(host).or(found);
        let Some(helper) = name.map(|name| self.file.helper_named(name)) else {
            return self.put_into_file(host, credential);
        };
        helper.replace(&written(host), credential)?;
        let mut stored = Stored::at(helper.location());
        let updated = self.file.text_file().update(|text| {
            self.at(marked(text, host, found))
                .map(|new| (*new != text).then_some(new))
        })?;
        stored
            .warnings
            .extend(updated.tightened(self.file.text_file()));
        Ok(stored)
    }

    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError> {
        let config = self.file.config()?;
        let mut removed = Vec::new();
        let host = key.host().authority().filter(|_| key.is_plain());
        if let Some(host) = host
            && let Some(helper) = self.file.helper(&config, host)
            && !helper.is_own_program()
        {
            removed.extend(remove_from_helper(&helper, key, host)?);
        }
        let names = |name: &str| {
            credential_key(name).is_some_and(|held| held == *key)
                || (host.is_some_and(Authority::is_docker_hub) && DOCKER_HUB_TOKENS.contains(&name))
        };
        if self.file.text_file().stamp()?.is_none() {
            return Ok(removed);
        }
        let mut in_file = None;
        self.file.text_file().update(|text| {
            let config = Config::read(self.file.origin(), text)?;
            in_file = config.auths.entry(key).cloned();
            self.at(without(text, SECTION, names))
                .map(|new| (*new != text).then_some(new))
        })?;
        removed.extend(in_file);
        Ok(removed)
    }

    fn list(&self) -> Result<Entries, SourceError> {
        self.file.list()
    }
}

impl DockerConfig {
    /// The helper docker finds by itself where its file says nothing about credentials
    /// (docker `cli/config/credentials/default_store_linux.go`).
    fn default_helper(&self, config: &Config) -> Option<&'static str> {
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
        let origin = self.file.origin();
        let updated = self.file.text_file().update(|text| {
            Config::read(origin, text)?;
            let text = self.at(without_other_spellings(text, host))?;
            let name = written(host);
            let mut entry = self.at(held(&text, SECTION, &name))?;
            auth::set(&mut entry, credential).map_err(|problem| origin.cannot_keep(problem))?;
            self.at(insert_or_replace(&text, SECTION, &name, &entry))
                .map(Some)
        })?;
        let mut stored = Stored::at(&origin.location);
        let plain = format!(
            "{}: the secret is stored there unencrypted, as docker does",
            origin.location
        );
        stored.warnings.push(plain);
        stored
            .warnings
            .extend(updated.tightened(self.file.text_file()));
        Ok(stored)
    }

    fn at<T>(&self, result: Result<T, JsonProblem>) -> Result<T, SourceError> {
        result.map_err(|problem| self.file.origin().error_at(&problem))
    }
}

/// The text as docker leaves it after a helper has taken a login: an empty entry, no secret.
fn marked(text: &str, host: &Authority, found: Option<&str>) -> Result<SecretText, JsonProblem> {
    let text = without_other_spellings(text, host)?;
    let mut entry = held(&text, SECTION, &written(host))?;
    auth::clear(&mut entry);
    let text = insert_or_replace(&text, SECTION, &written(host), &entry)?;
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
        "" | "null" => ("{}", written(host)),
        _ => (text, written(host)),
    };
    let other =
        |name: &str| name != written && credential_key(name).is_some_and(|key| key == plain);
    without(text, SECTION, other)
}

fn remove_from_helper(
    helper: &HelperClient,
    key: &CredentialKey,
    host: &Authority,
) -> Result<Vec<Entry>, SourceError> {
    let mut keys = spellings(host);
    if host.is_docker_hub() {
        keys.extend(DOCKER_HUB_TOKENS.map(str::to_owned));
    }
    let removed = helper.remove(&keys)?;
    let entry = |credential: Credential| {
        let mut entry = Entry::new(key.clone(), SourceKind::Docker, helper.location());
        entry.username = credential.username().map(str::to_owned);
        entry.kind = Some(credential.kind());
        entry
    };
    Ok(removed.into_iter().map(entry).collect())
}
