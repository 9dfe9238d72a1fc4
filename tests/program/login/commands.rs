//! `portunus login`, run as a user runs it: whom it contacts, what it stores, what it says.

use serde_json::Value;
use support::account::Account;
use support::docker_registry::{Auth, DockerRegistry};
use support::home::Home;
use support::http::{HttpServer, Reply, Request};
use support::nginx::{NamespaceAccount, Nginx};
use support::port;
use support::programmable_registry::ProgrammableRegistry;

use worlds::login::{
    ALICE, FOO, WRONG, alice, assert_says, attempts, basic, home_with, log_in, log_in_with, stored,
};

fn paths(registry: &ProgrammableRegistry) -> Vec<String> {
    registry.requests().into_iter().map(|it| it.path).collect()
}

#[support::test]
fn three_spellings_store_one_key() {
    let mirror =
        ProgrammableRegistry::basic(&[Account::new("alice", ALICE).in_registry_namespace(FOO)]);
    let at = mirror.address();
    for arguments in [
        vec![
            "--registry-namespace".to_owned(),
            FOO.to_owned(),
            at.clone(),
        ],
        vec![format!("{at}/?ns={FOO}")],
        vec![format!("endpoint://{FOO}/{at}")],
    ] {
        let home = home_with(&[&mirror], "https://127.0.0.1:1");
        mirror.forget_requests();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = log_in(&home, &arguments);
        ran.assert_success();
        assert_says(
            &ran,
            &[&format!("login succeeded: alice at {at}?ns={FOO}\n")],
        );
        let requests = mirror.requests();
        let asked_for = requests.iter().map(Request::registry_namespace);
        assert!(asked_for.into_iter().all(|it| it.as_deref() == Some(FOO)));
        let [entry] = &stored(&home, &[])[..] else {
            panic!("one entry is stored");
        };
        assert_eq!(entry["host"], at);
        assert_eq!(entry["registry_namespace"], FOO);
    }
}

#[support::test]
fn a_plain_login_contacts_its_own_host_and_names_the_mirrors_that_miss_one() {
    let (own, near, far) = (basic(), basic(), basic());
    let at = own.address();
    let home = Home::new();
    let table = |url: String| format!("[host.\"{url}\"]\n");
    home.write_hosts_toml(
        &at,
        &format!(
            "server = \"{}\"\n{}{}",
            own.url(),
            table(near.url()),
            table(far.url())
        ),
    );
    log_in(&home, &["--registry-namespace", &at, &near.address()]).assert_success();
    near.forget_requests();
    let ran = log_in(&home, &[&at]);
    ran.assert_success();
    let (near_at, far_at) = (near.address(), far.address());
    assert_says(
        &ran,
        &[
            &format!("login succeeded: alice at {at}\n"),
            &format!("mirror {near_at}: logged in\n"),
            &format!(
                "mirror {far_at}: not logged in: portunus login --registry-namespace {at} {far_at}\n"
            ),
        ],
    );
    assert!(near.requests().is_empty() && far.requests().is_empty());
    assert!(!own.requests_with(ALICE).is_empty());
}

#[support::test]
fn an_unreachable_upstream_is_explained_with_the_mirrors_commands() {
    let mirror = basic();
    let at = format!("127.0.0.1:{}", port::free());
    let home = Home::new();
    let text = format!("server = \"http://{at}\"\n[host.\"{}\"]\n", mirror.url());
    home.write_hosts_toml(&at, &text);
    let mirror_at = mirror.address();
    for (profile, named) in [(vec![], ""), (vec!["--profile", "ci"], " --profile ci")] {
        let ran = log_in(&home, &[&profile[..], &[&at]].concat());
        ran.assert_code(1);
        assert_says(
            &ran,
            &[
                &format!("cannot log in to http://{at}"),
                "unreachable",
                &format!("help: portunus login{named} --registry-namespace {at} {mirror_at}\n"),
            ],
        );
    }
    assert!(mirror.requests().is_empty());
    assert!(!home.credentials_file().exists());
}

