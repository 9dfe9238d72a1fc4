use std::path::{Path, PathBuf};
use std::sync::Arc;

use portunus::hosts::{Finding, HostsTree, Severity};
use portunus::name::{CredentialKey, ImageReference, Profile};
use portunus::resolve::{Operation, Plan, Resolver, prepare_hosts};
use portunus::store::{Source, SourceError};
use tracing::debug;

use crate::arguments::Global;
use crate::chosen_store::ChosenStore;
use crate::config::{Config, Origin, profile_named};
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::finding_help::finding_help;
use crate::stores::Stores;
use crate::streams::Streams;
use crate::{events, output};

/// Where the system's containerd is configured.
const CONTAINERD_CONFIG: &str = "/etc/containerd/config.toml";

/// What every command works with: the settings in force, and the way to the outside world.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) streams: &'a mut Streams,
    pub(crate) config: Config,
    pub(crate) profile: Profile,
    /// Whether a pull asks anonymously where every credential was rejected.
    pub(crate) anonymous_fallback: bool,
    /// Whether a plan that was made has a host that would be asked without a credential.
    pub(crate) misses_login: bool,
    pub(crate) origins: Origins,
    config_directory: PathBuf,
    hosts: Vec<PathBuf>,
}

/// What decided the settings that more than one place can.
#[derive(Debug)]
pub(crate) struct Origins {
    pub(crate) profile: Origin,
    pub(crate) hosts: Origin,
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
        let (profile, profile_origin) = profile(global, environment, &config)?;
        let (hosts, hosts_origin) = hosts_directories(global, environment, &config);
        let origins = Origins {
            profile: profile_origin,
            hosts: hosts_origin,
        };
        debug!(directory = %config_directory.display(), "configuration");
        debug!(directories = ?hosts, from = %origins.hosts, "hosts");
        debug!(%profile, from = %origins.profile, "profile");
        Ok(Self {
            environment,
            streams,
            anonymous_fallback: config.anonymous_fallback.unwrap_or_default(),
            misses_login: false,
            config,
            profile,
            origins,
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
    pub(crate) fn hosts(&self) -> HostsTree {
        prepare_hosts(HostsTree::new(self.hosts.clone()))
    }

    /// The hosts directories as text, for messages.
    pub(crate) fn hosts_paths(&self) -> &[PathBuf] {
        &self.hosts
    }

    /// Every place that credentials are in.
    pub(crate) fn stores(&self) -> Result<Stores<'a>, Failure> {
        let configured = self.config.store.as_ref();
        Stores::new(self.credentials_path(), self.environment, configured)
    }

    /// Every source of credentials.
    pub(crate) fn sources(&self) -> Result<Vec<Arc<dyn Source>>, Failure> {
        Ok(self.stores()?.sources())
    }

    /// The store that a login with this key goes to; `named` is the value of `--store`,
    /// `consented` whether a consent is kept with it.
    pub(crate) fn store_for(
        &self,
        key: &CredentialKey,
        named: Option<&str>,
        consented: bool,
    ) -> Result<ChosenStore, Failure> {
        self.stores()?.for_login(key, named, consented)
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

    /// Makes a plan, and tells what it comes with: faults of `hosts.toml` and sources that
    /// failed.
    pub(crate) fn plan(
        &mut self,
        resolver: &Resolver,
        reference: &ImageReference,
        operation: Operation,
    ) -> Result<Plan, Failure> {
        let plan = resolver.resolve(reference, operation, &self.profile)?;
        let mut asked = plan.attempts.iter().filter(|it| !it.phases.is_empty());
        self.misses_login |= asked.any(|attempt| attempt.candidates.is_empty());
        events::plan(&plan);
        self.warn_about_findings(&plan.findings);
        self.warn_about(&plan.warnings);
        Ok(plan)
    }

    /// Tells about faults of `hosts.toml`, those that are good to know left out.
    pub(crate) fn warn_about_findings(&mut self, findings: &[Finding]) {
        for finding in findings {
            if finding.severity == Severity::Note {
                continue;
            }
            let message = format!("{}: {}", finding.place, finding.message);
            output::warning(&message, finding_help(finding).as_deref(), self.streams);
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
) -> Result<(Profile, Origin), Failure> {
    let variable = match &global.profile {
        // A flag spares what the variable holds from being read.
        Some(_) => None,
        None => environment.text("PORTUNUS_PROFILE")?,
    };
    let named = [
        (global.profile.as_deref(), Origin::Flag("--profile")),
        (variable, Origin::Variable("PORTUNUS_PROFILE")),
    ];
    let mut named = named.into_iter();
    if let Some((name, origin)) = named.find_map(|(name, origin)| Some((name?, origin))) {
        return Ok((profile_named(name)?, origin));
    }
    Ok(match &config.profile {
        Some(profile) => (profile.clone(), Origin::File),
        None => (Profile::DEFAULT, Origin::Default),
    })
}

fn hosts_directories(
    global: &Global,
    environment: &Environment,
    config: &Config,
) -> (Vec<PathBuf>, Origin) {
    if !global.hosts_dir.is_empty() {
        return (global.hosts_dir.clone(), Origin::Flag("--hosts-dir"));
    }
    if let Some(list) = environment.variable("PORTUNUS_HOSTS_DIR") {
        let paths = std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty());
        return (paths.collect(), Origin::Variable("PORTUNUS_HOSTS_DIR"));
    }
    if !config.hosts_directories.is_empty() {
        return (config.hosts_directories.clone(), Origin::File);
    }
    let (xdg, home) = (
        environment.path("XDG_CONFIG_HOME"),
        environment.path("HOME"),
    );
    let own = HostsTree::rootless(xdg.as_deref(), home.as_deref());
    // A configuration of the daemon's that we may not read tells us nothing.
    let configured = HostsTree::from_containerd_config(Path::new(CONTAINERD_CONFIG));
    let system = configured.ok().flatten().unwrap_or_else(HostsTree::system);
    let defaults = [own.roots(), system.roots()].concat();
    (defaults, Origin::Default)
}
