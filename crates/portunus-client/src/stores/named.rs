use std::fmt;
use std::path::{Path, PathBuf};

use portunus::remedy::{Advise, Remedy};

use super::Stores;

/// Something that the environment names and that is not there, or is something else.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedInVain {
    /// The variable.
    pub variable: &'static str,
    /// What it names.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: VainProblem,
}

/// What is wrong with a path that a variable names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VainProblem {
    /// Nothing is there: a login may make it.
    Absent,
    /// A directory is there, in place of a file.
    IsDirectory,
    /// Something else is there, in place of a directory.
    NoDirectory,
}

const CERTIFICATE_FILE: &str = "SSL_CERT_FILE";
const CERTIFICATE_FOLDERS: &str = "SSL_CERT_DIR";

impl Stores<'_> {
    /// What the environment names in vain: nothing is read there, though somebody meant it to be.
    pub fn named_in_vain(&self) -> Vec<NamedInVain> {
        let docker = self.judge("DOCKER_CONFIG", judge_directory);
        let auth_file = self.judge("REGISTRY_AUTH_FILE", judge_file);
        // In place of the system's certificates, and of no use where they are not there.
        let roots = self.judge(CERTIFICATE_FILE, judge_file);
        let folders = self.environment.path(CERTIFICATE_FOLDERS);
        let folders = folders.iter().flat_map(std::env::split_paths);
        let folders = folders.filter_map(|path| {
            judge_directory(&path).map(|problem| NamedInVain {
                variable: CERTIFICATE_FOLDERS,
                path,
                problem,
            })
        });
        let files = docker.into_iter().chain(auth_file).chain(roots);
        files.chain(folders).collect()
    }

    fn judge(
        &self,
        variable: &'static str,
        judge: impl Fn(&Path) -> Option<VainProblem>,
    ) -> Option<NamedInVain> {
        let path = self.environment.path(variable)?;
        let problem = judge(&path)?;
        Some(NamedInVain {
            variable,
            path,
            problem,
        })
    }
}

impl fmt::Display for NamedInVain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} names {}, which ", self.variable, self.path.display())?;
        f.write_str(match self.problem {
            VainProblem::Absent => "does not exist",
            VainProblem::IsDirectory => "is a directory",
            VainProblem::NoDirectory if self.variable == CERTIFICATE_FOLDERS => "is no directory",
            VainProblem::NoDirectory => "is no directory: docker looks for config.json in it",
        })
    }
}

impl Advise for NamedInVain {
    fn remedies(&self) -> Vec<Remedy> {
        let is_docker_file =
            self.problem == VainProblem::NoDirectory && self.path.ends_with("config.json");
        vec![match (self.variable, self.path.parent()) {
            ("REGISTRY_AUTH_FILE", _) => {
                Remedy::Advice("name an auth.json that is there, or unset REGISTRY_AUTH_FILE")
            }
            (CERTIFICATE_FILE, _) => Remedy::Advice(
                "name a file of certificates in PEM form, or unset it: the system's are not read where it is set",
            ),
            (CERTIFICATE_FOLDERS, _) => Remedy::Advice(
                "name directories of certificates, or unset it: the system's are not read where it is set",
            ),
            (variable, Some(folder)) if is_docker_file => {
                Remedy::SetVariable(variable, folder.to_owned())
            }
            _ => Remedy::Advice(
                "set it to the directory that holds docker's config.json, or unset it",
            ),
        }]
    }
}

fn judge_directory(path: &Path) -> Option<VainProblem> {
    match (path.exists(), path.is_dir()) {
        (_, true) => None,
        (true, false) => Some(VainProblem::NoDirectory),
        (false, false) => Some(VainProblem::Absent),
    }
}

fn judge_file(path: &Path) -> Option<VainProblem> {
    match (path.exists(), path.is_dir()) {
        (true, false) => None,
        (true, true) => Some(VainProblem::IsDirectory),
        (false, _) => Some(VainProblem::Absent),
    }
}
