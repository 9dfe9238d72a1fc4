//! `hosts.toml`.

use std::fs;
use std::path::Path;

use containerd_hosts::{DaemonVersion, HostsTree, Reading, RegistryNamespace};

use super::vectors;
use crate::target::{Reader, Shape, Target};

/// The largest file that is read.
const LARGEST: usize = 1 << 20;

pub(super) const HOSTS_TOML: Target = Target {
    name: "hosts.toml",
    reader,
    seeds,
    pieces: &[
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "\"\"\"",
        "=",
        ".",
        ",",
        "\n",
        "\r",
        "\t",
        "#",
        "\\",
        "\\u00e9",
        "\u{feff}",
        "\0",
        "host",
        "[host.\"https://a\"]\n",
        "[[host]]\n",
        "server = ",
        "[header]\n",
        "ca = []\n",
        "1e400",
        "1979-13-27",
        "0x",
        "capabilities = [\"pull\"]\n",
        "dial_timeout = \"1s\"\n",
        "client = [[\"a\",\"b\"]]\n",
        "credential_domain = \"reg.test\"\n",
        "://",
        "%",
        "\u{e9}",
    ],
    largest: LARGEST,
    shapes: &[
        Shape::new("", "[host.\"http://h#.test\"]\n", ""),
        Shape::new("", "[host.\"http://h#.test\".header]\nx-# = \"#\"\n", ""),
        Shape::new("[header]\n", "x-# = \"#\"\n", ""),
        Shape::new("ca = [", "\"/ca-#.pem\",", "]"),
        Shape::new("capabilities = [", "\"pull\",", "]"),
        Shape::new("server = \"http://a", "a", ".test\""),
        Shape::new("a = ", "[", ""),
        Shape::new("", "a.", "a = 1"),
        Shape::new("", "unknown# = 1\n", ""),
        Shape::new("", "# comment #\n", ""),
    ],
};

/// Everything that reads such a file.
fn reader(folder: &Path) -> Reader {
    let root = folder.to_owned();
    let directory = root.join("reg.test");
    fs::create_dir(&directory).unwrap();
    Box::new(move |input| {
        fs::write(directory.join("hosts.toml"), input).unwrap();
        let tree = HostsTree::new(vec![root.clone()]).with_announced_key("credential_domain");
        let name = RegistryNamespace::new("reg.test").unwrap();
        for daemon in [None, Some(DaemonVersion::V1_7)] {
            let _ = tree.hosts(&name, Reading::AsContainerd { daemon });
        }
        let strict = tree.hosts(&name, Reading::STRICT);
        let _ = tree.check(&[], None);
        if let Ok(strict) = strict {
            let target = tempfile::tempdir().unwrap();
            // Certificates that are named are not there, so few files come this far.
            tree.render(std::slice::from_ref(&name), None, target.path())
                .unwrap();
            let written = fs::metadata(target.path().join("reg.test/hosts.toml"));
            if written.is_ok_and(|written| written.len() > LARGEST as u64) {
                // What stood at the limit is longer in the plainest dialect.
                return;
            }
            let rendered = HostsTree::new(vec![target.path().to_owned()]);
            let rendered = rendered.hosts(&name, Reading::AS_CONTAINERD).unwrap();
            assert_eq!(rendered.hosts.len(), strict.hosts.len());
        }
    })
}

/// The files of the conformance vectors.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for name in ["upstream", "docs", "systematic", "random"] {
        for vector in vectors(&format!("conformance/hosts/{name}.jsonl")) {
            let files = vector["files"].as_object().unwrap();
            let texts = files
                .iter()
                .filter(|(path, _)| path.ends_with("hosts.toml"));
            seeds.extend(texts.filter_map(|(_, node)| Some(node.as_str()?.as_bytes().to_vec())));
        }
    }
    seeds
}
