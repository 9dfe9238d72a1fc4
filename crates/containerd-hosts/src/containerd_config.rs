use crate::code::Code;
use std::path::Path;
use std::sync::Arc;

use ::toml::{Table, Value};

use crate::error::{HostsError, ReadStep};
use crate::fault::Fault;
use crate::finding::Severity;
use crate::hosts_tree::HostsTree;
use crate::read_file::{ReadFailure, read_file};
use crate::source_file::SourceFile;

/// Where containerd's own configuration names hosts directories, newest version first: the image
/// service of version 3, the transfer service, the CRI service of version 2.
const PLACES: [&[&str]; 3] = [
    &[
        "plugins",
        "io.containerd.cri.v1.images",
        "registry",
        "config_path",
    ],
    &["plugins", "io.containerd.transfer.v1.local", "config_path"],
    &[
        "plugins",
        "io.containerd.grpc.v1.cri",
        "registry",
        "config_path",
    ],
];

impl HostsTree {
    /// The roots that a daemon is configured with: `config_path` in its `config.toml`, version 2
    /// or 3, mostly `/etc/containerd/config.toml`. `None` where the file is absent or names none.
    /// Files that it imports are not read.
    ///
    /// # Errors
    /// Where the file cannot be read, or is not TOML.
    pub fn from_containerd_config(path: &Path) -> Result<Option<Self>, HostsError> {
        let bytes = match read_file(path) {
            Ok(bytes) => bytes,
            Err(ReadFailure::Absent) => return Ok(None),
            Err(ReadFailure::Problem(problem)) => {
                return Err(HostsError::Unreadable {
                    step: ReadStep::ReadHostsFile,
                    path: path.to_owned(),
                    place: None,
                    problem,
                });
            }
        };
        let parsed = std::str::from_utf8(&bytes)
            .map_err(|error| error.valid_up_to())
            .and_then(|text| {
                // The error's own words may quote a secret of the file.
                let at = |error: ::toml::de::Error| error.span().map_or(0, |span| span.start);
                text.parse::<Table>().map_err(at)
            });
        match parsed {
            Ok(table) => Ok(config_path(&table).map(Self::from_list)),
            Err(at) => {
                let fault = Fault::new(
                    at,
                    Code::TomlSyntax,
                    "containerd's configuration is not valid TOML",
                )
                .help("run `containerd config dump` to see what the daemon makes of it");
                let finding = SourceFile::new(path.to_owned(), bytes, &Arc::default())
                    .finding(Severity::Error, fault);
                Err(HostsError::Broken {
                    finding: Box::new(finding),
                })
            }
        }
    }
}

fn config_path(table: &Table) -> Option<&str> {
    PLACES.iter().find_map(|place| {
        let (first, rest) = place.split_first()?;
        let start = table.get(*first)?;
        let value = rest.iter().try_fold(start, |value, key| value.get(key));
        value
            .and_then(Value::as_str)
            .filter(|list| !list.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn config_path_is_found_in_every_version_of_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        for (text, roots) in [
            (
                "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '/a:/b'\n",
                Some(vec!["/a", "/b"]),
            ),
            (
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/a\"\n",
                Some(vec!["/a"]),
            ),
            (
                "version = 3\n[plugins.'io.containerd.transfer.v1.local']\nconfig_path = '/t'\n",
                Some(vec!["/t"]),
            ),
            (
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"\"\n",
                None,
            ),
            ("version = 2\n", None),
        ] {
            std::fs::write(&path, text).unwrap();
            let found = HostsTree::from_containerd_config(&path).unwrap();
            let found = found.map(|found| found.roots().to_owned());
            let roots = roots.map(|roots| roots.into_iter().map(Into::into).collect());
            assert_eq!(found, roots, "{text}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(HostsTree::from_containerd_config(&path).unwrap().is_none());
    }

    #[test]
    fn a_broken_configuration_is_named_without_its_values() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        std::fs::write(&path, "password = \"hunter2\" x\n").unwrap();
        let error = HostsTree::from_containerd_config(&path).unwrap_err();
        assert!(matches!(error, HostsError::Broken { .. }));
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
}
