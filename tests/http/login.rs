//! A login is checked at one host, with one authenticated attempt, before anything is stored.

use std::io::Read;
use std::net::TcpListener;

use portunus::credential::Credential;
use portunus::name::Repository;
use portunus_http::{ErrorKind, HostFailure, LoginAnswer, Outcome};
use support::account::Account;
use support::docker_registry::{Auth, DockerRegistry};
use support::http::{HttpServer, Reply, Request};
use support::programmable_registry::ProgrammableRegistry;
use support::threads;
use support::token_server::TokenServer;
use worlds::http::World;

const ALICE: &str = "alice";
const WONDER: &str = "wonder";

fn registries() -> [ProgrammableRegistry; 2] {
    let accounts = [Account::new(ALICE, WONDER)];
    [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ]
}

fn with_authorization(registry: &ProgrammableRegistry) -> usize {
    let shown = |request: &&Request| {
        request.basic().is_some() || !request.form_values("password").is_empty()
    };
    registry.requests().iter().filter(shown).count()
}

#[support::test]
fn a_right_password_is_accepted_and_a_wrong_one_tried_once() {
    for registry in registries() {
        let at = registry.address();
        let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
        let answer = world.log_in("reg-a.test", &at, ALICE, WONDER).unwrap();
        assert!(matches!(answer, LoginAnswer::Accepted { .. }), "{answer:?}");
        registry.forget_requests();
        let error = world.log_in("reg-a.test", &at, ALICE, "wrong").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
        assert!(matches!(
            error.hosts[0].outcome,
            Outcome::Host(HostFailure::Rejected { .. })
        ));
        assert_eq!(with_authorization(&registry), 1);
        assert!(registry.requests()[0].header("authorization").is_none());
        assert!(!error.to_string().contains("wrong"));
    }
}

#[support::test]
fn a_password_is_posted_only_where_the_realm_knows_no_get() {
    let registry = ProgrammableRegistry::bearer(&[Account::new(ALICE, WONDER)]);
    let realm_knows_no_get =
        |request: &Request| request.path == "/token" && request.method == "GET";
    registry.when(realm_knows_no_get, Reply::status(405));
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    world
        .log_in("reg-a.test", &registry.address(), ALICE, WONDER)
        .unwrap();
    let posted = registry
        .requests()
        .into_iter()
        .find(|request| request.method == "POST")
        .unwrap();
    assert_eq!(posted.form_values("grant_type"), ["password"]);
    assert_eq!(posted.form_values("client_id"), ["portunus"]);
}

#[support::test]
fn a_login_says_which_registry_namespace_it_is_for() {
    let alice = Account::new(ALICE, WONDER).in_registry_namespace("reg-a.test");
    let mirror = ProgrammableRegistry::basic(&[alice]);
    let world = World::new()
        .with_hosts("reg-a.test", &[&mirror.url()])
        .with_hosts("reg-b.test", &[&mirror.url()]);
    let key = format!("{}?ns=reg-a.test", mirror.address());
    world.log_in("reg-a.test", &key, ALICE, WONDER).unwrap();
    let error = world.log_in("reg-b.test", &key, ALICE, WONDER).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    let seen: Vec<_> = mirror
        .requests()
        .iter()
        .map(Request::registry_namespace)
        .collect();
    assert!(seen.iter().all(Option::is_some), "{seen:?}");
}

#[support::test]
fn a_registry_that_asks_for_nothing_proves_nothing() {
    let registry = ProgrammableRegistry::open();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let answer = world.log_in("reg-a.test", &registry.address(), ALICE, WONDER);
    assert_eq!(answer.unwrap(), LoginAnswer::AsksForNothing);
    assert!(registry.requests_with(WONDER).is_empty());
}

#[support::test]
fn a_public_registry_is_asked_at_a_push_endpoint() {
    let registry = ProgrammableRegistry::basic(&[Account::new(ALICE, WONDER)]);
    registry.when(|request| request.method == "GET", Reply::status(200));
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let team = Repository::new("team/app").unwrap();
    let log_in = |password: &str| {
        let alice = Credential::password(ALICE, password);
        world.log_in_with("reg-a.test", &registry.address(), &alice, Some(&team), None)
    };
    assert_eq!(log_in("wrong").unwrap_err().kind, ErrorKind::Rejected);
    assert!(matches!(
        log_in(WONDER).unwrap(),
        LoginAnswer::Accepted {
            scheme: "Basic",
            ..
        }
    ));
    assert!(
        registry
            .requests()
            .iter()
            .any(|it| it.path == "/v2/team/app/blobs/uploads/")
    );
}