#[support::test]
fn a_replaced_server_makes_a_login_of_no_use() {
    let (own, replacement) = (basic(), basic());
    let at = own.address();
    let home = Home::new();
    let text = format!("server = \"{}\"\n", replacement.url());
    home.write_hosts_toml(&at, &text);
    let ran = log_in(&home, &[&at]);
    ran.assert_success();
    let other = replacement.address();
    assert_says(
        &ran,
        &[
            "this login will not be used",
            &format!("help: portunus login --registry-namespace {at} {other}\n"),
        ],
    );
    assert!(replacement.requests().is_empty());
}

#[support::test]
fn a_host_that_is_not_listed_is_refused_with_those_that_are() {
    let (listed, stranger) = (basic(), basic());
    let home = home_with(&[&listed], "https://127.0.0.1:1");
    let ran = log_in(&home, &["--registry-namespace", FOO, &stranger.address()]);
    ran.assert_code(2);
    let (at, listed_at) = (stranger.address(), listed.address());
    assert_says(
        &ran,
        &[
            &format!("{at} is no host of registry namespace {FOO}"),
            &format!("  {}\n", listed.url()),
            "  https://127.0.0.1:1\n",
            &format!("help: portunus login --registry-namespace {FOO} {listed_at}\n"),
        ],
    );
    assert!(listed.requests().is_empty() && stranger.requests().is_empty());
}

#[support::test]
fn a_path_mirror_is_asked_at_its_path_then_at_its_origin() {
    for (known, expected) in [
        (true, vec!["/v2/proxy/", "/v2/proxy/"]),
        (false, vec!["/v2/proxy/", "/v2/", "/v2/"]),
    ] {
        let mirror = basic();
        let reply = |request: &Request| match request.header("authorization") {
            Some(_) => Reply::status(200),
            None => Reply::challenge("Basic realm=\"r\""),
        };
        mirror.answer_with(move |request| {
            let below = request.path == "/v2/proxy/";
            below.then(|| {
                if known {
                    reply(request)
                } else {
                    Reply::status(404)
                }
            })
        });
        let home = Home::new();
        let text = format!(
            "[host.\"{}/v2/proxy\"]\noverride_path = true\n",
            mirror.url()
        );
        home.write_hosts_toml(FOO, &text);
        log_in(&home, &["--registry-namespace", FOO, &mirror.address()]).assert_success();
        assert_eq!(paths(&mirror), expected);
    }
}

#[support::test]
fn a_registry_that_asks_for_nothing_stores_nothing() {
    let open = ProgrammableRegistry::open();
    let at = open.address();
    for arguments in [vec![at.as_str()], vec!["--repository", "team/app", &at]] {
        let home = Home::new();
        let ran = log_in(&home, &arguments);
        ran.assert_code(3);
        assert_says(
            &ran,
            &[
                &format!("{at} asks for no credential: nothing was stored"),
                "--no-verify",
            ],
        );
        assert!(!home.credentials_file().exists());
        assert!(open.requests_with(ALICE).is_empty());
    }
}

#[support::test]
fn a_host_that_is_no_registry_is_a_failure_and_not_a_missing_login() {
    let website = HttpServer::start(|_| Reply::status(404));
    let at = website.address();
    let home = Home::new();
    let ran = log_in(&home, &[&at]);
    ran.assert_code(1);
    assert_says(&ran, &[&format!("help: see whether {at} is a registry")]);
    assert!(website.requests_with(ALICE).is_empty());
    assert!(!home.credentials_file().exists());
}

