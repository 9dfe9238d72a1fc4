//! What this machine is set to: flags before the environment, that before `config.toml`, and then
//! what is the custom.

pub(crate) mod config;
mod directories;
pub(crate) mod overrides;
pub(crate) mod source;

use std::path::PathBuf;
use std::sync::Arc;

use portunus::hosts::HostsTree;
use portunus::name::Profile;
use portunus::resolve::{Resolver, prepare_hosts};
use portunus::store::Source;
use portunus::token::trust::TrustPolicy;
use tracing::debug;

use crate::client::environment::Environment;
use crate::client::events;
use crate::client::settings::config::{Config, ConfigWarning, read_profile};
use crate::client::settings::overrides::Overrides;
use crate::client::settings::source::SettingSource;
use crate::client::stores::Stores;
use crate::client::stores::choice::StoreChoice;
use crate::failure::Failure;

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Settings<'a> {
    pub(crate) environment: &'a Environment,
    /// What `config.toml` says.
    pub(crate) config: Config,
    pub(crate) profile: Profile,
    /// Whether a pull asks anonymously where every credential was rejected.
    pub(crate) anonymous_fallback: bool,
    /// The hosts directories, in order.
    pub(crate) hosts_directories: Vec<PathBuf>,
    pub(crate) sources: SettingSources,
    config_directory: PathBuf,
}

/// What decided the settings that more than one place can.
#[derive(Debug)]
pub(crate) struct SettingSources {
    pub(crate) profile: SettingSource,
    pub(crate) hosts_directories: SettingSource,
}

/// Initialization
impl<'a> Settings<'a> {
    /// Reads them; what is odd in `config.toml` is told to `warn` before anything else can fail.
    pub(crate) fn read(
        overrides: &Overrides,
        environment: &'a Environment,
        mut warn: impl FnMut(&ConfigWarning),
    ) -> Result<Self, Failure> {
        let config_directory = directories::find_config(overrides, environment)?;
        let config = Config::read(&config_directory.join("config.toml"))?;
        config.warnings.iter().for_each(&mut warn);
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
            environment,
            anonymous_fallback: config.anonymous_fallback.unwrap_or_default(),
            config,
            profile,
            hosts_directories,
            sources,
            config_directory,
        })
    }
}

/// Access
impl<'a> Settings<'a> {
    /// The file the operator's settings are in.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.config_directory.join("config.toml")
    }

    /// The hosts directories as one.
    pub(crate) fn hosts(&self) -> HostsTree {
        prepare_hosts(HostsTree::new(self.hosts_directories.clone()))
    }

    /// Tells of a hosts directory that was named and does not exist.
    pub(crate) fn absent_hosts_directory(&self) -> Option<String> {
        let source = self.sources.hosts_directories;
        let is_named = source != SettingSource::Default;
        let absent = self.hosts_directories.iter().find(|path| !path.exists());
        let absent = absent.filter(|_| is_named)?;
        Some(format!(
            "the hosts directory {} of {source} does not exist",
            absent.display()
        ))
    }

    /// The store that logins go to where the login itself says nothing, and what decided it.
    pub(crate) fn store(&self) -> Result<(StoreChoice, SettingSource), Failure> {
        const VARIABLE: &str = "PORTUNUS_STORE";
        Ok(
            match (self.environment.text(VARIABLE)?, &self.config.store) {
                (Some(name), _) => (
                    StoreChoice::read(name, &format!("`{VARIABLE}`"))?,
                    SettingSource::Variable(VARIABLE),
                ),
                (None, Some(configured)) => (configured.clone(), SettingSource::File),
                (None, None) => (StoreChoice::Auto, SettingSource::Default),
            },
        )
    }

    /// Every place that credentials are in.
    pub(crate) fn stores(&self) -> Result<Stores<'a>, Failure> {
        let (choice, _) = self.store()?;
        let file = self.config_directory.join("credentials.json");
        Ok(Stores::new(file, self.environment, choice)?)
    }

    /// Every source of credentials.
    pub(crate) fn sources(&self) -> Result<Vec<Arc<dyn Source>>, Failure> {
        Ok(self.stores()?.sources())
    }

    /// Whether the profile in force also sees the credentials of the default one.
    pub(crate) fn inherits(&self) -> bool {
        let name = self.profile.name();
        name.is_some_and(|name| self.config.inherits(name))
    }

    /// Joins the hosts with every source of credentials.
    pub(crate) fn resolver(&self) -> Result<Resolver, Failure> {
        self.resolver_behind(Vec::new())
    }

    /// The same with some sources that go before all others.
    pub(crate) fn resolver_behind(&self, first: Vec<Arc<dyn Source>>) -> Result<Resolver, Failure> {
        let resolver = Resolver::new(self.hosts())
            .inheriting(self.inherits())
            .explaining(events::are_told());
        let sources = first.into_iter().chain(self.sources()?);
        Ok(sources.fold(resolver, Resolver::with_source))
    }

    /// What the operator trusts beyond the rules.
    pub(crate) fn trust(&self) -> TrustPolicy {
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
) -> Result<(Profile, SettingSource), Failure> {
    if let Some(name) = &overrides.profile {
        return Ok((read_profile(name)?, SettingSource::Flag("--profile")));
    }
    if let Some(name) = environment.text("PORTUNUS_PROFILE")? {
        let source = SettingSource::Variable("PORTUNUS_PROFILE");
        return Ok((read_profile(name)?, source));
    }
    Ok(match &config.profile {
        Some(profile) => (profile.clone(), SettingSource::File),
        None => (Profile::DEFAULT, SettingSource::Default),
    })
}
