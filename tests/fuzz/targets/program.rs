//! `config.toml`, by the whole program; and what it says then.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use portunus::printable::is_printable;
use portunus::secret::Secret;
use portunus_cli::{Environment, Prompt, Streams};

use super::texts;
use crate::target::{Reader, Shape, Target};

pub(super) const CONFIG_TOML: Target = Target {
    name: "config.toml",
    reader,
    seeds,
    pieces: &[
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "=",
        ".",
        ",",
        "\n",
        "#",
        "\\",
        "\\u001b",
        "\u{feff}",
        "\0",
        "\u{9b}2J",
        "\u{202e}",
        "[trust]\n",
        "[profiles.",
        "store = ",
        "keyring",
        "hosts_dirs = [",
        "realms = [{",
        "plain_http",
        "inherit = true\n",
        "host = ",
        "realm = ",
        "1e400",
        "1979-13-27",
        "://",
        "*.",
    ],
    largest: 1 << 20,
    shapes: &[
        Shape::new("", "unknown# = 1\n", ""),
        Shape::new("", "[profiles.p#]\ninherit = true\n", ""),
        Shape::new("[trust]\nplain_http = [", "\"h#.test\",", "]\n"),
        Shape::new(
            "[trust]\nrealms = [",
            "{ host = \"h#.test\", realm = \"a#.test\" },",
            "]\n",
        ),
        Shape::new("hosts_dirs = [", "\"/d#\",", "]\n"),
        Shape::new("store = \"", "a", "\"\n"),
        Shape::new("a = ", "[", ""),
    ],
};

#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<u8>>>);

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Nobody;

impl Prompt for Nobody {
    fn line(&mut self, _: &str) -> io::Result<String> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    fn secret(&mut self, _: &str) -> io::Result<Secret> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// No character leaves the program that does more than show itself.
fn reader(folder: &Path) -> Reader {
    let folder = folder.to_owned();
    let variables = [
        "HOME",
        "PORTUNUS_CONFIG_DIR",
        "XDG_RUNTIME_DIR",
        "PORTUNUS_HOSTS_DIR",
        "DOCKER_CONFIG",
    ];
    let variables = variables.map(|name| (OsString::from(name), OsString::from(&folder)));
    let environment = Environment::new(variables);
    Box::new(move |input| {
        fs::write(folder.join("config.toml"), input).unwrap();
        for arguments in [
            &["config"][..],
            &["config", "--json"],
            &["resolve", "--why", "reg.test/a"],
        ] {
            let shown = Shown::default();
            let mut streams = Streams::new(io::empty(), shown.clone(), shown.clone(), Nobody);
            let arguments = ["portunus"].iter().chain(arguments).map(OsString::from);
            portunus_cli::run(arguments, &environment, &mut streams);
            let shown = String::from_utf8(shown.0.lock().unwrap().clone()).unwrap();
            assert!(
                shown.chars().all(|it| it == '\n' || is_printable(it)),
                "{shown:?}"
            );
        }
    })
}

fn seeds() -> Vec<Vec<u8>> {
    texts(&[
        "store = \"file\"\nprofile = \"work\"\nhosts_dirs = [\"/etc/containerd/certs.d\"]\nanonymous_fallback = true\n",
        "[trust]\nplain_http = [\"mirror.test:5000\"]\nrealms = [{ host = \"reg.test\", realm = \"auth.test\" }]\n",
        "[profiles.work]\ninherit = true\n[profiles.ci]\n",
        "stroe = \"keyring\"\n[trust]\nproxies = 1\n",
        "",
    ])
}
