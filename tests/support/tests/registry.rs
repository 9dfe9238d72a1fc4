//! The programmable registry plays what it is told and forgets nothing.

use std::io::Read;
use std::time::{Duration, Instant};

use support::account::Account;
use support::containerd::Containerd;
use support::home::Home;
use support::http::{Reply, Request};
use support::image::Image;
use support::pki::CertificateAuthority;
use support::programmable_registry::ProgrammableRegistry;
use support::registry_client::{self, Login};
use ureq::Body;
use ureq::http::{Response, StatusCode};

#[support::test]
fn an_image_that_was_pushed_can_be_pulled() {
    let registry = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[10, 1000]);
    registry_client::push(
        &registry.address(),
        "team/app",
        "v1",
        &image,
        &Login::Anonymous,
    );
    assert_eq!(
        registry.manifest("team/app", "v1").as_ref(),
        Some(&image.manifest)
    );
    for layer in &image.layers {
        let url = format!("{}/v2/team/app/blobs/{}", registry.url(), layer.digest);
        assert_eq!(
            ureq::get(url)
                .call()
                .unwrap()
                .body_mut()
                .read_to_vec()
                .unwrap(),
            layer.bytes
        );
    }
}

#[support::test]
fn each_registry_namespace_knows_its_own_account() {
    let registry = ProgrammableRegistry::basic(&[
        Account::new("alice", "wonder").in_registry_namespace("reg-a.test"),
        Account::new("bob", "builder").in_registry_namespace("reg-b.test"),
    ]);
    for (query, login, expected) in [
        ("?ns=reg-a.test", ALICE, 200),
        ("?ns=reg-b.test", BOB, 200),
        ("?ns=reg-b.test", ALICE, 401),
        ("", ALICE, 401),
    ] {
        let url = format!("{}/v2/{query}", registry.url());
        assert_eq!(get(&url, login).status(), expected, "{query} {login}");
    }
    let seen: Vec<_> = registry
        .requests()
        .iter()
        .map(Request::registry_namespace)
        .collect();
    let expected = [
        Some("reg-a.test"),
        Some("reg-b.test"),
        Some("reg-b.test"),
        None,
    ];
    assert_eq!(seen, expected.map(|it| it.map(str::to_owned)));
}

#[support::test]
fn a_token_is_good_for_its_account_s_repositories_only() {
    let accounts = [Account::new("alice", "wonder").only("team").read_only()];
    let registry = ProgrammableRegistry::bearer(&accounts);
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry.put_image("teamwork", "v1", &Image::small("two"));
    let token = |scope: &str, login: &str| {
        let url = format!(
            "{}/token?service=small%20registry&scope={scope}",
            registry.url()
        );
        let mut reply = get(&url, login);
        let body: serde_json::Value =
            serde_json::from_reader(reply.body_mut().as_reader()).unwrap();
        body["token"]
            .as_str()
            .map(|token| format!("Bearer {token}"))
    };
    let manifest = |repository: &str, login: &str| {
        get(
            &format!("{}/v2/{repository}/manifests/v1", registry.url()),
            login,
        )
    };
    let challenge = manifest("team/app", "");
    let expected = format!(
        "Bearer realm=\"{}/token\",service=\"small registry\",scope=\"repository:team/app:pull\"",
        registry.url()
    );
    assert_eq!(challenge.headers()["www-authenticate"], expected);
    let good = token("repository:team/app:pull,push", ALICE).unwrap();
    assert_eq!(manifest("team/app", &good).status(), 200);
    let other = manifest("teamwork", &good);
    assert!(
        other.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .contains("insufficient_scope")
    );
    let anonymous = token("repository:team/app:pull", "").unwrap();
    assert_eq!(manifest("team/app", &anonymous).status(), 401);
    assert_eq!(token("repository:team/app:pull", BOB), None);
    registry.revoke_tokens();
    assert_eq!(manifest("team/app", &good).status(), 401);
}

#[support::test]
fn a_secret_is_found_in_any_form() {
    let registry = ProgrammableRegistry::open();
    let url = registry.url();
    let secret = "a b+c/d";
    get(&format!("{url}/v2/"), "Basic YWxpY2U6YSBiK2MvZA==");
    get(&format!("{url}/v2/?password=a+b%2Bc%2Fd"), "");
    ureq::post(format!("{url}/token"))
        .send("grant_type=password&password=a%20b%2Bc%2Fd")
        .unwrap_err();
    get(&format!("{url}/v2/"), ALICE);
    assert_eq!(registry.requests_with(secret).len(), 3);
    assert_eq!(registry.requests_with("wonder").len(), 1);
}

