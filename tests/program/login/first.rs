//! First logins at well-known registries: which pass without a flag, and which ask.

use std::fs;

use serde_json::json;
use support::connect_proxy::ConnectProxy;
use support::home::Home;
use support::http::{HttpServer, Reply, Request};
use support::pki::CertificateAuthority;

use worlds::login::{ALICE, WRONG, assert_says, log_in, log_in_with, stored};

const ZOT: &str = "zot.example.com";

const HARBOR: &str = "harbor.example.com";

/// What well-known registries ask for: the host, the realm (none: Basic), and how a first login
/// without a flag ends.
const SHAPES: [(&str, Option<&str>, i32); 16] = [
    ("docker.io", Some("https://auth.docker.io/token"), 0),
    ("ghcr.io", Some("https://ghcr.io/token"), 0),
    (
        "registry.gitlab.com",
        Some("https://gitlab.com/jwt/auth"),
        0,
    ),
    (
        "registry.example.com:5050",
        Some("https://gitlab.example.com/jwt/auth"),
        0,
    ),
    ("quay.io", Some("https://quay.io/v2/auth"), 0),
    (
        "harbor.example.com",
        Some("https://harbor.example.com/service/token"),
        0,
    ),
    ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", None, 0),
    (
        "europe-docker.pkg.dev",
        Some("https://europe-docker.pkg.dev/v2/token"),
        0,
    ),
    ("gcr.io", Some("https://gcr.io/v2/token"), 0),
    (
        "acme.azurecr.io",
        Some("https://acme.azurecr.io/oauth2/token"),
        0,
    ),
    (
        "acme.jfrog.io",
        Some("https://acme.jfrog.io/artifactory/api/docker/null/v2/token"),
        0,
    ),
    ("nexus.example.com:8083", None, 0),
    // Anybody may read: a login proves nothing.
    (ZOT, None, 3),
    (
        "docker.elastic.co",
        Some("https://docker-auth.elastic.co/auth"),
        0,
    ),
    (
        "registry.example.com",
        Some("https://login.example.org/token"),
        4,
    ),
    (
        "registry.example.net",
        // The same place with TLS is asked, and answers.
        Some("http://registry.example.net/token"),
        0,
    ),
];

/// Every registry of [`SHAPES`] and its realm: one server with all their names, behind a proxy.
struct Internet {
    authority: CertificateAuthority,
    server: HttpServer,
    proxy: ConnectProxy,
    /// Sees what would go anywhere over plain http.
    plain: HttpServer,
}

impl Internet {
    fn start() -> Self {
        let mut names = Vec::new();
        for (host, realm, _) in SHAPES {
            names.push(contacted(host).to_owned());
            let realm = realm.and_then(|realm| url::Url::parse(realm).ok());
            names.extend(realm.and_then(|realm| realm.host_str().map(str::to_owned)));
        }
        let split = names
            .iter()
            .map(|name| name.split_once(':').unwrap_or((name, "443")));
        let split: Vec<_> = split.collect();
        let bare: Vec<&str> = split.iter().map(|(bare, _)| *bare).collect();
        let authority = CertificateAuthority::new();
        let server = HttpServer::start_tls(authority.server(&bare).server_config(None), answer);
        let at = server.address();
        let from: Vec<String> = split
            .iter()
            .map(|(bare, port)| format!("{bare}:{port}"))
            .collect();
        let routes: Vec<_> = from
            .iter()
            .map(|from| (from.as_str(), at.as_str()))
            .collect();
        Self {
            authority,
            proxy: ConnectProxy::start(&routes),
            server,
            plain: HttpServer::start(|_| Reply::status(200)),
        }
    }

    /// A home in which `hosts.toml` of a registry namespace says this, and names the authority.
    fn home(&self, registry_namespace: &str, text: &str) -> Home {
        let mut home = Home::new();
        home.set_env("HTTPS_PROXY", &self.proxy.url());
        home.set_env("HTTP_PROXY", &self.plain.url());
        let ca = home.path().join("ca.pem");
        fs::write(&ca, self.authority.certificate_pem()).unwrap();
        home.write_hosts_toml(registry_namespace, &format!("{text}ca = {ca:?}\n"));
        home
    }
}

