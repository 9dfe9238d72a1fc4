//! Files as they are measured: the same shapes, in the sizes that are asked for.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// How much each host of a `hosts.toml` says.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Its capabilities.
    Plain,
    /// Also a timeout and two headers.
    Full,
}

/// A `hosts.toml` with so many mirrors, and a server.
pub(crate) fn hosts_toml(mirrors: usize, shape: Shape) -> String {
    let mut text = String::from("server = \"https://upstream.test\"\n");
    for at in 0..mirrors {
        write!(text, "\n[host.\"https://{}\"]\n", mirror(at)).unwrap();
        text.push_str("  capabilities = [\"pull\", \"resolve\"]\n");
        if let Shape::Full = shape {
            let header = format!("  [host.\"https://{}\".header]\n", mirror(at));
            text.push_str("  dial_timeout = \"3s\"\n");
            text.push_str(&header);
            text.push_str("    x-one = \"first\"\n    x-two = [\"second\", \"third\"]\n");
        }
    }
    text
}

/// The host of a mirror.
pub(crate) fn mirror(at: usize) -> String {
    format!("mirror-{at}.test:5000")
}

/// A `config.json` of docker with so many logins.
pub(crate) fn docker_config(entries: usize) -> String {
    let entry = |at: usize| {
        format!(
            "\t\t\"reg-{at}.test:5000\": {{\n\t\t\t\"auth\": \"dXNlcjpzZWNyZXQtb2YtdXNlcg==\"\n\t\t}}"
        )
    };
    let entries: Vec<String> = (0..entries).map(entry).collect();
    format!("{{\n\t\"auths\": {{\n{}\n\t}}\n}}\n", entries.join(",\n"))
}

/// A `config.json` in which no entry can be read.
pub(crate) fn broken_docker_config(entries: usize) -> String {
    let entry = |at: usize| format!("\"reg-{at}.test:5000\": {{\"auth\": \"!!!\"}}");
    let entries: Vec<String> = (0..entries).map(entry).collect();
    format!("{{\"auths\": {{{}}}}}", entries.join(",\n"))
}

/// Our own file, with an entry for each of these keys.
pub(crate) fn own_file(keys: impl Iterator<Item = String>) -> String {
    let entry = |key: String| {
        format!(
            "\t\t\"{key}\": {{\n\t\t\t\"kind\": \"password\",\n\t\t\t\"username\": \"alice\",\n\
             \t\t\t\"secret\": \"secret of alice\",\n\t\t\t\"stored_by\": \"portunus 0.1.0\",\n\
             \t\t\t\"stored_at\": \"2026-11-21T10:00:00Z\",\n\
             \t\t\t\"verified_at\": \"2026-11-21T10:00:00Z\"\n\t\t}}"
        )
    };
    let entries: Vec<String> = keys.map(entry).collect();
    let entries = entries.join(",\n");
    format!("{{\n\t\"version\": 1,\n\t\"credentials\": {{\n{entries}\n\t}}\n}}\n")
}

/// Writes a file of secrets.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}
