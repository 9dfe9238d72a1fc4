//! Golden sessions: what somebody sees who types these commands in that home.
//!
//! A folder `tests/cases/GROUP/SITUATION` holds the files of a home and a `session.txt`: commands
//! behind `$ `, with variables before them, each followed by what it prints, and comments behind
//! `# `. The home's path is written `[HOME]`. What goes to standard error stands behind
//! `--- stderr`, an exit code other than 0 behind `--- exit`. With `PORTUNUS_UPDATE_CASES=1` the
//! sessions are written anew, to be read before they are committed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use support::home::Home;
use support::process::Ran;
use support::{tools, workspace};

const SESSION: &str = "session.txt";

/// Where a case's folders belong in a home.
fn places(home: &Home) -> [(&'static str, PathBuf, u32); 4] {
    [
        ("certs.d", home.hosts_dir(), 0o644),
        ("docker", home.docker_dir(), 0o600),
        ("portunus", home.config_dir(), 0o600),
        ("pull-secret", home.path().join("pull-secret"), 0o644),
    ]
}

/// Each session is a test of its own, by the name of its folder.
pub(crate) fn trials() -> Vec<(String, impl FnOnce() + Send + 'static)> {
    let root = workspace::root().join("tests/cases");
    let sessions: Vec<PathBuf> = workspace::files(&[SESSION])
        .into_iter()
        .map(|file| workspace::root().join(file))
        .filter(|file| file.starts_with(&root))
        .collect();
    assert!(sessions.len() >= 10, "only {} sessions", sessions.len());
    let trial = |session: PathBuf| {
        let folder = session.parent().unwrap().strip_prefix(&root).unwrap();
        let name = folder.to_str().unwrap().replace('/', "::");
        let body = move || is_as_it_was_written_down(&session);
        (format!("sessions::{name}"), body)
    };
    sessions.into_iter().map(trial).collect()
}

fn is_as_it_was_written_down(session: &Path) {
    let written = fs::read_to_string(session).unwrap();
    let found = replayed(session.parent().unwrap(), &written);
    assert!(!found.contains("canary"), "a secret is shown\n{found}");
    if tools::env_var("PORTUNUS_UPDATE_CASES").is_some() {
        fs::write(session, found).unwrap();
    } else {
        assert!(found == written, "{written}\n=== but now\n{found}");
    }
}

/// The session as it goes in a home with the case's files.
fn replayed(case: &Path, session: &str) -> String {
    let home = Home::new();
    for (folder, place, mode) in places(&home) {
        copy(&case.join(folder), &place, mode);
    }
    for script in fs::read_dir(case.join("bin")).into_iter().flatten() {
        let script = script.unwrap().path();
        let name = script.file_name().unwrap().to_str().unwrap();
        home.write_script(name, &fs::read_to_string(&script).unwrap());
    }
    let mut found = String::new();
    for line in session.lines() {
        if line.starts_with("# ") {
            found += &format!("{line}\n");
        }
        let Some(command) = line.strip_prefix("$ ") else {
            continue;
        };
        let (variables, arguments) = command.split_once("portunus ").unwrap();
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut portunus = home.portunus(&arguments).env("PORTUNUS_STORE", "file");
        for (name, value) in variables
            .split_whitespace()
            .filter_map(|word| word.split_once('='))
        {
            portunus = portunus.env(name, value);
        }
        found += &format!("$ {command}\n{}", shown(&portunus.run()));
    }
    found.replace(home.path().to_str().unwrap(), "[HOME]")
}

fn shown(ran: &Ran) -> String {
    let mut text = ran.stdout.clone();
    if !ran.stderr.is_empty() {
        text += &format!("--- stderr\n{}", ran.stderr);
    }
    if !ran.status.success() {
        text += &format!("--- exit {}\n", ran.status.code().unwrap());
    }
    text + "\n"
}

fn copy(from: &Path, to: &Path, mode: u32) {
    if !from.exists() {
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target, mode);
        } else {
            fs::copy(entry.path(), &target).unwrap();
            fs::set_permissions(&target, fs::Permissions::from_mode(mode)).unwrap();
        }
    }
}
