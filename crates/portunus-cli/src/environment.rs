use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
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
            program: None,
            user_id: None,
            now: clock,
        }
    }

    /// The environment of the running process.
    #[expect(
        clippy::disallowed_methods,
        reason = "the program's border with the world"
    )]
    pub fn of_this_process() -> Self {
        Self {
            program: std::env::current_exe().ok(),
            user_id: user_id(),
            ..Self::new(std::env::vars_os())
        }
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

    /// A variable as text; what is not UTF-8 counts as not set.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.variable(name)?.to_str()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program's border with the world"
)]
fn clock() -> SystemTime {
    SystemTime::now()
}

/// The owner of the process' own folder.
#[cfg(target_os = "linux")]
fn user_id() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(std::fs::metadata("/proc/self").ok()?.uid())
}

#[cfg(not(target_os = "linux"))]
fn user_id() -> Option<u32> {
    None
}
