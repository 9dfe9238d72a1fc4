//! Files that look as if they were read.

use std::fs;
use std::path::{Path, PathBuf};

use super::report::CheckedDirectory;
use super::whole::report_whole;
use crate::code::Code;
use crate::finding::{Finding, Severity};
use crate::lookup::DEFAULT_DIRECTORY;

const HOSTS_FILE: &str = "hosts.toml";
/// How far below a directory files are looked for that speak for a path.
const DEEPEST: usize = 3;
/// How many entries of a directory are looked at.
const MOST_ENTRIES: usize = 1_000;

/// What lies in the directory of a registry namespace and is read by nobody.
pub(super) fn check(checked: &CheckedDirectory) -> Vec<Finding> {
    let directory = &checked.directory;
    if is_dangling(directory) {
        return vec![dangling(directory)];
    }
    let hosts_file = directory.join(HOSTS_FILE);
    let has_hosts_file = fs::metadata(&hosts_file).is_ok_and(|it| it.len() > 0 || it.is_dir());
    let mut findings = Vec::new();
    for path in entries(directory) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if is_dangling(&path) && (name == HOSTS_FILE || name.ends_with(".key")) {
            findings.push(dangling(&path));
        } else if name == HOSTS_FILE {
            continue;
        } else if path.is_dir() {
            // What is to be done about a directory that nothing leads to is said of all of it.
            let found = of_a_path(&path, directory, DEEPEST);
            findings.extend(found.filter(|_| checked.naming.is_empty()));
        } else if is_like_hosts_file(name) {
            findings.extend(misnamed(&path, name, has_hosts_file));
        } else if has_hosts_file {
            findings.extend(unnamed(&path, name, checked));
        } else {
            findings.extend(no_certificate(&path, name));
        }
    }
    findings
}

/// What lies beside the directories of a root as if it spoke for all of them.
pub(super) fn check_root(root: &Path) -> Vec<Finding> {
    let files = entries(root).into_iter().filter(|path| path.is_file());
    let is_like = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name == HOSTS_FILE || is_like_hosts_file(name))
    };
    let found = files.filter(is_like).map(|path| {
        let message = "never read: containerd looks for `hosts.toml` in a directory for each \
                       registry namespace";
        let help = format!(
            "move it to `HOST/{HOSTS_FILE}`, or to `{DEFAULT_DIRECTORY}/{HOSTS_FILE}` if it is for all"
        );
        unread(&path, Severity::Warning, message, help)
    });
    found.collect()
}

/// The entries by name, and not more than are looked at.
fn entries(directory: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = listed.take(MOST_ENTRIES).map(|it| it.path()).collect();
    paths.sort();
    paths
}

fn is_dangling(path: &Path) -> bool {
    path.is_symlink() && !path.exists()
}

fn dangling(path: &Path) -> Finding {
    let message = "the link leads nowhere: containerd goes on as if nothing were there".to_owned();
    report_whole(path, Severity::Warning, Code::DanglingLink, message)
        .with_help("put the target there, or remove the link")
}

fn unread(path: &Path, severity: Severity, message: &str, help: String) -> Finding {
    report_whole(path, severity, Code::UnreadFile, message.to_owned()).with_help(help)
}

/// A `hosts.toml` below the directory of a host, as if it spoke for a part of its repositories.
fn of_a_path(path: &Path, directory: &Path, depth: usize) -> Option<Finding> {
    let file = path.join(HOSTS_FILE);
    if file.is_file() {
        let message = "never read: a registry namespace is a host, and a path is no part of it";
        let help = format!(
            "move it to `{}`, which is for everything on that host",
            directory.join(HOSTS_FILE).display()
        );
        return Some(unread(&file, Severity::Warning, message, help));
    }
    let below = entries(path)
        .into_iter()
        .filter(|path| path.is_dir() && !path.is_symlink());
    let mut below = below.filter(|_| depth > 1);
    below.find_map(|path| of_a_path(&path, directory, depth - 1))
}

/// Whether a name may be meant for `hosts.toml`: `host.toml`, `Hosts.toml`, `hosts.toml.txt`.
fn is_like_hosts_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
    (matches!(stem, "host" | "hosts") && !is_kind_of_certificate(kind))
        || strsim::levenshtein(&name, HOSTS_FILE) <= 2
}

/// A copy that was put aside is none where the file itself is there.
fn misnamed(path: &Path, name: &str, has_hosts_file: bool) -> Option<Finding> {
    let is_copy = !name.to_ascii_lowercase().ends_with(".toml");
    if has_hosts_file && is_copy {
        return None;
    }
    let help = match has_hosts_file {
        true => format!("write what is in it into `{HOSTS_FILE}`, and remove it"),
        false => format!("rename it to `{HOSTS_FILE}`"),
    };
    let message = "never read: containerd reads `hosts.toml` alone, in lower case";
    Some(unread(path, Severity::Warning, message, help))
}

/// A certificate or key that lies beside a `hosts.toml` and is not named in it.
fn unnamed(path: &Path, name: &str, checked: &CheckedDirectory) -> Option<Finding> {
    let (stem, kind) = name.rsplit_once('.')?;
    let line = match kind {
        "crt" | "pem" => format!("ca = \"{name}\""),
        "cert" => format!("client = [[\"{name}\", \"{stem}.key\"]]"),
        _ => return None,
    };
    let is_it =
        |named: &Path| named == path || named.canonicalize().ok() == path.canonicalize().ok();
    let is_named = checked.hosts.iter().any(|host| {
        let authorities = host.ca.iter().flatten().map(PathBuf::as_path);
        let pairs = host.client.iter().flatten();
        let pairs = pairs.flat_map(|pair| {
            [Some(pair.certificate.as_path()), pair.key.as_deref()]
                .into_iter()
                .flatten()
        });
        authorities.chain(pairs).any(is_it)
    });
    // Of a file that is refused nothing is known.
    if is_named || checked.hosts.is_empty() {
        return None;
    }
    let message = "not read: beside a `hosts.toml` only what is named in it is";
    let help = format!("if it is meant for one of the hosts, write `{line}` there");
    Some(unread(path, Severity::Note, message, help))
}

/// What looks like a certificate or a key to people, and not to containerd, where there is no
/// `hosts.toml` to name it.
fn no_certificate(path: &Path, name: &str) -> Option<Finding> {
    let (stem, kind) = name.rsplit_once('.')?;
    let (message, help) = match kind {
        "crt" | "cert" => return None,
        "key" if path.with_extension("cert").exists() => return None,
        "key" => (
            "not read: there is no certificate of the same name, in a file that ends in `.cert`",
            format!("put the certificate of the client beside it as `{stem}.cert`"),
        ),
        _ if !is_kind_of_certificate(kind) => return None,
        _ => (
            "not read: containerd takes authorities from `*.crt`, and a client's certificate and key \
             from `*.cert` and `*.key`",
            format!("rename it to `{stem}.crt` if it is an authority, in PEM form"),
        ),
    };
    Some(unread(path, Severity::Warning, message, help))
}

fn is_kind_of_certificate(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    [
        "pem", "cer", "der", "crt", "cert", "key", "p12", "pfx", "ca",
    ]
    .contains(&kind.as_str())
}