#[support::test]
fn a_repository_is_checked_where_it_is_pushed() {
    let public = basic();
    public.when(|it| it.method == "GET", Reply::status(200));
    let at = public.address();
    let home = Home::new();
    let arguments = ["--repository", "team/app", &at];
    log_in_with(
        &home,
        &[&["-u", "alice", "--password-stdin"], &arguments[..]].concat(),
        WRONG,
    )
    .assert_code(3);
    assert!(!home.credentials_file().exists());
    let ran = log_in(&home, &arguments);
    ran.assert_success();
    assert_says(
        &ran,
        &[&format!("alice at {at}&path=team/app").replace('&', "?")],
    );
    let asked = public.requests();
    assert!(
        asked
            .iter()
            .any(|it| it.method == "POST" && it.path == "/v2/team/app/blobs/uploads/")
    );
}

#[support::test]
fn without_verification_nobody_is_contacted_and_nothing_is_pinned() {
    let stranger = ProgrammableRegistry::bearer(&alice());
    let at = stranger.address();
    let realm = format!("{}/token", stranger.url());
    let home = home_with(&[], "https://127.0.0.1:1");
    let ran = log_in(
        &home,
        &[
            "--no-verify",
            "--trust-realm",
            &realm,
            "--registry-namespace",
            FOO,
            &at,
        ],
    );
    ran.assert_success();
    assert_says(
        &ran,
        &[
            &format!("warning: {at} is no host of registry namespace {FOO}"),
            "stored, not checked: alice at ",
        ],
    );
    assert!(stranger.requests().is_empty());
    let entry = &stored(&home, &[])[0];
    assert_eq!(
        (&entry["realm"], &entry["verified_at"]),
        (&Value::Null, &Value::Null)
    );
}

#[support::test]
fn every_host_is_logged_in_to_in_turn() {
    let (first, open, server) = (basic(), ProgrammableRegistry::open(), basic());
    let home = home_with(&[&first, &open], &server.url());
    let ran = log_in(&home, &["--registry-namespace", FOO, "--all-hosts"]);
    ran.assert_code(3);
    assert_says(
        &ran,
        &[&format!("{} asks for no credential", open.address())],
    );
    let mut hosts: Vec<_> = stored(&home, &[])
        .iter()
        .map(|it| it["host"].clone())
        .collect();
    let mut expected = [Value::from(first.address()), server.address().into()];
    hosts.sort_by_key(Value::to_string);
    expected.sort_by_key(Value::to_string);
    assert_eq!(hosts, expected);
    assert!(open.requests_with(ALICE).is_empty());
    assert!([&first, &server].map(attempts) == [1, 1]);
}

#[support::test(needs("docker-registry", "htpasswd"))]
fn a_real_registry_lets_the_right_password_in() {
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", ALICE)]));
    let at = registry.address();
    let home = Home::new();
    let arguments = ["-u", "alice", "--password-stdin", at];
    log_in_with(&home, &arguments, WRONG).assert_code(3);
    assert!(!home.credentials_file().exists());
    log_in(&home, &[at]).assert_success();
    assert_eq!(stored(&home, &[])[0]["host"], at);
}

#[support::test(needs("nginx", "docker-registry", "htpasswd"))]
fn a_real_mirror_tells_registry_namespaces_apart() {
    let registry = DockerRegistry::start(&Auth::Anybody);
    let account = |registry_namespace, user, password| NamespaceAccount {
        registry_namespace,
        user,
        password,
    };
    let accounts = [
        account(FOO, "alice", ALICE),
        account("bar.test", "bob", "canary-bob-50c1"),
    ];
    let mirror = Nginx::per_registry_namespace(registry.address(), &accounts);
    let at = mirror.address();
    let home = Home::new();
    for registry_namespace in [FOO, "bar.test"] {
        home.write_hosts_toml(
            registry_namespace,
            &format!("[host.\"{}\"]\n", mirror.url()),
        );
    }
    log_in(&home, &[&format!("{at}/?ns={FOO}")]).assert_success();
    log_in(&home, &[&format!("{at}/?ns=bar.test")]).assert_code(3);
    assert_eq!(stored(&home, &[]).len(), 1);
}
