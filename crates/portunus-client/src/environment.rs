use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;
use std::time::SystemTime;

/// What the program may know of the world besides its arguments and streams.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Environment {
    /// The environment variables.
    pub variables: BTreeMap<OsString, OsString>,
    /// Where temporary folders are made.
    pub temporary_directory: PathBuf,
    /// Where the program was started, where it works for whoever stands there.
    pub working_directory: Option<PathBuf>,
    /// The running program, which is not started as a credential helper of itself.
    pub program: Option<PathBuf>,
    /// The number of the user, where users have one.
    pub user_id: Option<u32>,
    /// The clock.
    pub now: fn() -> SystemTime,
}

impl Environment {
    /// An environment with these variables only.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self {
            variables: variables.into_iter().collect(),
            temporary_directory: std::env::temp_dir(),
            working_directory: None,
            program: None,
            user_id: None,
            now: clock,
        }
    }

    /// The environment of the running process, with the home of the user where `HOME` is not set.
    #[expect(
        clippy::disallowed_methods,
        reason = "the program's border with the world"
    )]
    pub fn of_this_process() -> Self {
        let mut environment = Self::new(std::env::vars_os());
        environment.program = std::env::current_exe().ok();
        environment.working_directory = std::env::current_dir().ok();
        environment.user_id = user_id();
        // Cron and systemd leave it out: it is in the user database.
        if environment.variable("HOME").is_none()
            && let Some(home) = std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
        {
            environment.variables.insert("HOME".into(), home.into());
        }
        environment
    }

    /// A variable that is set and not empty.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value.as_os_str())
    }

    /// A variable that names a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.variable(name).map(PathBuf::from)
    }

    /// A variable as text.
    ///
    /// # Errors
    /// Where its value is not UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<&str>, NotText> {
        let Some(value) = self.variable(name) else {
            return Ok(None);
        };
        match value.to_str() {
            Some(text) => Ok(Some(text)),
            None => Err(NotText {
                variable: name.to_owned(),
            }),
        }
    }
}

/// A variable that has to be text is not UTF-8. Its value is not told: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotText {
    /// The name of the variable.
    pub variable: String,
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value of {} is not UTF-8 text", self.variable)
    }
}

impl Error for NotText {}

#[expect(
    clippy::disallowed_methods,
    reason = "the program's border with the world"
)]
fn clock() -> SystemTime {
    SystemTime::now()
}

/// Not the owner of the process' own folder: that is root where no core may be dumped.
#[cfg(target_os = "linux")]
fn user_id() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(target_os = "linux"))]
fn user_id() -> Option<u32> {
    None
}
