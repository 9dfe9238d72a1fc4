//! Where are credentials read from, and where does a login go?

pub(crate) mod chosen;
pub(crate) mod inventory;
pub(crate) mod named;
pub(crate) mod stored_login;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use portunus::name::{Authority, CredentialKey};
use portunus::store::{
    ContainersAuth, ContainersSearch, CredentialsFile, DockerAuthVariable, DockerConfig, Entries,
    HelperPrograms, HelperStore, HelperTable, Source, SourceError, Store,
};

use crate::environment::{Environment, NotText};
use crate::error::ClientError;
use crate::error::store_choice::StoreChoiceError;
use crate::named_helper::NamedHelper;
use crate::store_choice::StoreChoice;

pub use chosen::ChosenStore;
pub use inventory::{Holding, StorePlace};
pub use named::{NamedInVain, VainProblem};
pub use stored_login::{StoredLogin, StoringWarning};

/// Every place that credentials are in.
#[derive(Debug)]
pub struct Stores<'a> {
    environment: &'a Environment,
    credentials_file: PathBuf,
    docker_auth: Option<&'a str>,
    /// Where a login goes that names no store itself.
    choice: StoreChoice,
    helpers: HelperPrograms,
    named_helpers: Option<NamedHelpers<'a>>,
}

/// The helpers that the operator names, and the file where.
#[derive(Debug)]
struct NamedHelpers<'a> {
    named: &'a [NamedHelper],
    file: PathBuf,
}

/// Initialization
impl<'a> Stores<'a> {
    /// The places in this environment; `choice` is the store that logins go to.
    ///
    /// # Errors
    /// Where a variable is not text.
    pub fn new(
        credentials_file: PathBuf,
        environment: &'a Environment,
        choice: StoreChoice,
    ) -> Result<Self, NotText> {
        let variables = environment.variables.iter();
        let variables = variables.map(|(name, value)| (name.clone(), value.clone()));
        let mut helpers = HelperPrograms::new(variables);
        if let Some(program) = &environment.program {
            helpers = helpers.with_own_program(program);
        }
        Ok(Self {
            environment,
            credentials_file,
            docker_auth: environment.text("DOCKER_AUTH_CONFIG")?,
            choice,
            helpers,
            named_helpers: None,
        })
    }

    /// The same, and these helpers are asked for their hosts, which a file names.
    #[must_use]
    pub fn with_named_helpers(mut self, named: &'a [NamedHelper], file: PathBuf) -> Self {
        self.named_helpers = (!named.is_empty()).then_some(NamedHelpers { named, file });
        self
    }

    /// The same, and no credential helper runs beyond this instant.
    #[must_use]
    pub fn with_helper_deadline(mut self, deadline: Instant) -> Self {
        self.helpers = self.helpers.with_deadline(deadline);
        self
    }
}

