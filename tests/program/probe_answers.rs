//! What `resolve --probe` makes of registries that answer in their own ways.

use serde_json::Value;
use support::home::Home;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::{alice, assert_says, basic, log_in};

fn probe(home: &Home, host: &str) -> (String, Value) {
    let image = format!("{host}/team/app:v1");
    let text = home.portunus(&["resolve", "--probe", &image]).run();
    text.assert_success();
    let json = home
        .portunus(&["resolve", "--probe", "--json", &image])
        .run();
    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    (text.stdout, document["attempts"][0]["probe"].clone())
}

#[support::test]
fn a_good_image_is_told_whatever_the_host_makes_of_a_head() {
    for status in [403, 404, 405, 500] {
        let registry = ProgrammableRegistry::open();
        registry.put_image("team/app", "v1", &Image::small("one"));
        registry.when(|it| it.method == "HEAD", Reply::status(status));
        let (text, probe) = probe(&Home::new(), &registry.address());
        let image = Image::small("one");
        let digest = image.digest();
        assert!(text.contains(&format!("image: {digest}")), "{text}");
        // The port may have the same digits.
        let told = text.replace(&registry.address(), "HOST");
        assert!(!told.contains(&status.to_string()), "{text}");
        assert_eq!(probe["digest"], digest);
        assert_eq!(probe["problem"], Value::Null);
    }
}

/// What was asked over http is not told as if it were the host of the plan.
#[support::test]
fn a_host_that_was_asked_over_http_is_told_as_that() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let (text, probe) = probe(&Home::new(), &registry.address());
    let said = format!("answered as {} in ", registry.url());
    assert!(text.contains(&said), "{text}");
    assert_eq!(probe["asked"], registry.url());
}

#[support::test]
fn an_image_for_anybody_behind_a_door_that_asks_is_told() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry.when(
        |it| it.path == "/v2/",
        Reply::challenge("Basic realm=\"r\""),
    );
    let (text, probe) = probe(&Home::new(), &registry.address());
    assert!(text.contains("wants Basic"), "{text}");
    assert!(
        text.contains("anonymous: gives this image to anybody"),
        "{text}"
    );
    assert_eq!(probe["digest"], Image::small("one").digest());
    assert_eq!(probe["accepted"], Value::Null);
}

#[support::test]
fn a_redirect_is_followed_and_the_target_named() {
    let cdn = ProgrammableRegistry::open();
    cdn.put_image("team/app", "v1", &Image::small("one"));
    let registry = ProgrammableRegistry::open();
    let target = cdn.url();
    registry.answer_with(move |it| {
        let asked = it.path.contains("/manifests/");
        asked.then(|| Reply::redirect(&format!("{target}{}", it.path)))
    });
    let at = registry.address();
    let (text, _) = probe(&Home::new(), &at);
    let by_way = format!("by way of {}", cdn.url());
    assert!(text.contains(&by_way), "{text}");
    cdn.always(Reply::status(403));
    let (text, document) = probe(&Home::new(), &at);
    let said = format!("sends us to {}, which answered 403", cdn.url());
    assert!(text.contains(&said), "{text}");
    assert!(document["problem"].as_str().unwrap().contains(&said));
    assert!(!text.contains("portunus login"), "{text}");
}

#[support::test]
fn a_door_that_moves_is_followed_and_a_web_page_is_no_registry() {
    let server = HttpServer::start(|request| match request.path.as_str() {
        "/v2/" => Reply::status(308).header("Location", "/v2"),
        _ if request.basic().is_some() => Reply::status(404),
        _ => Reply::challenge("Basic realm=\"r\""),
    });
    let (text, document) = probe(&Home::new(), &server.address());
    assert!(text.contains("wants Basic"), "{text}");
    assert_eq!(document["challenge"], "Basic");
    let page = HttpServer::start(|_| {
        Reply::status(200)
            .header("Content-Type", "text/html")
            .body("<html>")
    });
    let (text, document) = probe(&Home::new(), &page.address());
    for said in [
        "is no registry: it answers with a web page",
        "image: answered with a web page instead of a manifest",
    ] {
        assert!(text.contains(said), "{text}");
    }
    assert!(document["problem"].as_str().unwrap().contains("web page"));
}

#[support::test]
fn a_denied_account_is_told_and_no_login_proposed() {
    let denied = r#"{"errors":[{"code":"DENIED","message":"vault is shut"}]}"#;
    for registry in [basic(), ProgrammableRegistry::bearer(&alice())] {
        let home = Home::new();
        log_in(&home, &[&registry.address()]).assert_success();
        registry.when(
            |it| it.path.contains("/manifests/") && it.header("authorization").is_some(),
            Reply::status(403).body(denied),
        );
        let image = format!("{}/team/app:v1", registry.address());
        let ran = home.portunus(&["resolve", "--probe", &image]).run();
        assert_says(&ran, &["failed: denied to alice", "DENIED: vault is shut"]);
        assert!(!ran.output().contains("portunus login"), "{ran}");
        let (_, document) = probe(&home, &registry.address());
        assert_eq!(document["accepted"], false);
    }
}
