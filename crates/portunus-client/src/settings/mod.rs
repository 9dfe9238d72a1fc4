//! What is this machine set to?
//!
//! Flags before the environment, that before `config.toml`, and then
//! what is the custom.

pub(crate) mod config;
pub(crate) mod directories;
pub(crate) mod overrides;
mod value;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use portunus::hosts::HostsTree;
use portunus::name::Profile;
use portunus::resolve::{Resolver, WallClock, prepare_hosts};
use portunus::store::Source;
use portunus::token::trust::TrustPolicy;
use tracing::debug;

use crate::environment::Environment;
use crate::error::ClientError;
use crate::error::store_choice::StoreChoiceError;
use crate::events;
use crate::store_choice::StoreChoice;
use crate::stores::Stores;

pub use crate::error::absent_hosts_directory::AbsentHostsDirectory;
pub use crate::named_helper::NamedHelper;
pub use crate::setting_source::SettingSource;
pub use config::key::{Key, KeyFacts};
pub use config::profile_directory::ProfileDirectory;
pub use config::trust::Trust;
pub use config::{Config, read_profile};
pub use overrides::Overrides;
pub use value::SettingValue;

/// The variable that names the store logins go to.
const STORE_VARIABLE: &str = "PORTUNUS_STORE";
/// The variable that names the profile.
pub const PROFILE_VARIABLE: &str = "PORTUNUS_PROFILE";

/// The settings in force.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// What `config.toml` says.
    pub config: Config,
    /// Whose credentials.
    pub profile: Profile,
    /// Whether a pull asks anonymously where every credential was rejected.
    pub anonymous_fallback: bool,
    /// The hosts directories, in order.
    pub hosts_directories: Vec<PathBuf>,
    /// Until when credential helpers may run, all together; `None`: each has its own time.
    pub helper_deadline: Option<Instant>,
    /// What decided these.
    pub sources: SettingSources,
    environment: Environment,
    config_directory: PathBuf,
}

/// What decided the settings that more than one place can.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SettingSources {
    /// The profile.
    pub profile: SettingSource,
    /// The hosts directories.
    pub hosts_directories: SettingSource,
}

/// Initialization
impl Settings {
    /// Reads `config.toml` where it is looked for, and joins it with what goes before it. What is
    /// odd in it is in [`Config::warnings`].
    ///
    /// # Errors
    /// Where nobody says where it is, it cannot be obeyed, or something named makes no sense.
    pub fn read(overrides: &Overrides, environment: &Environment) -> Result<Self, ClientError> {
        let file = directories::find_config(overrides, environment)?;
        Self::new(overrides, environment, Config::read(&file)?)
    }

    /// The settings where `config.toml` says this.
    ///
    /// # Errors
    /// Where nobody says where logins are kept, or the profile that is named is none.
    pub fn new(
        overrides: &Overrides,
        environment: &Environment,
        config: Config,
    ) -> Result<Self, ClientError> {
        let config_directory = directories::find_config_directory(overrides, environment)?;
        let (profile, profile_source) = choose_profile(overrides, environment, &config)?;
        let (hosts_directories, hosts_source) =
            directories::find_hosts(overrides, environment, &config);
        let sources = SettingSources {
            profile: profile_source,
            hosts_directories: hosts_source,
        };
        debug!(directory = %config_directory.display(), "configuration");
        debug!(directories = ?hosts_directories, from = %sources.hosts_directories, "hosts");
        debug!(%profile, from = %sources.profile, "profile");
        Ok(Self {
            anonymous_fallback: config.anonymous_fallback.unwrap_or_default(),
            config,
            profile,
            hosts_directories,
            helper_deadline: None,
            sources,
            environment: environment.clone(),
            config_directory,
        })
    }
}

/// Access
impl Settings {
    /// The file that [`Self::read`] reads the operator's settings from.
    ///
    /// # Errors
    /// Where nobody says where it is.
    pub fn find_config_file(
        overrides: &Overrides,
        environment: &Environment,
    ) -> Result<PathBuf, ClientError> {
        directories::find_config(overrides, environment)
    }

    /// The same for another profile.
    #[must_use]
    pub fn of_profile(&self, profile: &Profile) -> Self {
        let mut of_it = self.clone();
        of_it.profile.clone_from(profile);
        of_it
    }

    /// The world as it was handed in.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The file the operator's settings are in.
    pub fn config_file(&self) -> PathBuf {
        self.config_directory.join(directories::CONFIG_FILE)
    }

    /// The hosts directories as one.
    pub fn hosts(&self) -> HostsTree {
        prepare_hosts(HostsTree::new(self.hosts_directories.clone()))
    }

