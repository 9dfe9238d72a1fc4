use std::path::{Path, PathBuf};

use super::docker::{AuthContents, AuthFile};
use super::entry::Entry;
use super::error::SourceError;
use super::helper::HelperPrograms;
use super::snapshot::Snapshot;
use super::source::{Entries, Source};
use super::source_name::SourceName;
use crate::credential::Credential;
use crate::name::Authority;

/// Where containers/image looks for logins, in its order (`pkg/docker/config/config.go`).
///
/// Docker's own file, which containers/image looks at before `.dockercfg`, is a source of its own.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ContainersSearch {
    /// `$REGISTRY_AUTH_FILE`, which takes the place of the runtime directory's file.
    pub registry_auth_file: Option<PathBuf>,
    /// `$XDG_RUNTIME_DIR`.
    pub runtime_directory: Option<PathBuf>,
    /// The user's number, for `/run/containers/UID` where there is no runtime directory.
    pub user_id: Option<u32>,
    /// `$XDG_CONFIG_HOME`, else `$HOME/.config`.
    pub config_home: Option<PathBuf>,
    /// `$HOME`, where an old docker's `.dockercfg` may lie.
    pub home: Option<PathBuf>,
}

impl ContainersSearch {
    /// The files, best first.
    pub fn files(self, programs: &HelperPrograms) -> Vec<ContainersAuth> {
        let below = |directory: PathBuf| directory.join("containers/auth.json");
        let of_user = |id: u32| PathBuf::from(format!("/run/containers/{id}/auth.json"));
        let first = self
            .registry_auth_file
            .or_else(|| self.runtime_directory.map(below))
            .or_else(|| self.user_id.map(of_user));
        let files = first.into_iter().chain(self.config_home.map(below));
        let files = files.map(|path| ContainersAuth::new(path, programs.clone()));
        let oldest = self.home.map(|home| home.join(".dockercfg"));
        files.chain(oldest.map(ContainersAuth::dockercfg)).collect()
    }
}

/// One file podman, skopeo and buildah look for logins in. Its keys may have a repository path,
/// and it may name a helper for a host.
#[derive(Debug)]
pub struct ContainersAuth {
    file: AuthFile,
}

/// Initialization
impl ContainersAuth {
    /// The `auth.json` at `path`, which need not exist.
    pub fn new(path: impl Into<PathBuf>, programs: HelperPrograms) -> Self {
        Self {
            file: AuthFile::containers(path, programs),
        }
    }

    /// The `.dockercfg` at `path`, which need not exist: entries without `auths` around them.
    pub fn dockercfg(path: impl Into<PathBuf>) -> Self {
        Self {
            file: AuthFile::dockercfg(path),
        }
    }
}

/// Access
impl ContainersAuth {
    /// The path.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// What stands in it, without its helpers being asked.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn contents(&self) -> Result<AuthContents, SourceError> {
        self.file.contents()
    }

    /// Everything in it.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn list(&self) -> Result<Entries, SourceError> {
        self.file.list()
    }
}

