//! What the client's warnings are in this program, and what to do about them.

use portunus_client::error::ConfigWarning;
use portunus_client::settings::{AbsentHostsDirectory, SettingSource};
use portunus_client::stores::StoringWarning;

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
