use std::path::{Path, PathBuf};
use std::sync::Arc;

use portunus::hosts::{Finding, HostsDirectories, Severity};
use portunus::name::{CredentialKey, Profile};
use portunus::resolve::{Plan, Resolver};
use portunus::store::{Source, SourceError};

use crate::arguments::Global;
use crate::chosen_store::ChosenStore;
use crate::config::Config;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::stores::Stores;
use crate::streams::Streams;

/// What every command works with: the settings in force, and the way to the outside world.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) streams: &'a mut Streams,
    pub(crate) config: Config,
    pub(crate) profile: Profile,
    config_directory: PathBuf,
    hosts: Vec<PathBuf>,
}

impl<'a> Context<'a> {
    /// Settings from flags, then the environment, then `config.toml`, then defaults.
    pub(crate) fn new(
        global: &Global,
        environment: &'a Environment,
        streams: &'a mut Streams,
    ) -> Result<Self, Failure> {
        let config_directory = config_directory(global, environment)?;
        let config = Config::read(&config_directory.join("config.toml"))?;
        for warning in &config.warnings {
            output::warning(&warning.message, warning.help.as_deref(), streams);
        }
        let profile = profile(global, environment, &config)?;
        let hosts = hosts_directories(global, environment, &config);
        Ok(Self {
            environment,
            streams,
            config,
            profile,
            config_directory,
            hosts,
        })
    }

    /// Our own file of credentials.
    pub(crate) fn credentials_path(&self) -> PathBuf {
        self.config_directory.join("credentials.json")
    }

    /// The file the operator's settings are in.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.config_directory.join("config.toml")
    }

    /// The hosts directories, in order.
    pub(crate) fn hosts(&self) -> HostsDirectories {
        HostsDirectories::new(self.hosts.clone())
    }

    /// The hosts directories as text, for messages.
    pub(crate) fn hosts_paths(&self) -> &[PathBuf] {
        &self.hosts
    }

    /// Every place that credentials are in.
    pub(crate) fn stores(&self) -> Result<Stores<'a>, Failure> {
        let configured = self.config.store.as_deref();
        Stores::new(self.credentials_path(), self.environment, configured)
    }

    /// Every source of credentials.
    pub(crate) fn sources(&self) -> Result<Vec<Arc<dyn Source>>, Failure> {
        Ok(self.stores()?.sources())
    }

    /// The store that a login with this key goes to; `named` is the value of `--store`.
    pub(crate) fn store_for(
        &self,
        key: &CredentialKey,
        named: Option<&str>,
    ) -> Result<ChosenStore, Failure> {
        self.stores()?.for_login(key, named)
    }

    /// Joins the hosts with every source of credentials.
    pub(crate) fn resolver(&self) -> Result<Resolver, Failure> {
        let inherit = self
            .profile
            .name()
            .is_some_and(|name| self.config.inherits(name));
        let resolver = Resolver::new(self.hosts()).inheriting(inherit);
        Ok(self
            .sources()?
            .into_iter()
            .fold(resolver, Resolver::with_source))
    }

    /// Tells what a plan comes with: faults of `hosts.toml` and sources that failed.
    pub(crate) fn warn_about_plan(&mut self, plan: &Plan) {
        self.warn_about_findings(&plan.findings);
        self.warn_about(&plan.warnings);
    }

    /// Tells about faults of `hosts.toml`, those that are good to know left out.
    pub(crate) fn warn_about_findings(&mut self, findings: &[Finding]) {
        for finding in findings {
            if finding.severity == Severity::Note {
                continue;
            }
            let message = format!("{}: {}", finding.place, finding.message);
            output::warning(&message, finding.help.as_deref(), self.streams);
        }
    }

    /// Tells about sources that failed and were passed over.
    pub(crate) fn warn_about(&mut self, warnings: &[SourceError]) {
        for warning in warnings {
            output::warning(&warning.to_string(), warning.help.as_deref(), self.streams);
        }
    }
}

fn config_directory(global: &Global, environment: &Environment) -> Result<PathBuf, Failure> {
    let in_home = |home: PathBuf| home.join(".config/portunus");
    global
        .config_dir
        .clone()
        .or_else(|| environment.path("PORTUNUS_CONFIG_DIR"))
        .or_else(|| {
            environment
                .path("XDG_CONFIG_HOME")
                .map(|base| base.join("portunus"))
        })
        .or_else(|| environment.path("HOME").map(in_home))
        .ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                "cannot tell where the configuration is: HOME is not set",
            )
            .help("name it with --config-dir DIR")
        })
}

fn profile(
    global: &Global,
    environment: &Environment,
    config: &Config,
) -> Result<Profile, Failure> {
    let named = global
        .profile
        .as_deref()
        .or_else(|| environment.text("PORTUNUS_PROFILE"));
    match named.or(config.profile.as_deref()) {
        None | Some("default") => Ok(Profile::DEFAULT),
        Some(name) => Ok(Profile::named(name)?),
    }
}

fn hosts_directories(global: &Global, environment: &Environment, config: &Config) -> Vec<PathBuf> {
    if !global.hosts_dir.is_empty() {
        return global.hosts_dir.clone();
    }
    if let Some(list) = environment.variable("PORTUNUS_HOSTS_DIR") {
        return std::env::split_paths(list)
            .filter(|path| !path.as_os_str().is_empty())
            .collect();
    }
    if !config.hosts_directories.is_empty() {
        return config.hosts_directories.clone();
    }
    let mut defaults = Vec::new();
    let rootless = environment
        .path("XDG_CONFIG_HOME")
        .or_else(|| environment.path("HOME").map(|home| home.join(".config")));
    for base in rootless
        .iter()
        .map(PathBuf::as_path)
        .chain([Path::new("/etc")])
    {
        defaults.push(base.join("containerd/certs.d"));
        defaults.push(base.join("docker/certs.d"));
    }
    defaults
}