/// The host that answers for a registry namespace.
fn contacted(host: &str) -> &str {
    match host {
        "docker.io" => "registry-1.docker.io",
        host => host,
    }
}

#[support::test]
fn first_logins_at_well_known_registries() {
    let internet = Internet::start();
    let server = &internet.server;
    for (host, _, code) in SHAPES {
        let home = internet.home(host, &format!("server = \"https://{}\"\n", contacted(host)));
        server.forget_requests();
        // Docker Hub is what is meant where no host is named.
        let named: &[&str] = if host == "docker.io" { &[] } else { &[host] };
        log_in(&home, named).assert_code(code);
        let entries = stored(&home, &[]);
        match code {
            0 => assert_eq!(entries[0]["host"], host),
            _ => assert!(
                entries.is_empty() && server.requests_with(ALICE).is_empty(),
                "{host}"
            ),
        }
        assert!(internet.plain.requests().is_empty(), "{host}");
    }
}

#[support::test]
fn a_proxy_project_of_harbor_passes_without_a_flag() {
    let internet = Internet::start();
    let text = format!("[host.\"https://{HARBOR}/v2/proxy-project\"]\noverride_path = true\n");
    let mirror = ["--registry-namespace", "docker.io", HARBOR];
    let project = ["--repository", "proxy-project", HARBOR];
    for (registry_namespace, text, arguments) in [
        // As a mirror, below its path.
        ("docker.io", text, mirror.to_vec()),
        // As a registry, for images of the project only.
        (
            HARBOR,
            format!("server = \"https://{HARBOR}\"\n"),
            project.to_vec(),
        ),
    ] {
        let home = internet.home(registry_namespace, &text);
        internet.server.forget_requests();
        log_in(&home, &arguments).assert_success();
        let entry = &stored(&home, &[])[0];
        assert_eq!(
            (&entry["host"], &entry["realm"]),
            (
                &HARBOR.into(),
                &json!("https://harbor.example.com/service/token")
            )
        );
        let realm = internet.server.requests_with(ALICE);
        assert!(
            realm.iter().all(|it| it.path == "/service/token"),
            "{realm:?}"
        );
    }
}

#[support::test]
fn zot_with_anonymous_read_is_asked_where_it_is_pushed_to() {
    let internet = Internet::start();
    let home = internet.home(ZOT, &format!("server = \"https://{ZOT}\"\n"));
    let ran = log_in(&home, &[ZOT]);
    ran.assert_code(3);
    assert_says(
        &ran,
        &[
            &format!("{ZOT} asks for no credential: nothing was stored"),
            "--repository",
        ],
    );
    let team = ["--repository", "team/app", ZOT];
    let wrong = [&["-u", "alice", "--password-stdin"], &team[..]].concat();
    log_in_with(&home, &wrong, WRONG).assert_code(3);
    assert!(stored(&home, &[]).is_empty());
    log_in(&home, &team).assert_success();
    assert_eq!(stored(&home, &[])[0]["repository"], "team/app");
}

/// A registry of every name in [`SHAPES`], and their realms.
fn answer(request: &Request) -> Reply {
    let name = request.header("host").unwrap_or_default();
    let name = if name == "registry-1.docker.io" {
        "docker.io"
    } else {
        name
    };
    let shape = SHAPES.iter().find(|(host, _, _)| *host == name);
    let realm = shape.and_then(|(_, realm, _)| *realm);
    if request.bearer() == Some("a-token") {
        return Reply::status(200);
    }
    if name == ZOT && request.method == "GET" {
        return Reply::status(200);
    }
    let known = request.basic() == Some(("alice".to_owned(), ALICE.to_owned()));
    match (known, shape, realm) {
        (true, Some(_), None) => Reply::status(200),
        (true, ..) => Reply::json(&json!({ "token": "a-token" })),
        (false, _, Some(realm)) => {
            Reply::challenge(&format!("Bearer realm=\"{realm}\",service=\"{name}\""))
        }
        (false, _, None) => Reply::challenge("Basic realm=\"registry\""),
    }
}