#[support::test]
fn a_path_mirror_is_asked_at_its_path_then_at_its_origin() {
    let registry = ProgrammableRegistry::basic(&[Account::new(ALICE, WONDER)]);
    registry.when(|request| request.path == "/v2/proxy-a/", Reply::status(404));
    let toml = format!(
        "server = \"{}/v2/proxy-a\"\noverride_path = true\n",
        registry.url()
    );
    let world = World::new().with_hosts_toml("reg-a.test", &toml);
    world
        .log_in("reg-a.test", &registry.address(), ALICE, WONDER)
        .unwrap();
    let paths: Vec<_> = registry
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/v2/proxy-a/", "/v2/", "/v2/"]);
}

#[support::test]
fn what_is_no_registry_is_named() {
    let registry = ProgrammableRegistry::open();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    for (reply, expected) in [
        (Reply::status(404), "not found (404)"),
        (Reply::status(503), "answered 503"),
        (Reply::status(401), "in a way that is not known"),
        (Reply::challenge("Bearer service=\"x\""), "names no realm"),
        (
            Reply::challenge("Bearer realm=\"ftp://x/\""),
            "no http or https URL",
        ),
        (Reply::reset(), "unreachable"),
        (Reply::raw("not http\r\n\r\n"), "unreachable"),
    ] {
        registry.always(reply);
        let error = world
            .log_in("reg-a.test", &registry.address(), ALICE, WONDER)
            .unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert!(registry.requests_with(WONDER).is_empty());
}

#[support::test(needs("docker-registry", "htpasswd"))]
fn a_real_registry_with_a_password_file() {
    let registry = DockerRegistry::start(&Auth::Users(&[(ALICE, WONDER)]));
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let at = registry.address();
    let answer = world.log_in("reg-a.test", at, ALICE, WONDER).unwrap();
    assert!(
        matches!(
            answer,
            LoginAnswer::Accepted {
                scheme: "Basic",
                ..
            }
        ),
        "{answer:?}"
    );
    let error = world.log_in("reg-a.test", at, ALICE, "wrong").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
}

#[support::test(needs("docker-registry"))]
fn a_real_registry_with_a_token_server() {
    let accounts = [Account::new(ALICE, WONDER)];
    let tokens = TokenServer::start(&accounts);
    let registry = DockerRegistry::start(&Auth::Tokens(&tokens));
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let at = registry.address();
    let realm = tokens.realm();
    let log_in = |password: &str| {
        let alice = Credential::password(ALICE, password);
        world.log_in_with("reg-a.test", at, &alice, None, Some(&realm))
    };
    let answer = log_in(WONDER).unwrap();
    let LoginAnswer::Accepted {
        identity_token: Some(token),
        ..
    } = answer
    else {
        panic!("{answer:?}");
    };
    assert!(matches!(token, Credential::IdentityToken { .. }));
    assert_eq!(log_in("wrong").unwrap_err().kind, ErrorKind::Rejected);
}

#[support::test]
fn headers_are_read_as_leniently_as_go_reads_them() {
    for (name, value) in [
        ("WWW-Authenticate", "Basic\r\n realm=\"r\""),
        ("WWW-Authenticate", "Basic realm=\"r\"\r\nno header at all"),
        (
            "WWW-Authenticate",
            "Basic realm=\"r\"\r\nRetry-After: soon\u{1b}[31m",
        ),
        ("WWW-Authenticate", "Basic realm=\"r\"\r\nX-Spaced : y"),
    ] {
        let server = HttpServer::start(move |request| match request.basic() {
            Some(_) => Reply::status(200),
            None => Reply::status(401).header(name, value),
        });
        let world = World::new().with_hosts("reg-a.test", &[&server.url()]);
        let at = server.address();
        let answer = world.log_in("reg-a.test", &at, ALICE, WONDER);
        assert!(
            matches!(answer, Ok(LoginAnswer::Accepted { .. })),
            "{value}: {answer:?}"
        );
    }
}

#[support::test]
fn who_goes_away_before_tls_is_told_in_words() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", gone.local_addr().unwrap());
    threads::spawn(move || {
        for connection in gone.incoming().take(2) {
            // What stays unread would reset the connection.
            let _ = connection.unwrap().read(&mut [0; 4096]);
        }
    });
    let world = World::new().with_hosts("reg-a.test", &[&url]);
    let error = world.pull("reg-a.test/team/app:v1").unwrap_err();
    let said = "unreachable: the connection was closed before TLS was agreed on";
    assert!(error.to_string().contains(said), "{error}");
}
