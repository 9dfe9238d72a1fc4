//! A real docker-registry with its storage in a scratch folder.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::pki::Identity;
use crate::process::Process;
use crate::token_server::TokenServer;
use crate::{htpasswd, port, tools};

/// Whom the registry lets in.
#[derive(Debug)]
#[non_exhaustive]
pub enum Auth<'a> {
    /// Everybody, to read and to write.
    Anybody,
    /// These users with these passwords, asked for with a Basic challenge.
    Users(&'a [(&'a str, &'a str)]),
    /// Whoever brings a token that this server has signed.
    Tokens(&'a TokenServer),
}

/// A running docker-registry.
///
/// Needs `docker-registry`, and `htpasswd` for [`Auth::Users`].
#[derive(Debug)]
pub struct DockerRegistry {
    process: Process,
    address: String,
    // Removed after the process has ended: fields are dropped in this order.
    _dir: TempDir,
}

impl DockerRegistry {
    /// Starts an empty registry.
    pub fn start(auth: &Auth<'_>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        Self::start_with(dir, &data, auth, None)
    }

    /// Starts one that lets everybody in, with what is stored at `data`; over TLS where it is to show
    /// who it is.
    pub fn start_at(data: &Path, tls: Option<&Identity>) -> Self {
        Self::start_with(tempfile::tempdir().unwrap(), data, &Auth::Anybody, tls)
    }

    fn start_with(dir: TempDir, data: &Path, auth: &Auth<'_>, tls: Option<&Identity>) -> Self {
        let address = format!("127.0.0.1:{}", port::free());
        let mut config = json!({
            "version": 0.1,
            "log": { "level": "info" },
            "storage": {
                "filesystem": { "rootdirectory": data },
                "delete": { "enabled": true },
            },
            "http": { "addr": address, "secret": "shared by one server" },
        });
        let auth = auth_section(auth, &dir);
        if !auth.is_null() {
            config["auth"] = auth;
        }
        if let Some(identity) = tls {
            let (certificate, key) = (dir.path().join("tls.pem"), dir.path().join("tls.key"));
            fs::write(&certificate, identity.certificate_pem()).unwrap();
            fs::write(&key, identity.key_pem()).unwrap();
            config["http"]["tls"] = json!({ "certificate": certificate, "key": key });
        }
        // JSON is YAML.
        let file = dir.path().join("config.yml");
        fs::write(&file, config.to_string()).unwrap();
        let mut command = Command::new(tools::program("docker-registry"));
        command
            .arg("serve")
            .arg(&file)
            .env("OTEL_TRACES_EXPORTER", "none");
        let mut process = Process::start(&mut command, &dir.path().join("log"));
        let line = format!("listening on {address}");
        process.wait_until(|process| process.log().contains(&line));
        Self {
            process,
            address,
            _dir: dir,
        }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Everything it has logged so far.
    pub fn log(&self) -> String {
        self.process.log()
    }
}

fn auth_section(auth: &Auth<'_>, dir: &TempDir) -> Value {
    match auth {
        Auth::Anybody => Value::Null,
        Auth::Users(users) => {
            let file = dir.path().join("htpasswd");
            htpasswd::write(&file, users);
            json!({ "htpasswd": { "realm": "Local Realm", "path": file } })
        }
        Auth::Tokens(server) => {
            let bundle = dir.path().join("root.pem");
            fs::write(&bundle, server.certificate_pem()).unwrap();
            json!({ "token": {
                "realm": server.realm(),
                "service": server.service(),
                "issuer": server.issuer(),
                "rootcertbundle": bundle,
            } })
        }
    }
}
