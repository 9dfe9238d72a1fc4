//! What the client's errors and warnings are in this program: exit codes, and what to run next.

use portunus::remedy::Advise;

use super::explain_hosts;
use crate::bare_host::explain_name;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use portunus_client::ClientError;
use portunus_client::NotText;
use portunus_client::UnknownStore;
use portunus_client::error::DockerBuilderError;
use portunus_client::error::StoreChoiceError;
use portunus_client::error::TargetError;
use portunus_client::error::{CheckError, HelperProtocolError, UnusableCredential};
use portunus_client::error::{ConfigError, ConfigProblem, ConfigWarning};
use portunus_client::settings::AbsentHostsDirectory;
use portunus_client::settings::SettingSource;
use portunus_client::stores::StoringWarning;
use portunus_client::stores::{NamedInVain, VainProblem};

/// What `config.toml` may say.
const KNOWN_KEYS: &str = "`{program} config --help` shows what this file may say";
const STORES: &str = "the stores are auto, keyring, keyutils, file, docker, helper:NAME";

impl From<DockerBuilderError> for Failure {
    fn from(error: DockerBuilderError) -> Self {
        let said = |exit| Self::new(exit, error.to_string());
        match error {
            DockerBuilderError::Above { variable } => {
                said(Exit::Usage).help(format!("unset {variable}"))
            }
            DockerBuilderError::NotRun(_) => {
                said(Exit::Failed).help("install docker with its plugin buildx, and run this again")
            }
            DockerBuilderError::Failed { .. } => said(Exit::Failed)
                .help("run this again where the daemon that DOCKER_HOST names can be reached"),
            _ => said(Exit::Failed),
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let message = error.to_string();
        let said = |exit| Self::new(exit, message.clone());
        let remedies = error.remedies();
        let advised = |exit| remedies.into_iter().fold(said(exit), Self::help);
        match error {
            ClientError::NotText(error) => error.into(),
            ClientError::NoConfigDirectory => {
                said(Exit::Usage).help("name it with --config-dir DIR")
            }
            ClientError::Variable { variable, .. } => {
                said(Exit::Usage).help(format!("unset {variable}, or set it to another name"))
            }
            ClientError::Layout { .. } => said(Exit::Failed)
                .help("name a directory that you can write, one that is there or a new one"),
            ClientError::Config(error) => (*error).into(),
            ClientError::Name(error) => error.into(),
            ClientError::StoreChoice(error) => error.into(),
            ClientError::Target(error) => error.into(),
            ClientError::Source(error) => error.into(),
            ClientError::Hosts(error) => error.into(),
            ClientError::Resolve(error) => error.into(),
            ClientError::Unlisted { .. } | ClientError::DefaultProfile => said(Exit::Usage),
            ClientError::TwoProfiles { .. } => said(Exit::Configuration)
                .help("leave the directory to one of them, or name one with --profile"),
            ClientError::DockerBuilder(error) => error.into(),
            ClientError::Machine(error) => error.into(),
            ClientError::UnsaidMirror(mirror) => {
                let place = mirror.place.iter();
                let listed = place.map(|place| {
                    let (file, line) = (place.file.display(), place.line);
                    format!("it is listed in {file}:{line}")
                });
                listed
                    .fold(said(Exit::Untrusted), Self::detail)
                    .help("add capabilities = [\"pull\", \"resolve\"] there to push to the server")
                    .help("or run again with --push-to-mirror")
            }
            ClientError::OpenHost(_) => said(Exit::NotLoggedIn),
            ClientError::HelperProtocol(HelperProtocolError::OtherProfile { variable, .. }) => {
                said(Exit::Failed).help(format!("unset {variable}"))
            }
            ClientError::Unusable(error) => error.into(),
            ClientError::NobodyToAsk(_) => advised(Exit::Usage),
            ClientError::StoredRejected { .. } => advised(Exit::NotLoggedIn),
            ClientError::Check(error) => error.into(),
            ClientError::NoLayout { .. } => said(Exit::NotFound),
            ClientError::Untrusted(_) => advised(Exit::Untrusted),
            ClientError::Kubelet(error) => (*error).into(),
            ClientError::Registry(error) => explain_hosts(&error, None),
            ClientError::Export(error) => (*error).into(),
            ClientError::NotReplaced { .. } => said(Exit::Failed).help("name another file with -o"),
            ClientError::NotWritten { .. } => {
                said(Exit::Failed).help("name a file that can be written with -o")
            }
            #[cfg(feature = "containerd")]
            ClientError::Daemon(error) => error.into(),
            _ => advised(Exit::Failed),
        }
    }
}

impl From<UnusableCredential> for Failure {
    fn from(error: UnusableCredential) -> Self {
        Self::new(Exit::Usage, error.to_string()).help(match error {
            UnusableCredential::NoPassword => {
                "give it with --password-stdin, or leave it out to be asked for it"
            }
            _ => "name the account alone: -u USER",
        })
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        let broken = Self::new(Exit::Configuration, error.to_string());
        match error {
            CheckError::NoHostsFile(_) => Self::new(Exit::Usage, error.to_string())
                .help("containerd reads DIR/NAMESPACE/hosts.toml only"),
            CheckError::AbsentHostsDirectory(absent) => {
                Self::new(Exit::Configuration, describe_absent(&absent))
                    .help("name one that exists, or leave it out")
            }
            CheckError::UnspokenFor { .. } => broken
                .help("name one that has a directory there, or another place with --hosts-dir"),
            _ => broken.help("name a file or directory that exists"),
        }
    }
}

impl From<NotText> for Failure {
    fn from(error: NotText) -> Self {
        let help = format!("unset {}, or set it to text", error.variable);
        Self::new(Exit::Usage, error.to_string()).help(help)
    }
}

impl From<Box<ConfigError>> for Failure {
    fn from(error: Box<ConfigError>) -> Self {
        (*error).into()
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let broken = Self::new(Exit::Configuration, error.to_string());
        match &error {
            ConfigError::Unreadable { .. } => broken.whole(),
            ConfigError::Untrusted { .. } => {
                let untrusted = Self::new(Exit::Untrusted, error.to_string());
                error.remedies().into_iter().fold(untrusted, Self::help)
            }
            ConfigError::Broken { problem, .. } => broken.help(match problem {
                ConfigProblem::Store(_) => STORES,
                _ => KNOWN_KEYS,
            }),
            _ => broken,
        }
    }
}

impl From<StoreChoiceError> for Failure {
    fn from(error: StoreChoiceError) -> Self {
        let failure = Self::new(Exit::Usage, error.to_string());
        failure.help(match error {
            StoreChoiceError::Variable(..) => STORES,
            StoreChoiceError::NoConsent(_) | StoreChoiceError::PlainOnly { .. } => {
                "leave --store out, or use --store keyring or --store file"
            }
            StoreChoiceError::NoDockerConfig => "set DOCKER_CONFIG, or use --store file",
            _ => "use --store file",
        })
    }
}

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Self {
        let failure = Self::new(Exit::Usage, error.to_string());
        match error {
            TargetError::Name(error) => error.into(),
            TargetError::Glob(_) => {
                failure.help("name one of them, or add --no-verify to store the login unchecked")
            }
            TargetError::NoHost(_) => failure.help("write endpoint://NAMESPACE/HOST[:PORT]"),
            TargetError::TwoInText(_) | TargetError::Disagreeing { .. } => {
                failure.help("name one of them")
            }
            TargetError::OtherProfile { spelled, .. } => {
                failure.help(format!("add --profile {spelled}, or leave the profile out"))
            }
            error @ TargetError::HostWithPath { .. } => explain_target(error, "login", None),
            _ => failure,
        }
    }
}

