//! What several of these tests begin with.

use std::fs;

use serde_json::Value;
use support::connect_proxy::ConnectProxy;
use support::home::Home;
use support::http::{HttpServer, Reply};
use support::pki::CertificateAuthority;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::stored;

pub(crate) const HOST: &str = "reg.test";

/// The public registry [`HOST`], as far as anybody behind this proxy can tell.
pub(crate) struct Public {
    pub(crate) registry: ProgrammableRegistry,
    tunnel: ConnectProxy,
    pub(crate) home: Home,
    /// Sees what would go anywhere over plain http.
    pub(crate) plain: HttpServer,
}

impl Public {
    pub(crate) fn start(settings: support::programmable_registry::Settings) -> Self {
        let authority = CertificateAuthority::new();
        let identity = authority.server(&[HOST]);
        let registry = settings.tls(identity.server_config(None)).start();
        let tunnel = ConnectProxy::start(&[("reg.test:443", &registry.address())]);
        let plain = HttpServer::start(|_| Reply::status(200));
        let mut home = Home::new();
        home.set_env("HTTPS_PROXY", &tunnel.url());
        home.set_env("HTTP_PROXY", &plain.url());
        let ca = home.path().join("ca.pem");
        fs::write(&ca, authority.certificate_pem()).unwrap();
        home.write_hosts_toml(HOST, &format!("server = \"https://{HOST}\"\nca = {ca:?}\n"));
        Self {
            registry,
            tunnel,
            home,
            plain,
        }
    }

    /// Nobody else was connected to.
    pub(crate) fn assert_alone(&self) {
        let asked = self.tunnel.asked();
        assert!(asked.iter().all(|name| name == "reg.test:443"), "{asked:?}");
        assert!(self.plain.requests().is_empty());
    }
}

/// Logs in without asking the host.
pub(crate) fn log_in(home: &Home, arguments: &[&str]) -> Ran {
    let unchecked = ["login", "--no-verify", "-u", "u", "--password-stdin"];
    let ran = home
        .portunus(&[&unchecked, arguments].concat())
        .env("PORTUNUS_STORE", "file")
        .input("canary-logout-51d7")
        .run();
    ran.assert_success();
    ran
}

pub(crate) fn log_out(home: &Home, arguments: &[&str]) -> Ran {
    home.portunus(&[&["logout"], arguments].concat()).run()
}

/// The hosts that something is stored for.
pub(crate) fn hosts(home: &Home) -> Vec<String> {
    let stored = stored(home, &[]);
    let host = |entry: &Value| entry["host"].as_str().unwrap().to_owned();
    stored.iter().map(host).collect()
}
