use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::config::ConfigDocument;
use super::key::credential_key;
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::store::asked::Asked;
use crate::store::cached::CachedFile;
use crate::store::entry::Entry;
use crate::store::error::SourceError;
use crate::store::helper::HelperClient;
use crate::store::helper::HelperPrograms;
use crate::store::hold::Hold;
use crate::store::location::HelperChoice;
use crate::store::secret_file::SecretFile;
use crate::store::snapshot::{Matching, Snapshot};
use crate::store::source::Entries;
use crate::store::source_label::SourceLabel;
use crate::store::source_name::SourceName;
use containerd_hosts::Secret;

/// A file in docker's format, docker's own or another program's, and the helpers it configures.
#[derive(Debug)]
pub(crate) struct AuthFile {
    file: CachedFile<ConfigDocument>,
    kind: SourceName,
    read: Read,
    pub(super) programs: HelperPrograms,
}

type Read = fn(&SourceLabel, Secret) -> Result<ConfigDocument, SourceError>;

/// What stands in a file in docker's format, without its helpers being asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthContents {
    /// Its own entries, those of hosts that have a helper among them.
    pub entries: Entries,
    /// The names of the helpers it configures, without `docker-credential-`.
    pub helpers: Vec<String>,
}

/// Initialization
impl AuthFile {
    /// Docker's own.
    pub(crate) fn docker(path: impl Into<PathBuf>, programs: HelperPrograms) -> Self {
        Self::of(path, SourceName::DOCKER, ConfigDocument::read, programs)
    }

    /// An `auth.json` of containers/image, which knows no `credsStore`.
    pub(crate) fn containers(path: impl Into<PathBuf>, programs: HelperPrograms) -> Self {
        Self::of(
            path,
            SourceName::CONTAINERS,
            ConfigDocument::read_containers,
            programs,
        )
    }

    /// A `.dockercfg`, docker's file before there was a `config.json`. It runs no helpers.
    pub(crate) fn dockercfg(path: impl Into<PathBuf>) -> Self {
        Self::of(
            path,
            SourceName::CONTAINERS,
            ConfigDocument::read_dockercfg,
            HelperPrograms::new([]),
        )
    }

    fn of(
        path: impl Into<PathBuf>,
        kind: SourceName,
        read: Read,
        programs: HelperPrograms,
    ) -> Self {
        Self {
            file: CachedFile::new(SecretFile::new(path, kind)),
            kind,
            read,
            programs,
        }
    }
}

/// Access
impl AuthFile {
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(super) fn label(&self) -> &SourceLabel {
        self.file.label()
    }

    /// The file itself, to be changed.
    pub(super) fn text_file(&self) -> &SecretFile {
        self.file.file()
    }

    pub(super) fn config(&self) -> Result<Arc<ConfigDocument>, SourceError> {
        self.file.read(self.read, ConfigDocument::empty)
    }

    pub(super) fn helper_named(&self, name: &str) -> HelperClient {
        let file = self.label().location.file().map(Path::to_owned);
        let chosen_by = file.map_or(HelperChoice::Caller, HelperChoice::File);
        HelperClient::new(self.kind, name, chosen_by, &self.programs)
    }

    /// The helper that docker finds by itself.
    pub(super) fn helper_on_path(&self, name: &str) -> HelperClient {
        HelperClient::new(self.kind, name, HelperChoice::Found, &self.programs)
    }

    /// The helper that keeps the login of a host, where there is one.
    pub(super) fn helper(&self, config: &ConfigDocument, host: &Authority) -> Option<HelperClient> {
        let helper = self.helper_named(config.helper(host)?);
        Some(match config.has_own_helper(host) {
            true => helper,
            false => helper.for_every_host(),
        })
    }
}

