//! Watch the main job: one mirror on loopback that wants another account for each registry
//! namespace, two logins, the plan, and both images pulled into an OCI layout. Everything happens
//! in a scratch folder, shown as `~`, that is removed at the end; `cargo xtask demo` runs it.

use std::ffi::OsString;
use std::io::{self, Cursor, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use portunus_cli::{Environment, Exit, Streams};
use support::account::Account;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

fn main() -> ExitCode {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let accounts = [
        Account::new("alice", "alice's password").in_registry_namespace("reg-a.test"),
        Account::new("bob", "bob's password").in_registry_namespace("reg-b.test"),
    ];
    let mirror = ProgrammableRegistry::basic(&accounts);
    let address = mirror.address();
    say(&format!(
        "a mirror of two registry namespaces listens on {address}: it lets"
    ));
    say("alice in for reg-a.test, bob for reg-b.test, and nobody else");
    mirror.put_image("team/app", "v1", &Image::small("a"));
    mirror.put_image("team/tool", "v1", &Image::small("b"));
    for registry_namespace in ["reg-a.test", "reg-b.test"] {
        configure(scratch.path(), registry_namespace, &address);
    }
    let logins = [("reg-a.test", "alice"), ("reg-b.test", "bob")];
    let images = ["reg-a.test/team/app:v1", "reg-b.test/team/tool:v1"];
    let mut commands = Vec::new();
    for (registry_namespace, user) in logins {
        let login = format!(
            "login --registry-namespace {registry_namespace} {address} -u {user} --password-stdin"
        );
        commands.push((login, format!("{user}'s password\n")));
    }
    commands.push((format!("resolve {}", images[0]), String::new()));
    for image in images {
        commands.push((
            format!("pull {image} --oci-layout layout --progress none"),
            String::new(),
        ));
    }
    for (command, input) in commands {
        let exit = portunus(&command, &input, scratch.path());
        if exit != Exit::Done {
            return exit.into();
        }
    }
    say("\nwhat the mirror saw with a password:");
    for line in seen(&mirror) {
        say(&format!("  {line}"));
    }
    ExitCode::SUCCESS
}

/// The mirror first, then an upstream where nobody listens.
fn configure(scratch: &Path, registry_namespace: &str, mirror: &str) {
    let folder = scratch.join("certs.d").join(registry_namespace);
    std::fs::create_dir_all(&folder).expect("a hosts directory");
    let reads = "capabilities = [\"pull\", \"resolve\"]";
    let text =
        format!("server = \"https://127.0.0.1:1\"\n{reads}\n[host.\"http://{mirror}\"]\n{reads}\n");
    std::fs::write(folder.join("hosts.toml"), text).expect("a hosts.toml");
}

/// Runs the program as a shell would, with its own home and this standard input.
fn portunus(command: &str, input: &str, scratch: &Path) -> Exit {
    say("");
    for line in fold(&format!("$ portunus {command}"), " \\") {
        say(&line);
    }
    let layout = scratch.join("layout");
    let words = command.split(' ').map(|word| match word {
        "layout" => layout.clone().into_os_string(),
        word => word.into(),
    });
    let variables = [
        ("PORTUNUS_CONFIG_DIR", scratch.to_owned()),
        ("PORTUNUS_HOSTS_DIR", scratch.join("certs.d")),
        ("PORTUNUS_STORE", "file".into()),
    ];
    let environment = Environment::new(
        variables.map(|(name, value)| (OsString::from(name), value.into_os_string())),
    );
    let output = Output::default();
    let mut streams = Streams::of_this_process();
    streams.stdin = Box::new(Cursor::new(input.to_owned()));
    streams.stdout = Box::new(output.clone());
    streams.stderr = Box::new(output.clone());
    streams.terminals = Default::default();
    let exit = portunus_cli::run(
        [OsString::from("portunus")].into_iter().chain(words),
        &environment,
        &mut streams,
    );
    let text = output.text().replace(&*scratch.to_string_lossy(), "~");
    for line in text.lines().flat_map(|line| fold(line, "")) {
        say(&line);
    }
    exit
}

/// What a command prints, both of its outputs in their order.
#[derive(Debug, Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    fn text(&self) -> String {
        let bytes = self.0.lock().expect("nobody panics while writing");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().expect("nobody panics while writing");
        held.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A line in pieces that fit a terminal of 80 columns. Each but the last ends with `more`.
fn fold(line: &str, more: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = line.to_owned();
    while rest.chars().count() > WIDTH {
        let fits = rest.char_indices().nth(WIDTH - more.len());
        let fits = fits.map_or(rest.len(), |(at, _)| at);
        let indented = rest.len() - rest.trim_start().len();
        let Some(blank) = rest[..fits].rfind(' ').filter(|at| *at >= indented) else {
            break;
        };
        lines.push(format!("{}{more}", &rest[..blank]));
        rest = format!("    {}", rest[blank..].trim_start());
    }
    lines.push(rest);
    lines
}

const WIDTH: usize = 80;

/// Who was seen with which registry namespace, and how often.
fn seen(mirror: &ProgrammableRegistry) -> Vec<String> {
    let mut seen: Vec<(String, usize)> = Vec::new();
    for request in mirror.requests() {
        let Some((user, _)) = request.basic() else {
            continue;
        };
        let line = format!("{user} with ?{}", request.query);
        match seen.iter_mut().find(|(known, _)| *known == line) {
            Some((_, times)) => *times += 1,
            None => seen.push((line, 1)),
        }
    }
    seen.into_iter()
        .map(|(line, times)| format!("{line}: {times} requests"))
        .collect()
}

#[expect(clippy::print_stdout, reason = "this is what a demo is for")]
fn say(line: &str) {
    println!("{line}");
}
