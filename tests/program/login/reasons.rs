//! What the other side gives as its reason stands in the error, and only what can help stands below.

use support::home::Home;
use support::http::{HttpServer, Reply, Request};
use support::image::Image;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::{ALICE, alice, assert_says, basic, log_in};

/// A registry with tokens, whose realm answers like this.
fn realm_says(answer: Reply) -> ProgrammableRegistry {
    let registry = ProgrammableRegistry::bearer(&alice());
    registry.when(|it| it.path == "/token", answer);
    registry
}

fn pull(home: &Home, registry: &ProgrammableRegistry, tag: &str) -> Ran {
    let image = format!("{}/team/app:{tag}", registry.address());
    let layout = home.path().join("layout");
    let layout = layout.to_str().unwrap();
    home.portunus(&["pull", &image, "--oci-layout", layout])
        .run()
}

fn is_let_in(request: &Request) -> bool {
    request.header("authorization").is_some() && request.path.contains("/manifests/")
}

#[support::test]
fn a_login_tells_what_the_realm_says() {
    for (status, body, retry_after, code, said) in [
        (
            401,
            r#"{"errors":[{"code":"UNAUTHORIZED","message":"you're required to use a token instead of a password."}]}"#,
            None,
            3,
            "UNAUTHORIZED: you're required to use a token instead of a password.",
        ),
        (
            429,
            r#"{"details":"too many failed login attempts"}"#,
            Some("30"),
            1,
            "answered with status 429: too many failed login attempts; try again after 30 s",
        ),
        (
            200,
            "<html>",
            None,
            1,
            "the token server answered with a web page",
        ),
        (
            403,
            "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"\\u001b[2Jno\\nhelp: rm\"}]}",
            None,
            3,
            "DENIED: \\u{1b}[2Jno\\nhelp: rm",
        ),
    ] {
        let answer = Reply::status(status).body(body);
        let registry = realm_says(match retry_after {
            Some(after) => answer.header("Retry-After", after),
            None => answer,
        });
        let ran = log_in(&Home::new(), &[&registry.address()]);
        ran.assert_code(code);
        assert_says(&ran, &[said]);
        assert!(!ran.stderr.contains("\nhelp: rm"), "{ran}");
    }
}

#[support::test]
fn token_answers_that_go_reads_are_read() {
    for body in [
        r#"{"token":"TOKEN","expires_in":"300"}"#,
        r#"{"Token":"TOKEN"}"#,
        r#"{"token":"tok0","token":"TOKEN"}"#,
        r#"{"Access_Token":"TOKEN","token":null}"#,
    ] {
        let token = "tok1";
        let body = body.replace("TOKEN", token);
        let registry = HttpServer::start(move |request| match request.path.as_str() {
            "/token" => Reply::status(200).body(body.clone()),
            _ if request.bearer() == Some(token) => Reply::status(200),
            _ => {
                let host = request.header("host").unwrap_or_default();
                let realm = format!("Bearer realm=\"http://{host}/token\",service=\"s\"");
                Reply::challenge(&realm)
            }
        });
        log_in(&Home::new(), &[&registry.address()]).assert_success();
    }
}

#[support::test]
fn who_is_denied_is_not_told_to_log_in_again() {
    let denied = r#"{"errors":[{"code":"DENIED","message":"vault is shut"}]}"#;
    for registry in [basic(), ProgrammableRegistry::bearer(&alice())] {
        let home = Home::new();
        log_in(&home, &[&registry.address()]).assert_success();
        registry.when(is_let_in, Reply::status(403).body(denied));
        let ran = pull(&home, &registry, "v1");
        ran.assert_code(3);
        assert_says(&ran, &["denied to alice", "DENIED: vault is shut"]);
        for wrong in ["portunus login", "scope", "rejected"] {
            assert!(!ran.stderr.contains(wrong), "{ran}");
        }
        assert!(!ran.output().contains(ALICE), "{ran}");
    }
}

#[support::test]
fn a_missing_image_may_be_a_private_one_to_an_account() {
    let registry = basic();
    let home = Home::new();
    let ran = pull(&home, &ProgrammableRegistry::open(), "v1");
    ran.assert_code(6);
    assert!(!ran.stderr.contains("private"), "{ran}");
    log_in(&home, &[&registry.address()]).assert_success();
    let ran = pull(&home, &registry, "v1");
    ran.assert_code(6);
    assert_says(
        &ran,
        &["not found (404)", "a private repository looks the same"],
    );
    assert_eq!(
        ran.stderr.matches("a private repository").count(),
        1,
        "{ran}"
    );
    // A push that finds none may have to make it first.
    registry.put_image("team/app", "v2", &Image::small("one"));
    pull(&home, &registry, "v2").assert_success();
    let is_known = |it: &Request| it.header("authorization").is_some();
    registry.when(
        move |it| is_known(it) && it.method != "GET",
        Reply::status(404),
    );
    let image = format!("{}/team/app:v2", registry.address());
    let layout = home.path().join("layout").display().to_string();
    let ran = home
        .portunus(&["push", &image, "--oci-layout", &layout])
        .run();
    ran.assert_code(6);
    assert_says(&ran, &["its project to be made first"]);
    assert!(!ran.stderr.contains("private"), "{ran}");
}

#[support::test]
fn an_account_that_may_only_read_logs_in_with_a_repository() {
    let server = HttpServer::start(|request| {
        let alice = request.basic() == Some(("alice".to_owned(), ALICE.to_owned()));
        match request.path.as_str() {
            "/v2/" => Reply::status(200),
            _ if !alice => Reply::challenge("Basic realm=\"r\""),
            "/v2/team/app/tags/list" => Reply::status(200),
            _ => Reply::error(403, "DENIED"),
        }
    });
    let at = server.address();
    let home = Home::new();
    log_in(&home, &[&at, "--repository", "team/app"]).assert_success();
    let ran = log_in(&home, &[&at, "--repository", "team/other"]);
    ran.assert_code(3);
    assert_says(
        &ran,
        &[
            "the account may not use team/other: nothing was stored",
            "DENIED",
            "--repository NAME",
            "--no-verify",
        ],
    );
}

#[support::test]
fn a_door_that_moves_is_followed_and_an_unusable_realm_beside_basic_passed_over() {
    let server = HttpServer::start(|request| match request.path.as_str() {
        "/v2/" => Reply::status(308).header("Location", "/v2"),
        "/v2" if request.basic().is_some() => Reply::status(200),
        _ => Reply::challenge("Basic realm=\"registry\", Bearer realm=\"image-factory\""),
    });
    log_in(&Home::new(), &[&server.address()]).assert_success();
}

#[support::test]
fn behind_a_redirect_no_login_is_proposed() {
    let cdn = HttpServer::start(|_| Reply::status(403));
    let registry = basic();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let home = Home::new();
    log_in(&home, &[&registry.address()]).assert_success();
    let target = cdn.url();
    registry.answer_with(move |it| {
        let sent = it.path.contains("/blobs/") && it.basic().is_some();
        sent.then(|| Reply::redirect(&format!("{target}{}", it.path)))
    });
    let ran = pull(&home, &registry, "v1");
    ran.assert_code(1);
    let said = format!("sends us to {}, which answered 403", cdn.url());
    assert_says(&ran, &[&said]);
    assert!(!ran.stderr.contains("portunus login"), "{ran}");
}

#[support::test]
fn each_failed_host_is_told_once() {
    let (mirror, server) = (HttpServer::start(|_| Reply::status(500)), basic());
    let home = Home::new();
    let text = format!(
        "server = \"{}\"\n[host.\"{}\"]\ncapabilities = [\"pull\", \"resolve\"]\n",
        server.url(),
        mirror.url()
    );
    home.write_hosts_toml("reg-a.test", &text);
    let layout = home.path().join("layout");
    let pull = [
        "pull",
        "reg-a.test/team/app:v1",
        "--oci-layout",
        layout.to_str().unwrap(),
    ];
    let ran = home.portunus(&pull).run();
    ran.assert_code(3);
    assert_eq!(ran.stderr.matches("answered 500").count(), 1, "{ran}");
    assert_eq!(ran.stderr.matches("wants a credential").count(), 1, "{ran}");
    // Where it goes on at another host, the one before is told of as well.
    let server = ProgrammableRegistry::open();
    server.put_image("team/app", "v1", &Image::small("one"));
    home.write_hosts_toml(
        "reg-a.test",
        &text.replace(&text[10..text.find("\"\n").unwrap()], &server.url()),
    );
    let ran = home.portunus(&pull).run();
    ran.assert_success();
    assert!(ran.stderr.contains("answered 500"), "{ran}");
}