/// What is in it
impl AuthFile {
    /// The entries that may concern a host; a helper is not asked.
    pub(crate) fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        let held = self.held()?;
        Ok(Entries {
            entries: held.entries(host)?,
            warnings: held.warnings(),
        })
    }

    /// The file as it is now.
    pub(crate) fn held(&self) -> Result<HeldAuthFile<'_>, SourceError> {
        Ok(HeldAuthFile {
            file: self,
            config: self.config()?,
        })
    }

    /// The credential of an entry, from the helper where one is configured for its host.
    pub(crate) fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        let config = self.config()?;
        let host = entry
            .key
            .host()
            .authority()
            .filter(|_| entry.key.is_plain());
        let Some(helper) = host.and_then(|host| self.helper(&config, host)) else {
            return Ok(config.auths.credential(&entry.key));
        };
        let found = helper.get_any(&host.map(|host| config.spellings(host)).unwrap_or_default())?;
        // Helpers cannot keep a registry token; docker takes it from the file (native_store.go).
        Ok(found.or_else(|| config.auths.registry_token(&entry.key)))
    }

    /// The identity token of an entry that stands in the file, by now.
    pub(crate) fn reread(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.text_file().between_writes(|| {
            let config = self.config()?;
            let held = config.auths.credential(&entry.key);
            Ok(held.filter(|_| !self.asks_helper(&config, entry)))
        })
    }

    /// Keeps other programs from the identity token of an entry that stands in the file.
    pub(crate) fn hold(&self, entry: &Entry) -> Option<Hold> {
        match self.asks_helper(&*self.config().ok()?, entry) {
            true => None,
            false => self.text_file().hold(),
        }
    }

    fn asks_helper(&self, config: &ConfigDocument, entry: &Entry) -> bool {
        let host = entry.key.host().authority();
        host.is_some_and(|host| self.helper(config, host).is_some())
    }

    /// What stands in it, without its helpers being asked.
    pub(crate) fn contents(&self) -> Result<AuthContents, SourceError> {
        let config = self.config()?;
        let of_hosts = config.hosts_with_helpers().map(|(_, name)| name);
        let names = of_hosts.chain(config.credentials_store());
        let names: BTreeSet<&str> = names.collect();
        Ok(AuthContents {
            entries: config.auths.all(),
            helpers: names.into_iter().map(str::to_owned).collect(),
        })
    }

    /// Everything in it and in its helpers.
    pub(crate) fn list(&self) -> Result<Entries, SourceError> {
        let config = self.config()?;
        let mut listed = config.auths.all();
        // A helper replaces the file for its hosts.
        listed.entries.retain(|entry| {
            let host = entry
                .key
                .host()
                .authority()
                .filter(|_| entry.key.is_plain());
            host.is_none_or(|host| config.helper(host).is_none())
        });
        for (host, name) in config.hosts_with_helpers() {
            let helper = self.helper_named(name);
            if !helper.is_own_program() {
                let key = CredentialKey::plain(host);
                listed
                    .entries
                    .push(Entry::new(key, self.kind, helper.location()));
            }
        }
        if let Some(name) = config.credentials_store() {
            self.list_credentials_store(&config, &self.helper_named(name), &mut listed);
        }
        Ok(listed)
    }

    fn list_credentials_store(
        &self,
        config: &ConfigDocument,
        helper: &HelperClient,
        listed: &mut Entries,
    ) {
        if helper.is_own_program() {
            return;
        }
        let entry = |key: CredentialKey, username: Option<String>| {
            let mut entry = Entry::new(key, self.kind, helper.location());
            entry.username = username;
            entry
        };
        match helper.list() {
            Ok(held) => {
                let keys = listed.entries.iter().map(|entry| entry.key.clone());
                let mut known: HashSet<CredentialKey> = keys.collect();
                for (name, username) in held {
                    let key = credential_key(&name).filter(CredentialKey::is_plain);
                    if let Some(key) = key.filter(|key| known.insert(key.clone())) {
                        listed.entries.push(entry(key, Some(username)));
                    }
                }
            }
            Err(error) => {
                listed.warnings.push(error);
                let marked = config.auths.marked().map(|key| entry(key, None));
                listed.entries.extend(marked);
            }
        }
    }
}

/// A file in docker's format as it is at one moment.
pub(crate) struct HeldAuthFile<'a> {
    file: &'a AuthFile,
    config: Arc<ConfigDocument>,
}

impl HeldAuthFile<'_> {
    /// A helper replaces the file for its hosts. It is not asked.
    fn with_helper(&self, host: &Authority, mut entries: Vec<Entry>) -> Vec<Entry> {
        if let Some(helper) = self.file.helper(&self.config, host) {
            let key = CredentialKey::plain(host.clone());
            entries.retain(|entry| entry.key != key);
            if !helper.is_own_program() {
                entries.push(Entry::new(key, self.file.kind, helper.location()));
            }
        }
        entries
    }
}

impl Snapshot for HeldAuthFile<'_> {
    fn entries(&self, host: &Authority) -> Result<Vec<Entry>, SourceError> {
        let entries = Snapshot::entries(&self.config.auths, host)?;
        Ok(self.with_helper(host, entries))
    }

    fn matching(&self, asked: &Asked<'_>) -> Result<Matching, SourceError> {
        let Matching { entries, others } = self.config.auths.matching(asked)?;
        Ok(Matching::new(self.with_helper(asked.host, entries), others))
    }

    fn warnings(&self) -> Vec<SourceError> {
        self.config.auths.warnings.clone()
    }
}