/// What that command was to be for is none, or more than one thing; `typed`: as it was written.
pub(crate) fn explain_target(error: TargetError, command: &str, typed: Option<&str>) -> Failure {
    let failure = Failure::new(Exit::Usage, error.to_string());
    match (error, typed) {
        (TargetError::HostWithPath { host, path, .. }, _) => failure
            .help(Help::command([command, &*host]))
            .help(Help::command([command, &*host, "--repository", &*path])),
        (TargetError::Name(error), Some(typed)) => explain_name(error, command, typed),
        (error, _) => error.into(),
    }
}

/// That `--store` names none.
pub(crate) fn explain_unknown_store(error: &UnknownStore) -> Failure {
    Failure::new(Exit::Usage, format!("--store: {error}")).help(STORES)
}

/// A warning about `config.toml`, with what to do.
pub(crate) fn warning_help(warning: &ConfigWarning) -> Help {
    match &warning.nearest {
        Some(nearest) => Help::from(format!("did you mean `{nearest}`?")),
        None => KNOWN_KEYS.into(),
    }
}

/// What to do about a path that the environment names in vain.
pub(crate) fn help_with_path(named: &NamedInVain) -> Help {
    match named.variable {
        "REGISTRY_AUTH_FILE" => {
            return "name an auth.json that is there, or unset REGISTRY_AUTH_FILE".into();
        }
        "SSL_CERT_FILE" => {
            return "name a file of certificates in PEM form, or unset it: the system's are not read where it is set".into();
        }
        "SSL_CERT_DIR" => {
            return "name directories of certificates, or unset it: the system's are not read where it is set".into();
        }
        _ => {}
    }
    let is_file = named.problem == VainProblem::NoDirectory && named.path.ends_with("config.json");
    match named.path.parent().filter(|_| is_file) {
        Some(parent) => format!("set DOCKER_CONFIG to {}", parent.display()).into(),
        None => "set it to the directory that holds docker's config.json, or unset it".into(),
    }
}

/// That a hosts directory that was named is not there.
pub(crate) fn describe_absent(absent: &AbsentHostsDirectory) -> String {
    match absent.named_by {
        SettingSource::Caller => format!(
            "the hosts directory {} of --hosts-dir does not exist",
            absent.path.display()
        ),
        _ => absent.to_string(),
    }
}

/// What is told about where a login was stored; `chosen_with`: how another place is chosen.
pub(crate) fn describe_kept(warning: &StoringWarning, chosen_with: &str) -> String {
    match warning {
        StoringWarning::FellBack { .. } => format!("{warning} (choose with {chosen_with})"),
        _ => warning.to_string(),
    }
}
