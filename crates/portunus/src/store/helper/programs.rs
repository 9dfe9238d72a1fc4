use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a helper may take where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(30);
const PREFIX: &str = "docker-credential-";
/// Set for every helper we start, so that portunus, started by one, starts none itself.
const INSIDE: &str = "PORTUNUS_INSIDE_HELPER";
/// Holds logins: what is asked for those of one store is not shown those of another.
const LOGINS: &str = "DOCKER_AUTH_CONFIG";

/// How `docker-credential-*` programs are found and started.
///
/// They are looked for on the absolute directories of `PATH` only, and get the environment that
/// is given here, without `DOCKER_AUTH_CONFIG`.
#[derive(Clone)]
pub struct HelperPrograms {
    environment: Vec<(OsString, OsString)>,
    patience: Duration,
    deadline: Option<Instant>,
    own_program: Option<PathBuf>,
}

/// Initialization
impl HelperPrograms {
    /// Helpers that get this environment; its `PATH` says where they are.
    pub fn new(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self {
            environment: environment.into_iter().collect(),
            patience: PATIENCE,
            deadline: None,
            own_program: None,
        }
    }

    /// The same with another limit than 30 seconds; a helper that takes longer is killed with
    /// its children.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The same, and none of them may run beyond this instant, however many are asked one after
    /// another.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The same with the path of the running program: a helper that is this program under another
    /// name is never started.
    #[must_use]
    pub fn with_own_program(mut self, path: impl Into<PathBuf>) -> Self {
        self.own_program = Some(path.into());
        self
    }
}

/// Access
impl HelperPrograms {
    /// The program of that name on `PATH`.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        let path = self.variable("PATH")?;
        std::env::split_paths(path)
            .filter(|directory| directory.is_absolute())
            .map(|directory| directory.join(program))
            .find(|candidate| is_executable(candidate))
    }

    /// The program of the helper `name`.
    pub(crate) fn find_helper(&self, name: &str) -> Option<PathBuf> {
        self.find(&format!("{PREFIX}{name}"))
    }

    /// A file where the program of the helper `name` would be, and that cannot be run.
    pub(crate) fn find_unusable(&self, name: &str) -> Option<PathBuf> {
        let program = format!("{PREFIX}{name}");
        let path = self.variable("PATH")?;
        std::env::split_paths(path)
            .filter(|directory| directory.is_absolute())
            .map(|directory| directory.join(&program))
            .find(|candidate| candidate.is_file())
    }

    /// Whether a helper may be called so: letters, digits, dots, hyphens and underscores.
    pub fn is_name(name: &str) -> bool {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        !name.is_empty() && name.chars().all(allowed)
    }

    /// A helper's name that was written with the prefix of its program, without it.
    pub(crate) fn bare_name(name: &str) -> Option<&str> {
        name.strip_prefix(PREFIX).filter(|bare| !bare.is_empty())
    }

    /// Whether the helper `name` is portunus itself: it reads the stores we read anyway, and
    /// starting it would never end.
    pub(crate) fn is_own_program(&self, name: &str) -> bool {
        let same = |found: PathBuf| {
            let (found, own) = (found.canonicalize().ok(), self.own_program.as_ref()?);
            (found? == own.canonicalize().ok()?).then_some(())
        };
        name == "portunus" || self.find_helper(name).and_then(same).is_some()
    }

    /// Whether this program was itself started by portunus through a helper.
    pub fn is_inside_helper(&self) -> bool {
        self.variable(INSIDE).is_some()
    }

    pub(super) fn environment(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let given = self.environment.iter();
        given
            .filter(|(name, _)| name != LOGINS)
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
            .chain([(OsStr::new(INSIDE), OsStr::new("1"))])
    }

    /// How long one may take that is started now.
    pub(super) fn patience(&self) -> Duration {
        let left = |deadline: Instant| deadline.saturating_duration_since(Instant::now());
        self.deadline
            .map_or(self.patience, |deadline| self.patience.min(left(deadline)))
    }

    fn variable(&self, name: &str) -> Option<&OsStr> {
        let mut variables = self.environment.iter();
        variables.find_map(|(held, value)| (held == name).then_some(value.as_os_str()))
    }
}

impl fmt::Debug for HelperPrograms {
    /// An environment may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment: _,
            patience,
            deadline,
            own_program,
        } = self;
        f.debug_struct("HelperPrograms")
            .field("patience", patience)
            .field("deadline", deadline)
            .field("own_program", own_program)
            .finish_non_exhaustive()
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let executable = |metadata: std::fs::Metadata| {
        metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
    };
    path.metadata().is_ok_and(executable)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file() || path.with_extension("exe").is_file()
}
