//! What happens behind a redirect or an upload location belongs to where it leads.

use portunus::resolve::Operation;
use portunus_http::{Error, ErrorKind, HostFailure, Outcome};
use support::account::Account;
use support::http::{HttpServer, Reply, Request};
use support::image::Image;
use support::port;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::SECRET;

const IMAGE: &str = "reg-a.test/team/app:v1";

/// A registry that alice is logged in to, and that sends her away for what matches.
fn sends_away(target: &str, what: &'static str) -> (ProgrammableRegistry, World) {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", SECRET)]);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let target = target.to_owned();
    registry.answer_with(move |it: &Request| {
        let sent = it.path.contains(what) && it.header("authorization").is_some();
        sent.then(|| Reply::redirect(&format!("{target}{}", it.path)))
    });
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", SECRET);
    (registry, world)
}

fn last(error: &Error) -> &Outcome {
    &error.hosts.last().unwrap().outcome
}

#[support::test]
fn who_refuses_behind_a_redirect_is_named_and_no_login_would_help() {
    for (status, challenge) in [
        (401, Some("Basic realm=\"r\"")),
        (401, None),
        (403, None),
        (404, None),
        (500, None),
    ] {
        let cdn = HttpServer::start(move |_| {
            let words = r#"{"errors":[{"code":"DENIED","message":"signed for others"}]}"#;
            let reply = Reply::status(status).body(words);
            match challenge {
                Some(challenge) => reply.header("WWW-Authenticate", challenge),
                None => reply,
            }
        });
        for what in ["/manifests/", "/blobs/"] {
            let (registry, world) = sends_away(&cdn.url(), what);
            let error = world.pull(IMAGE).unwrap_err();
            let away = matches!(
                last(&error),
                Outcome::Host(HostFailure::Status { away: Some(_), .. })
            );
            assert!(away, "{what} {status}: {error}");
            assert_eq!(error.kind, ErrorKind::Network, "{what} {status}: {error}");
            let said = format!(
                "{} ({}): sends us to {}, which answered {status}: DENIED: signed for others",
                registry.url(),
                if what == "/blobs/" {
                    "fetch"
                } else {
                    "resolve"
                },
                cdn.url()
            );
            assert!(error.to_string().contains(&said), "{said}\n{error}");
        }
        let (_registry, world) = sends_away(&cdn.url(), "/manifests/");
        let choice = world.choose(IMAGE, Operation::Pull).remove(0);
        let outcome = choice.manifest.unwrap().unwrap_err();
        assert!(outcome.to_string().contains(&cdn.url()), "{outcome}");
        assert!(choice.rejected.is_empty());
    }
}

#[support::test]
fn who_does_not_answer_behind_a_redirect_is_named() {
    let closed = format!("http://127.0.0.1:{}", port::free());
    for what in ["/manifests/", "/blobs/"] {
        let (_registry, world) = sends_away(&closed, what);
        let error = world.pull(IMAGE).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Network, "{error}");
        assert!(
            error
                .to_string()
                .contains(&format!("unreachable: {closed}: ")),
            "{error}"
        );
    }
}

#[support::test]
fn an_upload_location_that_is_not_there_is_named() {
    let elsewhere = HttpServer::start(|_| Reply::error(404, "NAME_UNKNOWN"));
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", SECRET)]);
    let location = format!("{}/up", elsewhere.url());
    registry.when(
        |it| it.method == "POST" && it.basic().is_some(),
        Reply::status(202).header("Location", &location),
    );
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", SECRET);
    world.write_layout(&Image::small("one"), "v1");
    let error = world.push(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Network, "{error}");
    let said = format!(
        "sends us to {}, which answered 404: NAME_UNKNOWN",
        elsewhere.url()
    );
    assert!(error.to_string().contains(&said), "{error}");
    assert!(elsewhere.requests_with(SECRET).is_empty());
}
