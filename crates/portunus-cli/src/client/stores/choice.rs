use std::fmt;

use crate::exit::Exit;
use crate::failure::Failure;

/// Which store a login goes to, as `--store`, `PORTUNUS_STORE` or `config.toml` name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreChoice {
    /// Where docker would put a plain login; for everything else the keyring, else our file.
    Auto,
    /// The keyring of the desktop.
    Keyring,
    /// The kernel's keyring.
    Keyutils,
    /// Our own file.
    File,
    /// Docker's file, or the helper it configures.
    Docker,
    /// A `docker-credential-NAME` helper.
    Helper(String),
}

impl StoreChoice {
    /// Reads the name of a store; `said_by` is what names it, for the error.
    pub(crate) fn read(name: &str, said_by: &str) -> Result<Self, Failure> {
        Ok(match name {
            "auto" => Self::Auto,
            "keyring" => Self::Keyring,
            "keyutils" => Self::Keyutils,
            "file" => Self::File,
            "docker" => Self::Docker,
            _ => match name.strip_prefix("helper:") {
                Some(helper) if is_helper_name(helper) => Self::Helper(helper.to_owned()),
                _ => {
                    let message = format!("{said_by}: there is no store `{name}`");
                    let help = "the stores are auto, keyring, keyutils, file, docker, helper:NAME";
                    return Err(Failure::new(Exit::Usage, message).help(help));
                }
            },
        })
    }
}

impl fmt::Display for StoreChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Keyring => f.write_str("keyring"),
            Self::Keyutils => f.write_str("keyutils"),
            Self::File => f.write_str("file"),
            Self::Docker => f.write_str("docker"),
            Self::Helper(name) => write!(f, "helper:{name}"),
        }
    }
}

fn is_helper_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !name.is_empty() && name.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_store_is_read_by_the_name_it_prints() {
        for name in [
            "auto",
            "keyring",
            "keyutils",
            "file",
            "docker",
            "helper:pass",
        ] {
            assert_eq!(
                StoreChoice::read(name, "--store").unwrap().to_string(),
                name
            );
        }
    }

    #[test]
    fn what_is_no_store_is_refused_with_the_list_of_stores() {
        for name in ["", "File", "helper:", "helper:../x", "helper"] {
            let failure = StoreChoice::read(name, "--store").unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(failure.help[0].text("").contains("helper:NAME"));
        }
    }
}
