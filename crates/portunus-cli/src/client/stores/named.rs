use std::path::Path;

use super::Stores;

/// Something that was named for this run and is not there, or is something else.
#[derive(Debug)]
pub(crate) struct NamedInVain {
    pub(crate) problem: String,
    pub(crate) help: String,
    /// Whether nothing is there: a login may make it.
    pub(crate) is_absent: bool,
}

impl Stores<'_> {
    /// What the environment names in vain: nothing is read there, though somebody meant it to be.
    pub(crate) fn named_in_vain(&self) -> Vec<NamedInVain> {
        let docker = self.environment.path("DOCKER_CONFIG");
        let docker = docker.as_deref().and_then(judge_docker_config);
        let auth_file = self.environment.path("REGISTRY_AUTH_FILE");
        let auth_file = auth_file.as_deref().and_then(judge_auth_file);
        docker.into_iter().chain(auth_file).collect()
    }
}

fn judge_docker_config(path: &Path) -> Option<NamedInVain> {
    let shown = path.display();
    if path.is_dir() {
        return None;
    }
    if !path.exists() {
        return Some(NamedInVain {
            problem: format!("DOCKER_CONFIG names {shown}, which does not exist"),
            help: "set it to the directory that holds docker's config.json, or unset it".to_owned(),
            is_absent: true,
        });
    }
    let parent = path.parent().filter(|_| path.ends_with("config.json"));
    Some(NamedInVain {
        problem: format!(
            "DOCKER_CONFIG names {shown}, which is no directory: docker looks for config.json in it"
        ),
        help: match parent {
            Some(parent) => format!("set DOCKER_CONFIG to {}", parent.display()),
            None => {
                "set it to the directory that holds docker's config.json, or unset it".to_owned()
            }
        },
        is_absent: false,
    })
}

fn judge_auth_file(path: &Path) -> Option<NamedInVain> {
    let is = match (path.exists(), path.is_dir()) {
        (true, false) => return None,
        (true, true) => "is a directory",
        (false, _) => "does not exist",
    };
    Some(NamedInVain {
        problem: format!("REGISTRY_AUTH_FILE names {}, which {is}", path.display()),
        help: "name an auth.json that is there, or unset REGISTRY_AUTH_FILE".to_owned(),
        is_absent: !path.exists(),
    })
}
