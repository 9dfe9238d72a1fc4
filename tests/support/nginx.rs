//! A real nginx in front of a registry.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::pki::{CertificateAuthority, Identity};
use crate::process::{DEADLINE, Process};
use crate::{htpasswd, percent, port, tools};

/// A running nginx.
///
/// Needs `nginx`, and `htpasswd` where users are given.
#[derive(Debug)]
pub struct Nginx {
    process: Process,
    address: String,
    tls: bool,
    dir: TempDir,
}

/// An account that is asked for where a request says `?ns=` with this registry namespace.
#[derive(Debug, Clone, Copy)]
pub struct NamespaceAccount<'a> {
    /// The registry namespace; empty: a request without `?ns=`.
    pub registry_namespace: &'a str,
    /// The user name.
    pub user: &'a str,
    /// The password.
    pub password: &'a str,
}

/// A line of the access log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Access {
    /// The user that was let in, or that tried to get in.
    pub user: Option<String>,
    /// What `?ns=` said.
    pub registry_namespace: Option<String>,
    /// `GET`, `HEAD`, …
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// What was answered.
    pub status: u16,
}

impl Nginx {
    /// A plain front that asks for another account in each registry namespace and passes everything
    /// on to `upstream` (`127.0.0.1:PORT`) without it. Whatever has no account is challenged in vain.
    pub fn per_registry_namespace(upstream: &str, accounts: &[NamespaceAccount<'_>]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let nobody = dir.path().join("nobody");
        htpasswd::write(&nobody, &[]);
        let mut map = format!("map $arg_ns $users {{\n  default {};\n", nobody.display());
        let mut seen: Vec<&str> = Vec::new();
        for account in accounts {
            let name = account.registry_namespace;
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let file = dir.path().join(format!("users-{}", seen.len()));
            let users: Vec<(&str, &str)> = accounts
                .iter()
                .filter(|account| account.registry_namespace == name)
                .map(|account| (account.user, account.password))
                .collect();
            htpasswd::write(&file, &users);
            // `$arg_ns` is the raw text, and clients differ in whether they encode a colon.
            let encoded = name.replace(':', "%3A");
            writeln!(map, "  \"{name}\" {};", file.display()).unwrap();
            if encoded != name {
                writeln!(map, "  \"{encoded}\" {};", file.display()).unwrap();
            }
        }
        map += "}\n";
        let auth = "auth_basic \"mirror\"; auth_basic_user_file $users;";
        Self::start(dir, upstream, &map, auth, None)
    }

    /// A TLS front with the certificate of `server`, which asks for a client certificate of
    /// `clients` where one is given.
    pub fn tls(upstream: &str, server: &Identity, clients: Option<&CertificateAuthority>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut tls = certificate_lines(dir.path(), server);
        if let Some(authority) = clients {
            let file = write(dir.path(), "clients.crt", authority.certificate_pem());
            writeln!(
                tls,
                "    ssl_client_certificate {file};\n    ssl_verify_client on;"
            )
            .unwrap();
        }
        Self::start(dir, upstream, "", "", Some(&tls))
    }

    /// A TLS front with the certificate of `server`, and with these lines for its TLS.
    pub fn tls_with(upstream: &str, server: &Identity, lines: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut tls = certificate_lines(dir.path(), server);
        writeln!(tls, "    {lines}").unwrap();
        Self::start(dir, upstream, "", "", Some(&tls))
    }

    fn start(dir: TempDir, upstream: &str, map: &str, auth: &str, tls: Option<&str>) -> Self {
        let address = format!("127.0.0.1:{}", port::free());
        let root = dir.path().display();
        let listen = if tls.is_some() {
            format!("{address} ssl")
        } else {
            address.clone()
        };
        let tls_lines = tls.unwrap_or_default();
        let mut temporary = String::new();
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            writeln!(temporary, "  {kind}_temp_path {root}/{kind};").unwrap();
        }
        let config = format!(
            "daemon off;\nmaster_process off;\npid {root}/pid;\nerror_log stderr warn;\n\
             events {{ worker_connections 256; }}\n\
             http {{\n  log_format fields '$remote_user\\t$arg_ns\\t$request_method\\t$uri\\t$status';\n  \
             access_log {root}/access.log fields;\n{temporary}  client_max_body_size 0;\n  {map}  \
             server {{\n    listen {listen};\n{tls_lines}    \
             location = /synchronise {{ auth_basic off; return 204; }}\n    \
             location / {{\n      {auth}\n      proxy_pass http://{upstream};\n      \
             proxy_set_header Host $http_host;\n      proxy_set_header Authorization \"\";\n      \
             proxy_set_header X-Forwarded-Proto $scheme;\n      proxy_request_buffering off;\n    }}\n  }}\n}}\n"
        );
        let file = write(dir.path(), "nginx.conf", &config);
        let mut command = Command::new(tools::program("nginx"));
        command.args(["-e", "stderr", "-p", &root.to_string(), "-c", &file]);
        let mut process = Process::start(&mut command, &dir.path().join("log"));
        process.wait_until(|_| std::net::TcpStream::connect(&address).is_ok());
        Self {
            process,
            address,
            tls: tls.is_some(),
            dir,
        }
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// `http://127.0.0.1:PORT`, or `https://…`.
    pub fn url(&self) -> String {
        format!("http{}://{}", if self.tls { "s" } else { "" }, self.address)
    }

    /// Every request so far, in the order in which they were answered.
    ///
    /// nginx logs a request after its answer is on its way, so a request of our own goes ahead and
    /// its line is waited for. Not for a TLS front, which tells only what it has logged so far.
    pub fn access_log(&self) -> Vec<Access> {
        let before = self.lines();
        let marks = |lines: &[Access]| lines.iter().filter(|access| access.path == MARK).count();
        let mut lines = before.clone();
        if !self.tls {
            ureq::get(format!("{}{MARK}", self.url())).call().unwrap();
            let start = Instant::now();
            while marks(&lines) == marks(&before) {
                assert!(
                    start.elapsed() < DEADLINE,
                    "nginx logs nothing\n{}",
                    self.process.log()
                );
                thread::sleep(Duration::from_millis(1));
                lines = self.lines();
            }
        }
        lines.retain(|access| access.path != MARK);
        lines
    }

    fn lines(&self) -> Vec<Access> {
        let text = fs::read_to_string(self.dir.path().join("access.log")).unwrap_or_default();
        // The last line may be half written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(parse).collect()
    }
}

/// The lines that name the certificate and its key.
fn certificate_lines(dir: &Path, server: &Identity) -> String {
    let mut lines = String::new();
    for (directive, name, pem) in [
        ("ssl_certificate", "server.crt", server.certificate_pem()),
        ("ssl_certificate_key", "server.key", server.key_pem()),
    ] {
        let file = write(dir, name, pem);
        writeln!(lines, "    {directive} {file};").unwrap();
    }
    lines
}

const MARK: &str = "/synchronise";

fn parse(line: &str) -> Access {
    let fields: Vec<&str> = line.split('\t').collect();
    let [user, registry_namespace, method, path, status] = fields[..] else {
        panic!("unexpected line in nginx's access log: {line}");
    };
    let given = |text: &str| (!text.is_empty() && text != "-").then(|| percent::decode(text));
    Access {
        user: given(user),
        registry_namespace: given(registry_namespace),
        method: method.to_owned(),
        path: path.to_owned(),
        status: status.parse().unwrap(),
    }
}

fn write(dir: &Path, name: &str, text: &str) -> String {
    let file = dir.join(name);
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}
