//! Files of users as docker-registry and nginx read them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{process, tools};

/// Writes a file with these users and passwords. No user at all makes a file that lets nobody in.
///
/// bcrypt, the only kind that docker-registry takes, with the least cost.
pub fn write(file: &Path, users: &[(&str, &str)]) {
    let mut text = String::new();
    for (user, password) in users {
        let mut htpasswd = Command::new(tools::program("htpasswd"));
        let ran = process::run(htpasswd.args(["-niB", "-C4", user]), password.as_bytes());
        text += ran.assert_success().stdout.trim();
        text.push('\n');
    }
    fs::write(file, text).unwrap();
}
