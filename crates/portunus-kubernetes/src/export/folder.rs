use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use portunus::name::Authority;
use portunus::secret::Secret;
use portunus::store::docker_key;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::report::ExportedFile;
use super::shape::{DOCKER_HUB, Shaped, auths, folder_key};

/// The folder, in the one that is written, into which buildx looks.
pub const BUILDX_FOLDER: &str = "config";
/// What it reads there.
const FILE: &str = "config.json";

/// A `config.json` for each repository, with one host in it: of several docker takes any.
pub(super) fn folders(entries: &BTreeMap<String, Shaped>) -> Vec<ExportedFile> {
    let files = entries.iter().map(|(name, it)| ExportedFile {
        path: [BUILDX_FOLDER, name.as_str(), FILE].iter().collect(),
        text: auths([(&*folder_key(it), &it.text)].into_iter()),
    });
    files.collect()
}

/// Whether a file below a folder for buildx can only be of an earlier export: by its place and by its
/// text, to the letter. `path`: where it stands in the folder.
pub fn is_of_export(path: &Path, text: &Secret) -> bool {
    let Some((key, entry)) = only_entry(text.expose()) else {
        return false;
    };
    let hub = docker_key::write_key(&Authority::docker_hub());
    let host = if key == hub { DOCKER_HUB } else { &key };
    let below: PathBuf = [BUILDX_FOLDER, host].iter().collect();
    let entry = Secret::new(entry);
    path.starts_with(below)
        && path.file_name().is_some_and(|name| name == FILE)
        && auths([(&*key, &entry)].into_iter()) == *text
}

/// The one entry of a file in docker's format that holds nothing else, with the text of its value.
fn only_entry(text: &str) -> Option<(String, &str)> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File<'a> {
        #[serde(borrow)]
        auths: BTreeMap<String, &'a RawValue>,
    }
    let file: File<'_> = serde_json::from_str(text).ok()?;
    let mut entries = file.auths.into_iter();
    let (key, entry) = entries.next()?;
    // What others write on several lines stands on one here.
    let is_ours = entries.next().is_none() && !entry.get().contains('\n');
    is_ours.then(|| (key, entry.get()))
}
