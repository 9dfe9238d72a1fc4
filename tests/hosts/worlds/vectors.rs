//! The vectors of `tests/conformance/hosts/`, laid out on disk.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use base64::Engine;
use portunus::hosts::{DialTimeout, Host, HostsTree};
use portunus::name::RegistryNamespace;
use portunus::resolve::prepare_hosts;
use serde_json::{Value, json};
use support::workspace;
use tempfile::TempDir;

/// One line of a file of vectors.
#[derive(Debug)]
pub(crate) struct Vector(Value);

/// Reads `tests/conformance/hosts/NAME.jsonl`.
pub(crate) fn read(name: &str) -> Vec<Vector> {
    let path = conformance().join(format!("hosts/{name}.jsonl"));
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| Vector(serde_json::from_str(line).unwrap()))
        .collect()
}

/// `tests/conformance`.
pub(crate) fn conformance() -> PathBuf {
    workspace::root().join("tests/conformance")
}

impl Vector {
    /// A field.
    pub(crate) fn value(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// A field that is a text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap()
    }

    /// Whether file modes matter, which do not hold root back.
    pub(crate) fn is_about_modes(&self) -> bool {
        self.0.get("requires").is_some()
    }

    /// Writes the vector's files. The root stands at a path without symbolic links.
    pub(crate) fn lay_out(&self) -> Root {
        let scratch = TempDir::new().unwrap();
        let root = Root {
            path: scratch.path().canonicalize().unwrap().join("root"),
            _scratch: scratch,
        };
        let files = self.0["files"].as_object().unwrap();
        if !self.0["no_root"].as_bool().unwrap_or(false) && !files.contains_key("") {
            fs::create_dir(&root.path).unwrap();
        }
        for (name, node) in files {
            write_node(&root.path, name, node);
        }
        for (name, node) in files {
            if let Some(mode) = node.get("mode").and_then(Value::as_str) {
                let mode = u32::from_str_radix(mode, 8).unwrap();
                let path = below(&root.path, name);
                fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
            }
        }
        root
    }

    /// The directories with the vector's options.
    pub(crate) fn directories(&self, root: &Path) -> HostsTree {
        let mut directories = prepare_hosts(HostsTree::new(vec![root.to_owned()]));
        if let Some(scheme) = self.0["default_scheme"].as_str() {
            directories = directories.with_default_scheme(scheme);
        }
        if self.0["default_tls"].as_bool().unwrap() {
            directories = directories.with_default_tls();
        }
        directories
    }

    /// The value with the root's path written as in the vectors.
    pub(crate) fn with_mark(&self, value: Value, root: &Path) -> Value {
        let text = value.to_string().replace(root.to_str().unwrap(), "@ROOT@");
        serde_json::from_str(&text).unwrap()
    }
}

/// A hosts root that is removed when dropped.
#[derive(Debug)]
pub(crate) struct Root {
    path: PathBuf,
    _scratch: TempDir,
}

impl Root {
    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        open_up(&self.path);
    }
}

/// A host in the form of the vectors' `expect.hosts`.
pub(crate) fn host_json(host: &Host, registry_namespace: &RegistryNamespace) -> Value {
    let headers: serde_json::Map<String, Value> = host
        .headers
        .iter()
        .map(|(name, values)| {
            let values: Vec<&str> = values.iter().map(|value| value.expose()).collect();
            (name.clone(), json!(values))
        })
        .collect();
    let client = host.client.as_ref().map(|pairs| {
        let pair = |pair: &portunus::hosts::ClientCertificate| {
            json!([pair.certificate, pair.key.clone().unwrap_or_default()])
        };
        pairs.iter().map(pair).collect::<Vec<_>>()
    });
    let nanoseconds = match host.dial_timeout {
        DialTimeout::Default => None,
        DialTimeout::Unlimited => Some(0),
        DialTimeout::After(time) => Some(i64::try_from(time.as_nanos()).unwrap()),
        DialTimeout::Never(nanoseconds) => Some(nanoseconds),
        _ => panic!("a dial timeout that the vectors do not have"),
    };
    let mut object = json!({
        "scheme": host.scheme,
        "host": host.host,
        "path": host.path,
        "capabilities": host.capabilities.names(),
        "header": headers,
        "skip_verify": host.skip_verify,
        "tls_insecure": host.tls_insecure,
        "http_fallback": host.http_fallback,
        "ca": host.ca,
        "client": client,
        "client_loaded": host.client_loaded,
        "dial_timeout_ns": nanoseconds,
        "is_proxy": host.sends_ns,
        "probe_url": host.request_url(&["library/probe", "manifests", "latest"], registry_namespace),
    });
    if let Some(error) = host.request_error() {
        object["request_error"] = json!(error.as_str());
    }
    object
}

fn write_node(root: &Path, name: &str, node: &Value) {
    let path = below(root, name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = |text: &str| text.replace("@ROOT@", root.to_str().unwrap());
    if let Some(content) = node.as_str().or_else(|| node["text"].as_str()) {
        fs::write(path, text(content)).unwrap();
    } else if let Some(content) = node["b64"].as_str() {
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(content)
            .unwrap();
        fs::write(path, bytes).unwrap();
    } else if let Some(names) = node["fixture"].as_array() {
        let read = |name: &Value| {
            fs::read(conformance().join("pki").join(name.as_str().unwrap())).unwrap()
        };
        fs::write(path, names.iter().flat_map(read).collect::<Vec<u8>>()).unwrap();
    } else if let Some(target) = node["symlink"].as_str() {
        symlink(text(target), path).unwrap();
    } else {
        assert_eq!(node["dir"], true);
        fs::create_dir_all(path).unwrap();
    }
}

fn below(root: &Path, name: &str) -> PathBuf {
    if name.is_empty() {
        root.to_owned()
    } else {
        root.join(name)
    }
}

/// Gives back the permissions without which a folder cannot be removed.
fn open_up(path: &Path) {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return;
    };
    if metadata.is_dir() {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o700));
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            open_up(&entry.path());
        }
    }
}