#[support::test]
fn every_kind_of_misbehaviour_reaches_the_client() {
    let registry = ProgrammableRegistry::open();
    let url = format!("{}/v2/", registry.url());
    let read = |reply: Reply| {
        registry.always(reply);
        let config =
            ureq::config::Config::builder().timeout_global(Some(Duration::from_millis(500)));
        let mut answer = config.build().new_agent().get(&url).call()?;
        let mut body = Vec::new();
        answer
            .body_mut()
            .as_reader()
            .take(1 << 20)
            .read_to_end(&mut body)?;
        Ok::<_, ureq::Error>(body.len())
    };
    assert_eq!(read(Reply::endless()).unwrap(), 1 << 20);
    for reply in [
        Reply::reset(),
        Reply::silence(),
        Reply::cut_short("abc", 10),
        Reply::raw("not http\r\n\r\n"),
    ] {
        assert!(read(reply.clone()).is_err(), "{reply:?}");
    }
    let start = Instant::now();
    assert_eq!(
        read(
            Reply::status(200)
                .body("abc")
                .delay(Duration::from_millis(100))
        )
        .unwrap(),
        3
    );
    assert!(start.elapsed() >= Duration::from_millis(100));
    assert_eq!(registry.requests().len(), 6);
}

#[support::test]
fn a_rule_can_be_for_the_first_requests_only() {
    let registry = ProgrammableRegistry::open();
    registry.when_first(1, |request| request.path == "/v2/", Reply::status(503));
    let url = format!("{}/v2/", registry.url());
    assert_eq!(get(&url, "").status(), 503);
    assert_eq!(get(&url, "").status(), 200);
}

#[support::test]
fn a_client_certificate_is_noticed() {
    let authority = CertificateAuthority::new();
    let server = authority
        .server(&["127.0.0.1"])
        .server_config(Some(&authority));
    let registry = ProgrammableRegistry::settings_open().tls(server).start();
    let client = authority.client("alice");
    let agent = registry_client::tls_agent(&authority, Some(&client));
    let reply = agent.get(format!("{}/v2/", registry.url())).call().unwrap();
    assert_eq!(reply.status(), StatusCode::OK);
    assert!(registry.requests()[0].client_certificate);
    let stranger = registry_client::tls_agent(&authority, None);
    assert!(
        stranger
            .get(format!("{}/v2/", registry.url()))
            .call()
            .is_err()
    );
}

#[support::test(needs("containerd"))]
fn ctr_pulls_and_pushes() {
    let containerd = Containerd::settings().unprivileged().start();
    let image = Image::of_sizes("one", &[10, 100_000]);
    let mirrored = Account::new("alice", "wonder").in_registry_namespace("reg-a.test");
    let accounts = [mirrored, Account::new("alice", "wonder").only("pushed")];
    for registry in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        registry.put_image("team/app", "v1", &image);
        let home = Home::new();
        home.write_hosts_toml("reg-a.test", &format!("[host.\"{}\"]\n", registry.url()));
        let hosts_dir = home.hosts_dir();
        let login = [
            "--user",
            "alice:wonder",
            "--hosts-dir",
            hosts_dir.to_str().unwrap(),
        ];
        let reference = "reg-a.test/team/app:v1";
        containerd
            .ctr(&[&["content", "fetch"], &login[..], &[reference]].concat())
            .assert_success();
        let target = format!("{}/pushed/app:v2", registry.address());
        let push = [
            &["images", "push", "--plain-http"],
            &login[..2],
            &[&target, reference],
        ]
        .concat();
        containerd.ctr(&push).assert_success();
        assert_eq!(
            registry.manifest("pushed/app", "v2").as_ref(),
            Some(&image.manifest)
        );
        containerd
            .ctr(&["images", "rm", "--sync", reference])
            .assert_success();
    }
}

const ALICE: &str = "Basic YWxpY2U6d29uZGVy";
const BOB: &str = "Basic Ym9iOmJ1aWxkZXI=";

/// Any status is an answer. An empty `login` is none.
fn get(url: &str, login: &str) -> Response<Body> {
    let request = ureq::get(url).config().http_status_as_error(false).build();
    let request = if login.is_empty() {
        request
    } else {
        request.header("Authorization", login)
    };
    request.call().unwrap()
}