impl Source for ContainersAuth {
    fn name(&self) -> SourceName {
        SourceName::CONTAINERS
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        self.file.entries(host)
    }

    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, SourceError> {
        Ok(Some(Box::new(self.file.held()?)))
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.file.credential(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_looked_for_in_the_order_of_podman() {
        let path = |text: &str| Some(PathBuf::from(text));
        let mut search = ContainersSearch {
            registry_auth_file: None,
            runtime_directory: None,
            user_id: Some(7),
            config_home: path("/home/.config"),
            home: path("/home"),
        };
        let paths = |search: &ContainersSearch| -> Vec<String> {
            let files = search.clone().files(&HelperPrograms::new([])).into_iter();
            files
                .map(|file| file.path().display().to_string())
                .collect()
        };
        let with = |first| {
            let home = ["/home/.config/containers/auth.json", "/home/.dockercfg"];
            [&[first], &home[..]].concat()
        };
        assert_eq!(paths(&search), with("/run/containers/7/auth.json"));
        search.runtime_directory = path("/run/user/7");
        assert_eq!(paths(&search), with("/run/user/7/containers/auth.json"));
        search.registry_auth_file = path("/else/auth.json");
        assert_eq!(paths(&search), with("/else/auth.json"));
    }

    #[test]
    fn an_old_docker_s_file_is_the_last_and_needs_no_auths() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(".dockercfg");
        let text = r#"{"https://index.docker.io/v1/": {"auth": "dTpw", "email": "e@x"},
            "bad.test": {"auth": "%%"}, "reg.test": {"auth": "dTpw"}}"#;
        std::fs::write(&path, text).unwrap();
        let search = ContainersSearch {
            home: Some(home.path().to_owned()),
            ..ContainersSearch::default()
        };
        let [file] = search.files(&HelperPrograms::new([])).try_into().unwrap();
        let listed = file.list().unwrap();
        let keys: Vec<String> = listed.entries.iter().map(|e| e.key.to_string()).collect();
        assert_eq!(keys, ["docker.io", "reg.test"]);
        assert_eq!(listed.warnings.len(), 1);
        let credential = file.credential(&listed.entries[0]).unwrap();
        assert_eq!(credential, Some(Credential::password("u", "p")));
        std::fs::write(&path, "[]").unwrap();
        let error = file.list().unwrap_err().to_string();
        assert!(error.contains(".dockercfg:1:1: "), "{error}");
    }

    #[test]
    fn of_docker_hub_s_keys_the_one_that_podman_writes_answers() {
        let home = tempfile::tempdir().unwrap();
        let hub: Authority = "docker.io".parse().unwrap();
        let both = r#"{"https://index.docker.io/v1/": {"auth": "b2xkOnA="},
            "docker.io": {"auth": "bmV3OnA="}}"#;
        for (name, text) in [
            ("auth.json", format!("{{\"auths\": {both}}}")),
            (".dockercfg", both.to_owned()),
        ] {
            let path = home.path().join(name);
            std::fs::write(&path, text).unwrap();
            let file = match name {
                ".dockercfg" => ContainersAuth::dockercfg(&path),
                _ => ContainersAuth::new(&path, HelperPrograms::new([])),
            };
            let [entry] = file.entries(&hub).unwrap().entries.try_into().unwrap();
            let credential = file.credential(&entry).unwrap();
            assert_eq!(credential, Some(Credential::password("new", "p")), "{name}");
        }
    }

    #[test]
    fn of_docker_hub_s_helpers_the_one_that_podman_asks_answers() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("auth.json");
        let text = r#"{"credHelpers":
            {"https://index.docker.io/v1/": "docker", "docker.io": "podman"}}"#;
        std::fs::write(&path, text).unwrap();
        let file = ContainersAuth::new(&path, HelperPrograms::new([]));
        let hub = "docker.io".parse().unwrap();
        let [entry] = file.entries(&hub).unwrap().entries.try_into().unwrap();
        let asked = entry.location.to_string();
        assert!(asked.starts_with("docker-credential-podman "), "{asked}");
    }

    #[test]
    fn a_path_answers_for_its_repositories_only() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("auth.json");
        let text = r#"{"auths": {"reg.test/team": {"auth": "dTpw"}}, "credsStore": "ignored"}"#;
        std::fs::write(&path, text).unwrap();
        let file = ContainersAuth::new(&path, HelperPrograms::new([]));
        let found = file.entries(&"reg.test".parse().unwrap()).unwrap().entries;
        let keys: Vec<String> = found.iter().map(|entry| entry.key.to_string()).collect();
        assert_eq!(keys, ["reg.test?path=team"]);
        let credential = file.credential(&found[0]).unwrap();
        assert_eq!(credential, Some(Credential::password("u", "p")));
    }
}
