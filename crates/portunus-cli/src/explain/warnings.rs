//! What the client's warnings are in this program, and what to do about them.

use portunus_client::error::ConfigWarning;
use portunus_client::settings::{AbsentHostsDirectory, SettingSource};
use portunus_client::stores::{NamedInVain, StoringWarning, VainProblem};

use crate::help::Help;

/// What `config.toml` may say.
pub(super) const KNOWN_KEYS: &str = "`{program} config --help` shows what this file may say";

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
