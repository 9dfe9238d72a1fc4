//! Realms that send elsewhere, or are named without their TLS.

use support::home::Home;
use support::http::{Reply, Request};
use support::image::Image;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::{ALICE, alice, assert_says, log_in};

use crate::worlds::{HOST, Public};

fn pull(home: &Home, host: &str) -> Ran {
    let layout = home.path().join("layout");
    let image = format!("{host}/team/app:v1");
    let pull = ["pull", &image, "--oci-layout", layout.to_str().unwrap()];
    home.portunus(&pull).run()
}

/// Token requests go to `/token/` of the same origin.
fn moves(registry: &ProgrammableRegistry, status: u16) {
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry.answer_with(move |it| {
        let moved = it.path == "/token" && it.query_value("moved").is_none();
        let location = format!("/token?moved=1&{}", it.query);
        moved.then(|| Reply::status(status).header("Location", &location))
    });
}

#[support::test]
fn a_realm_that_moves_inside_its_origin_is_followed_with_the_secret() {
    for status in [301, 302, 307, 308] {
        let registry = ProgrammableRegistry::bearer(&alice());
        moves(&registry, status);
        let home = Home::new();
        let at = registry.address();
        log_in(&home, &[&at]).assert_success();
        pull(&home, &at).assert_success();
    }
}

#[support::test]
fn a_realm_that_moves_is_followed_by_nobody_in_particular() {
    let registry = ProgrammableRegistry::settings_bearer(&alice())
        .public("team/app")
        .start();
    moves(&registry, 301);
    pull(&Home::new(), &registry.address()).assert_success();
}

#[support::test]
fn a_realm_named_without_its_tls_is_asked_with_it_and_the_mistake_named() {
    let realm = "http://reg.test/token";
    let public = Public::start(ProgrammableRegistry::settings_bearer(&alice()).realm(realm));
    public
        .registry
        .put_image("team/app", "v1", &Image::small("one"));
    let ran = log_in(&public.home, &[HOST]);
    ran.assert_success();
    let says =
        "names the realm http://reg.test, which has no TLS: the registry's external URL is wrong";
    assert_says(&ran, &[says]);
    let ran = pull(&public.home, HOST);
    ran.assert_success();
    assert_says(&ran, &[says]);
    // Where there is none with TLS, nothing is proposed that would show the password to everybody.
    let token = |it: &Request| it.path == "/token";
    for answer in [Reply::status(404), Reply::redirect("http://reg.test/token")] {
        public.registry.when(token, answer);
        for typed in [vec![HOST], vec!["--trust-realm", realm, HOST]] {
            let ran = log_in(&public.home, &typed);
            ran.assert_code(4);
            assert_says(&ran, &["the registry's external URL is wrong"]);
            assert!(!ran.stderr.contains("help: portunus login"), "{ran}");
            assert!(!ran.output().contains(ALICE), "{ran}");
        }
    }
    public.assert_alone();
}