    /// A hosts directory that was named and does not exist.
    pub fn absent_hosts_directory(&self) -> Option<AbsentHostsDirectory> {
        let source = self.sources.hosts_directories;
        let is_named = source != SettingSource::Default;
        let absent = self.hosts_directories.iter().find(|path| !path.exists());
        let path = absent.filter(|_| is_named)?.clone();
        Some(AbsentHostsDirectory {
            path,
            named_by: source,
        })
    }

    /// The store that logins go to where the login itself says nothing, and what decided it.
    ///
    /// # Errors
    /// Where the variable that names it is not text, or names none.
    pub fn store(&self) -> Result<(StoreChoice, SettingSource), ClientError> {
        let named = self.environment.text(STORE_VARIABLE)?;
        Ok(match (named, &self.config.store) {
            (Some(name), _) => {
                let unknown = |error| StoreChoiceError::Variable(STORE_VARIABLE, error);
                let choice = name.parse().map_err(unknown)?;
                (choice, SettingSource::Variable(STORE_VARIABLE))
            }
            (None, Some(configured)) => (configured.clone(), SettingSource::File),
            (None, None) => (StoreChoice::Auto, SettingSource::Default),
        })
    }

    /// Every place that credentials are in.
    ///
    /// # Errors
    /// Where a variable that says something of them is not text, or names no store.
    pub fn stores(&self) -> Result<Stores<'_>, ClientError> {
        let (choice, _) = self.store()?;
        let file = self.config_directory.join("credentials.json");
        let config_file = self.config_file();
        let stores = Stores::new(file, &self.environment, choice)?
            .with_named_helpers(&self.config.helpers, config_file);
        Ok(match self.helper_deadline {
            Some(deadline) => stores.with_helper_deadline(deadline),
            None => stores,
        })
    }

    /// Every source of credentials, in the order that decides between equally specific entries.
    ///
    /// # Errors
    /// As [`Self::stores`].
    pub fn sources(&self) -> Result<Vec<Arc<dyn Source>>, ClientError> {
        Ok(self.stores()?.sources())
    }

    /// Whether the profile in force also sees the credentials of the default one.
    pub fn inherits(&self) -> bool {
        let name = self.profile.name();
        name.is_some_and(|name| self.config.inherits(name))
    }

    /// Joins the hosts with every source of credentials.
    ///
    /// # Errors
    /// As [`Self::stores`].
    pub fn resolver(&self) -> Result<Resolver, ClientError> {
        self.resolver_behind(Vec::new())
    }

    /// The same with some sources that go before all others.
    ///
    /// # Errors
    /// As [`Self::stores`].
    pub fn resolver_behind(&self, first: Vec<Arc<dyn Source>>) -> Result<Resolver, ClientError> {
        let resolver = Resolver::new(self.hosts())
            .inheriting(self.inherits())
            .explaining(events::are_told())
            .with_clock(WallClock::new(self.environment.now));
        let sources = first.into_iter().chain(self.sources()?);
        Ok(sources.fold(resolver, Resolver::with_source))
    }

    /// What the operator trusts beyond the rules.
    pub fn trust(&self) -> TrustPolicy {
        let mut policy = TrustPolicy::default();
        policy.plain_http.clone_from(&self.config.trust.plain_http);
        policy.realms.clone_from(&self.config.trust.realms);
        policy
    }
}

fn choose_profile(
    overrides: &Overrides,
    environment: &Environment,
    config: &Config,
) -> Result<(Profile, SettingSource), ClientError> {
    if let Some(name) = &overrides.profile {
        return Ok((read_profile(name)?, SettingSource::Caller));
    }
    if let Some(name) = environment.text(PROFILE_VARIABLE)? {
        let source = SettingSource::Variable(PROFILE_VARIABLE);
        let profile = read_profile(name).map_err(|problem| ClientError::Variable {
            variable: PROFILE_VARIABLE,
            problem,
        })?;
        return Ok((profile, source));
    }
    if let Some(profile) = profile_of_directory(environment, config)? {
        return Ok((profile, SettingSource::Directory));
    }
    Ok(match &config.profile {
        Some(profile) => (profile.clone(), SettingSource::File),
        None => (Profile::DEFAULT, SettingSource::Default),
    })
}

/// A checkout cannot choose an account: nothing in the directory is read.
fn profile_of_directory(
    environment: &Environment,
    config: &Config,
) -> Result<Option<Profile>, ClientError> {
    let Some(there) = &environment.working_directory else {
        return Ok(None);
    };
    if config.directories.is_empty() {
        return Ok(None);
    }
    let home = environment.path("HOME");
    let innermost =
        config::profile_directory::innermost(&config.directories, home.as_deref(), there);
    let Some(first) = innermost.first() else {
        return Ok(None);
    };
    match innermost.iter().find(|it| it.profile != first.profile) {
        Some(other) => Err(ClientError::TwoProfiles {
            directory: first.directory.clone(),
            profiles: [first.profile.clone(), other.profile.clone()],
        }),
        None => Ok(Some(first.profile.clone())),
    }
}
