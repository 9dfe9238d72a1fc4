use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use portunus::printable::system_words;
use portunus::store::{PullSecret, SourceError, SourceName};

use super::pull_secrets::PullSecrets;
use crate::manifest::{self, Node};

/// The most names of one warning.
const MOST_NAMES: usize = 5;

/// Adds what stands at a path.
pub(super) fn add(secrets: &mut PullSecrets, path: &Path) -> Result<(), SourceError> {
    if !path.is_dir() {
        return add_file(secrets, path);
    }
    if PullSecret::is_mounted_at(path) {
        return add_mounted(secrets, path);
    }
    let (inside, passed_over) = inside(path)?;
    for (reason, names) in passed_over {
        let more = if names.len() > MOST_NAMES {
            ", …"
        } else {
            ""
        };
        let names: Vec<_> = names.into_iter().take(MOST_NAMES).collect();
        let problem = format!("passed over, since {reason}: {}{more}", names.join(", "));
        secrets.problem(&path.display(), &problem);
    }
    if inside.is_empty() {
        let problem = "there is no pull secret: neither `.dockerconfigjson`, `.dockercfg` or \
                       `config.json`, nor a folder with one of them, nor a manifest";
        return Err(SourceError::new(SourceName::COMMAND_LINE, path, problem));
    }
    for path in inside {
        let added = match path.is_dir() {
            true => add_mounted(secrets, &path),
            false => add_file(secrets, &path),
        };
        if let Err(error) = added {
            secrets.go_on_without(error);
        }
    }
    Ok(())
}

/// What is not read of a folder: names, by the reason for which it is not.
type PassedOver = BTreeMap<&'static str, BTreeSet<String>>;

/// What a folder of several secrets has of them, by name: folders at which one is mounted, and
/// manifests; and what it has besides. What begins with a dot is how a kubelet swaps versions of a
/// mount.
fn inside(folder: &Path) -> Result<(Vec<PathBuf>, PassedOver), SourceError> {
    let failed = |error: &std::io::Error| {
        let problem = format!("cannot read it: {}", system_words(error));
        SourceError::new(SourceName::COMMAND_LINE, folder, problem)
    };
    let mut found = Vec::new();
    let mut passed_over = PassedOver::new();
    for entry in std::fs::read_dir(folder).map_err(|error| failed(&error))? {
        let path = entry.map_err(|error| failed(&error))?.path();
        let name = path.file_name().unwrap_or_default();
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        let is_manifest = ["yaml", "yml", "json"]
            .iter()
            .any(|it| has_ending(&path, it));
        let reason = match (path.is_dir(), is_manifest) {
            _ if is_hidden => continue,
            (true, _) if PullSecret::is_mounted_at(&path) => None,
            (true, _) => {
                Some("there is no `.dockerconfigjson`, `.dockercfg` or `config.json` in it")
            }
            (false, false) => Some("the name of a manifest ends in .yaml, .yml or .json here"),
            (false, true) => (!path.is_file()).then_some("it is no file"),
        };
        match reason {
            None => found.push(path),
            Some(reason) => {
                let names = passed_over.entry(reason).or_default();
                names.insert(name.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    Ok((found, passed_over))
}

/// A folder with the keys of one secret.
fn add_mounted(secrets: &mut PullSecrets, folder: &Path) -> Result<(), SourceError> {
    let [current, legacy] = [".dockerconfigjson", ".dockercfg"].map(|key| folder.join(key));
    if current.exists() && legacy.exists() {
        let problem = "it is not read: `.dockerconfigjson` beside it is, and a secret has one form";
        secrets.problem(&legacy.display(), problem);
    }
    secrets.add_docker_file(folder)
}

fn add_file(secrets: &mut PullSecrets, path: &Path) -> Result<(), SourceError> {
    let docker = [".dockerconfigjson", ".dockercfg", "config.json"];
    let name = path.file_name().unwrap_or_default();
    if !docker.iter().any(|it| name == *it) {
        let text = PullSecret::text_at(path)?;
        if is_manifest(path, text.expose()) {
            secrets.add_manifest(text.expose().as_bytes(), path);
            return Ok(());
        }
    }
    secrets.add_docker_file(path)
}

/// Whether a file says that it is one, or can be nothing else.
fn is_manifest(path: &Path, text: &str) -> bool {
    if has_ending(path, "yaml") || has_ending(path, "yml") {
        return true;
    }
    let documents = manifest::read(text);
    let mut read = documents.iter().flatten();
    let is_json = manifest::is_json(text);
    read.any(|it| it.text("kind").is_some() || matches!(it, Node::Map(_)) && !is_json)
        || documents.iter().any(Result::is_err) && manifest::has_kind(text)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    let found = path.extension();
    found.is_some_and(|found| found.eq_ignore_ascii_case(ending))
}