/// Access
impl Stores<'_> {
    /// Every source, in the order that decides between equally specific entries.
    pub fn sources(&self) -> Vec<Arc<dyn Source>> {
        let mut sources: Vec<Arc<dyn Source>> = Vec::new();
        if let Some(variable) = self.docker_auth_variable() {
            sources.push(Arc::new(variable));
        }
        for store in self.all() {
            sources.push(store);
        }
        for file in self.containers() {
            sources.push(Arc::new(file));
        }
        sources
    }

    /// Every store, in the same order.
    pub fn all(&self) -> Vec<Arc<dyn Store>> {
        let mut stores = self.own();
        if let Some(table) = self.helper_table() {
            stores.push(Arc::new(table));
        }
        if let Some(docker) = self.docker() {
            stores.push(Arc::new(docker));
        }
        if let StoreChoice::Helper(name) = &self.choice {
            stores.push(Arc::new(self.helper(name)));
        }
        stores
    }

    /// Our own stores: the file, then the keyring, then the kernel's where it is chosen.
    pub fn own(&self) -> Vec<Arc<dyn Store>> {
        let mut stores: Vec<Arc<dyn Store>> = vec![Arc::new(self.file())];
        stores.extend(self.keyring(self.choice != StoreChoice::Keyring));
        if self.choice == StoreChoice::Keyutils {
            stores.extend(keyutils());
        }
        stores
    }

    /// What every place holds, in the order of the sources, and whether the place is our own.
    pub fn list_each(&self) -> Vec<(bool, Result<Entries, SourceError>)> {
        let variable = self.docker_auth_variable();
        let variable = variable.map(|variable| (variable.is_own(), variable.list()));
        let stores = self.all().into_iter();
        let stores = stores.map(|store| (store.is_own(), store.list()));
        let files = self.containers().into_iter();
        let files = files.map(|file| (file.is_own(), file.list()));
        variable.into_iter().chain(stores).chain(files).collect()
    }

    /// What the sources that cannot be written to hold.
    pub fn list_read_only(&self) -> Vec<Result<Entries, SourceError>> {
        let variable = self.docker_auth_variable();
        let files = self.containers().into_iter().map(|file| file.list());
        variable
            .map(|variable| variable.list())
            .into_iter()
            .chain(files)
            .collect()
    }

    /// The place that cannot be written to and whose login for this key comes before every stored
    /// one.
    pub fn find_preceding(&self, key: &CredentialKey) -> Option<String> {
        // A variable that cannot be read is told about where it is needed.
        let listed = self.docker_auth_variable()?.list().ok()?;
        let entry = listed.entries.into_iter().find(|entry| entry.key == *key)?;
        Some(entry.location.to_string())
    }

    /// The store a login with this key goes to; `named`: the one that the login itself names. What
    /// was `consented` to with the login has to be kept with it, which docker's places cannot.
    ///
    /// # Errors
    /// Where the one that is chosen cannot keep it, or is not there.
    pub fn for_login(
        &self,
        key: &CredentialKey,
        named: Option<&StoreChoice>,
        consented: bool,
    ) -> Result<ChosenStore, ClientError> {
        let choice = named.unwrap_or(&self.choice);
        let plain_only = matches!(choice, StoreChoice::Docker | StoreChoice::Helper(_));
        let plain = key.is_plain() && !consented;
        if plain_only && !plain {
            if named.is_none() {
                return Ok(self.choose_scoped());
            }
            let choice = choice.clone();
            return Err(match key.is_plain() {
                true => StoreChoiceError::NoConsent(choice),
                false => {
                    let key = Box::new(key.clone());
                    StoreChoiceError::PlainOnly { choice, key }
                }
            }
            .into());
        }
        let chosen = match choice {
            StoreChoice::Auto => match key.host().authority().filter(|_| plain) {
                Some(host) => self.choose_plain(host)?,
                None => self.choose_scoped(),
            },
            StoreChoice::File => ChosenStore::new(Arc::new(self.file())),
            StoreChoice::Docker => self.above(Arc::new(self.require_docker()?)),
            StoreChoice::Helper(name) => self.above(Arc::new(self.helper(name))),
            StoreChoice::Keyring => self.above_file(require(self.keyring(false))?),
            StoreChoice::Keyutils => self.above_file(require(keyutils())?),
        };
        let found_again = match choice {
            StoreChoice::Helper(_) | StoreChoice::Keyutils => *choice == self.choice,
            _ => true,
        };
        Ok(match found_again {
            true => chosen,
            false => chosen.only_where_chosen(choice.clone()),
        })
    }

    /// Where a login goes that docker cannot keep: the keyring, else our own file.
    pub fn choose_scoped(&self) -> ChosenStore {
        match self.keyring(false) {
            Some(keyring) => self
                .above_file(keyring)
                .with_fallback(Arc::new(self.file())),
            None => ChosenStore::new(Arc::new(self.file())),
        }
    }

    /// Where a login goes that docker hands to us: never back to docker or to a helper.
    ///
    /// # Errors
    /// Where the keyring that is chosen is not there.
    pub fn for_helper(&self) -> Result<ChosenStore, StoreChoiceError> {
        match self.choice {
            StoreChoice::File => Ok(ChosenStore::new(Arc::new(self.file()))),
            StoreChoice::Keyring => require(self.keyring(false)).map(|it| self.above_file(it)),
            StoreChoice::Keyutils => require(keyutils()).map(|it| self.above_file(it)),
            StoreChoice::Auto | StoreChoice::Docker | StoreChoice::Helper(_) => {
                Ok(self.choose_scoped())
            }
        }
    }

    /// Whose logins are not looked at, where root does something for somebody else: the user who
    /// called `sudo`.
    pub fn sudo_user(&self) -> Option<String> {
        let user = self.environment.variable("SUDO_USER")?;
        let user = user.to_string_lossy();
        (user != "root").then(|| user.into_owned())
    }

    fn choose_plain(&self, host: &Authority) -> Result<ChosenStore, ClientError> {
        if let Some(table) = self.helper_table().filter(|it| it.covers(host)) {
            return Ok(self.above(Arc::new(table)));
        }
        let docker = self.require_docker()?;
        Ok(if docker.names_portunus(host)? {
            self.choose_scoped()
        } else {
            self.above(Arc::new(docker))
        })
    }

    fn above(&self, store: Arc<dyn Store>) -> ChosenStore {
        ChosenStore::new(store).with_replaced(self.own())
    }

    fn above_file(&self, store: Arc<dyn Store>) -> ChosenStore {
        ChosenStore::new(store).with_replaced(vec![Arc::new(self.file())])
    }

    fn file(&self) -> CredentialsFile {
        CredentialsFile::new(&self.credentials_file)
    }

    fn helper(&self, name: &str) -> HelperStore {
        HelperStore::new(name, &self.helpers)
    }

    fn helper_table(&self) -> Option<HelperTable> {
        let NamedHelpers { named, file } = self.named_helpers.as_ref()?;
        let named = named.iter().map(|it| (it.hosts.clone(), it.name.clone()));
        Some(HelperTable::new(named, file, &self.helpers))
    }

    fn require_docker(&self) -> Result<DockerConfig, StoreChoiceError> {
        self.docker().ok_or(StoreChoiceError::NoDockerConfig)
    }

    fn docker(&self) -> Option<DockerConfig> {
        let in_home = || Some(self.environment.path("HOME")?.join(".docker"));
        let directory = self.environment.path("DOCKER_CONFIG").or_else(in_home)?;
        Some(DockerConfig::new(
            directory.join("config.json"),
            self.helpers.clone(),
        ))
    }

    fn docker_auth_variable(&self) -> Option<DockerAuthVariable> {
        self.docker_auth.map(DockerAuthVariable::new)
    }

    fn containers(&self) -> Vec<ContainersAuth> {
        let in_home = || Some(self.environment.path("HOME")?.join(".config"));
        let mut search = ContainersSearch::default();
        search.registry_auth_file = self.environment.path("REGISTRY_AUTH_FILE");
        search.runtime_directory = self.environment.path("XDG_RUNTIME_DIR");
        search.user_id = self.environment.user_id;
        search.config_home = self.environment.path("XDG_CONFIG_HOME").or_else(in_home);
        search.home = self.environment.path("HOME");
        search.files(&self.helpers)
    }

    #[cfg(feature = "keyring")]
    fn keyring(&self, optional: bool) -> Option<Arc<dyn Store>> {
        let keyring = portunus_keyring::KeyringStore::native();
        Some(Arc::new(if optional {
            keyring.optional()
        } else {
            keyring
        }))
    }

    #[cfg(not(feature = "keyring"))]
    fn keyring(&self, _optional: bool) -> Option<Arc<dyn Store>> {
        None
    }
}

#[cfg(all(feature = "keyring", target_os = "linux"))]
fn keyutils() -> Option<Arc<dyn Store>> {
    Some(Arc::new(portunus_keyring::KeyringStore::keyutils()))
}

#[cfg(not(all(feature = "keyring", target_os = "linux")))]
fn keyutils() -> Option<Arc<dyn Store>> {
    None
}

fn require(keyring: Option<Arc<dyn Store>>) -> Result<Arc<dyn Store>, StoreChoiceError> {
    keyring.ok_or(StoreChoiceError::NotBuilt)
}
