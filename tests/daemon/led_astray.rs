//! Who leads a daemon elsewhere gets no secret of another host; each of these servers records what it
//! receives.

use support::account::Account;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::named::{
    NamedSite, PASSWORD, asks_for_password, asks_for_token, lead, received,
};
use crate::worlds::site::Site;

/// The mirror could be anybody on the way to it.
#[support::test(needs("containerd", "namespaces?", "low-ports?"))]
fn a_mirror_leads_nobody_s_password_out_of_tls() {
    let site = NamedSite::new(&image());
    let evil = site.attacker(9999, false, Reply::status(404));
    let plain = "http://victim.test";
    let spellings = [
        plain,
        "http://VICTIM.test",
        "http://victim.test:80",
        "http://victim.test.",
        "http://alice:x@victim.test",
        "http://sub.victim.test",
        "http://evil.test:9999",
    ];
    let token = asks_for_token("http://evil.test:9999/token");
    for (answer, targets) in [
        (asks_for_password(), &spellings[..]),
        (token, &[plain]),
        (Reply::status(200), &[plain]),
    ] {
        let port_80 = site.attacker(80, false, answer);
        for target in targets {
            lead(&site.mirror, target);
            for options in [&["--no-unpack"][..], &["--no-unpack", "--local"]] {
                site.mirror.forget_requests();
                let ran = site.run("pull", options);
                ran.assert_success();
                assert!(!site.mirror.requests().is_empty(), "{target}: {ran}");
                assert_eq!(received(&[&port_80, &evil]), [], "{target}: {ran}");
                assert_eq!(site.mirror.requests_with(PASSWORD), [], "{target}: {ran}");
            }
        }
    }
}

#[support::test(needs("containerd", "namespaces?", "low-ports?"))]
fn an_upload_location_leads_nobody_s_password_elsewhere() {
    let site = NamedSite::new(&image());
    site.run("pull", &["--no-unpack"]).assert_success();
    let layout = site.home.path().join("layout");
    let layout = ["--oci-layout", layout.to_str().unwrap()];
    let local = ["pull", "victim.test/app:v1"];
    site.run_alone(&[&local[..], &layout].concat())
        .assert_success();
    let evil = site.attacker(9999, false, asks_for_password());
    let plain = site.attacker(80, false, asks_for_token("http://evil.test:9999/token"));
    let other = site.attacker(8444, true, asks_for_password());
    for target in [
        "http://victim.test/steal",
        "http://victim.test:80/steal",
        "http://evil.test:9999/steal",
        "https://victim.test:8444/steal",
        "https://sub.victim.test:8444/steal",
        "https://evil.test:8444/steal",
        "//evil.test:8444/steal",
    ] {
        site.victim.forget_rules();
        site.victim.answer_with(move |request| {
            request.basic()?;
            match request.method.as_str() {
                "HEAD" => Some(Reply::status(404)),
                "POST" => Some(Reply::status(202).header("Location", target)),
                _ => None,
            }
        });
        let through = site.run("push", &[]);
        let ours = [&["push", "victim.test/app:v1"][..], &layout].concat();
        for ran in [through, site.run_alone(&ours)] {
            assert!(!ran.status.success(), "{target}: {ran}");
            assert_eq!(received(&[&plain, &evil, &other]), [], "{target}: {ran}");
        }
    }
}

/// What stays open, and is told before: containerd's client shows the login to the same name and to
/// those below it. Out of TLS the daemon is not even sent; from our side nothing goes anywhere.
#[support::test(needs("containerd", "namespaces?", "low-ports?"))]
fn a_registry_that_leads_to_its_own_name_is_told_before() {
    let site = NamedSite::new(&image());
    let plain = site.attacker(8080, false, asks_for_password());
    let secure = site.attacker(8444, true, asks_for_password());
    for (target, through_tls) in [
        ("http://victim.test:8080", false),
        ("http://sub.victim.test:8080", false),
        ("https://victim.test:8444", true),
        ("https://sub.victim.test:8444", true),
    ] {
        site.victim.forget_rules();
        site.victim.answer_with(move |request| {
            request.basic()?;
            let leads = request.path != "/v2/";
            leads.then(|| Reply::redirect(&format!("{target}{}", request.path)))
        });
        site.mirror.always(Reply::status(404));
        let ran = site.run("pull", &["--no-unpack"]);
        assert!(!ran.status.success(), "{target}: {ran}");
        let told = format!("victim.test redirects to {target}, where containerd shows");
        assert!(ran.stderr.contains(&told), "{target}: {ran}");
        assert_eq!(received(&[&plain]), [], "{target}: {ran}");
        if through_tls {
            secure.forget_requests();
        }
        site.run("pull", &["--no-unpack", "--local"]);
        assert_eq!(received(&[&plain, &secure]), [], "{target}");
    }
}

/// What stays open: containerd does not tell its callback which realm it will post to.
#[support::test(needs("containerd"))]
fn a_registry_that_names_another_realm_to_the_daemon_is_not_seen_through() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", PASSWORD)]);
    registry.put_image("team/app", "v1", &image());
    let attacker = HttpServer::start(|_| Reply::status(404));
    let realm = format!("{}/token", attacker.url());
    let site = Site::new(&[&registry]);
    site.log_in(&registry, "alice", PASSWORD);
    registry.answer_with(move |request| {
        let agent = request.header("User-Agent")?;
        let is_asked = agent.starts_with("containerd") && request.header("Authorization").is_none();
        is_asked.then(|| asks_for_token(&realm))
    });
    let ran = site.pull();
    assert!(!ran.status.success(), "{ran}");
    // What the login was given for its password.
    let sent = attacker.requests_with("identity-token-of-alice");
    assert!(!sent.is_empty(), "containerd posts to any realm: {ran}");
    attacker.forget_requests();
    site.run("pull", &["--no-unpack", "--local"])
        .assert_success();
    assert_eq!(attacker.requests(), []);
}

fn image() -> Image {
    Image::of_sizes("led", &[100, 200])
}
