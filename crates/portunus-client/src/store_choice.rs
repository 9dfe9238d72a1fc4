use std::fmt;
use std::str::FromStr;

/// Which store a login goes to, by the name that is written for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreChoice {
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

/// A store was named that there is not. There are `auto`, `keyring`, `keyutils`, `file`, `docker`
/// and `helper:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no store `{name}`")]
#[non_exhaustive]
pub struct UnknownStore {
    /// What was named.
    pub name: String,
}

impl FromStr for StoreChoice {
    type Err = UnknownStore;

    fn from_str(name: &str) -> Result<Self, UnknownStore> {
        Ok(match name {
            "auto" => Self::Auto,
            "keyring" => Self::Keyring,
            "keyutils" => Self::Keyutils,
            "file" => Self::File,
            "docker" => Self::Docker,
            _ => match name.strip_prefix("helper:") {
                Some(helper) if is_helper_name(helper) => Self::Helper(helper.to_owned()),
                _ => {
                    let name = name.to_owned();
                    return Err(UnknownStore { name });
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
            assert_eq!(name.parse::<StoreChoice>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn what_is_no_store_is_refused() {
        for name in ["", "File", "helper:", "helper:../x", "helper"] {
            assert_eq!(name.parse::<StoreChoice>().unwrap_err().name, name);
        }
    }
}
