//! The one place of the libraries that knows words of a command line: those that every program
//! shares which has this project's commands, whatever its name.

use super::Remedy;
use super::log_in::LogIn;
use crate::name::{Authority, CredentialKey};

impl Remedy {
    /// The words of the command that does it, without the program's name, each unquoted. `None`
    /// where no command alone does.
    ///
    /// ```
    /// use portunus::remedy::{LogIn, Remedy};
    ///
    /// let key = "mirror.test:5000?ns=docker.io".parse()?;
    /// let remedy = Remedy::from(LogIn::new(key).with_plain_http(true));
    /// let words = remedy.arguments().unwrap_or_default();
    /// assert_eq!(
    ///     words,
    ///     ["login", "--registry-namespace", "docker.io", "mirror.test:5000", "--plain-http"]
    /// );
    /// assert!(remedy.lowers_security());
    /// # Ok::<(), portunus::name::NameError>(())
    /// ```
    pub fn arguments(&self) -> Option<Vec<String>> {
        let words = |words: &[&str]| Some(words.iter().map(|&word| word.to_owned()).collect());
        match self {
            Self::LogIn(log_in) => Some(login(log_in)),
            Self::LogInInstead(Some(key)) => Some(login(&LogIn::new((**key).clone()))),
            Self::LogOut(key) => {
                let mut words = with_limits("logout", key);
                words.push(key.host().to_string());
                Some(words)
            }
            Self::CheckHosts(name) => words(&["check", name.as_str()]),
            Self::ShowHosts(Some(name)) => words(&["hosts", name.as_str()]),
            Self::Probe { reference, push } => match push {
                true => words(&["resolve", "--push", "--probe", &reference.to_string()]),
                false => words(&["resolve", "--probe", &reference.to_string()]),
            },
            Self::PullLocally(Some(reference)) => {
                words(&["pull", "--local", &reference.to_string()])
            }
            _ => None,
        }
    }
}

/// Docker Hub is what a login without a host means.
fn login(log_in: &LogIn) -> Vec<String> {
    let key = &log_in.key;
    let mut words = with_limits("login", key);
    let authority = key.host().authority();
    if !authority.is_some_and(Authority::is_docker_hub) {
        words.push(key.host().to_string());
    }
    if let Some(realm) = &log_in.trusted_realm {
        words.extend(["--trust-realm".to_owned(), realm.to_string()]);
    }
    if log_in.insecure_registry {
        words.push("--insecure-registry".to_owned());
    }
    if log_in.plain_http {
        words.push("--plain-http".to_owned());
    }
    words
}

/// A command with the options for what a key is limited to.
fn with_limits(verb: &str, key: &CredentialKey) -> Vec<String> {
    let mut words = vec![verb.to_owned()];
    let mut option = |flag: &str, value: Option<&str>| {
        if let Some(value) = value {
            words.extend([flag.to_owned(), value.to_owned()]);
        }
    };
    option("--profile", key.profile().name());
    option(
        "--registry-namespace",
        key.registry_namespace().map(|name| name.as_str()),
    );
    option("--repository", key.repository().map(|it| it.as_str()));
    words
}
