//! Where an answer leads, and what may follow it there.

mod play;

use play::corp::{HEADER, PASSWORD, basic, registry, token_of, with_password};
use play::{Net, Seen, World, bearer, challenge, json, manifest, status, to};
use portunus::authorizer::{Addresses, Ask, Conduct, HostFailure, Method, RedirectProblem, Target};
use portunus::credential::Credential;
use portunus::resolve::Operation;
use portunus::token::trust::AddressClass;

#[test]
fn once_away_nothing_of_the_host_comes_back() {
    let toml = format!("server = \"https://reg.corp.test\"\n[header]\nx-key = \"{HEADER}\"\n");
    let world = World::new(&toml).with_password("reg.corp.test", "alice", PASSWORD);
    let net = Net::default()
        .with("https://reg.corp.test", |seen| match seen.url.path() {
            "/v2/back" => status(200),
            _ if seen.basic().is_none() => challenge("Basic realm=\"r\""),
            _ => to("https://cdn.test/blob"),
        })
        .with("https://cdn.test", |_| to("https://reg.corp.test/v2/back"));
    let host = world.host();
    net.drive(&mut host.call(manifest())).unwrap();
    let seen = net.seen();
    assert!(seen[0].contains(HEADER) && seen[1].contains(HEADER));
    for seen in &seen[2..] {
        assert!(
            seen.authorization.is_none() && seen.headers.is_empty(),
            "{seen:?}"
        );
        assert!(seen.route.ca.is_empty() && !seen.route.skip_verify);
    }
    assert_eq!(seen.len(), 4);
}

#[test]
fn a_redirect_inside_the_origin_keeps_the_login() {
    let net = Net::default().with("https://reg.corp.test", |seen| match seen.url.path() {
        "/v2/there" => basic(seen),
        _ => to("/v2/there"),
    });
    let host = with_password().host();
    net.drive(&mut host.call(manifest())).unwrap();
    assert_eq!(net.count(PASSWORD), 1);
    let endless = Net::default().with("https://reg.corp.test", |_| to("/v2/there"));
    let failure = endless.drive(&mut host.call(manifest())).unwrap_err();
    assert_eq!(failure, HostFailure::Redirect(RedirectProblem::TooMany));
}

#[test]
fn whoever_asks_elsewhere_is_answered_anonymously() {
    let net = Net::default()
        .with("https://reg.corp.test", |seen| match seen.basic() {
            None => challenge("Basic realm=\"r\""),
            Some(_) => to("https://cdn.test/blob"),
        })
        .with("https://cdn.test", |seen| {
            match (seen.url.path(), seen.bearer()) {
                ("/token", _) => json(r#"{"token":"of-nobody"}"#),
                (_, Some("of-nobody")) => status(200),
                _ => bearer("https://cdn.test/token"),
            }
        });
    let world = with_password().with_password("cdn.test", "bob", PASSWORD);
    net.drive(&mut world.host().call(manifest())).unwrap();
    assert!(
        net.at("https://cdn.test")
            .iter()
            .all(|seen| !seen.contains(PASSWORD))
    );
}

#[test]
fn nobody_is_sent_from_tls_to_plain_http_or_to_a_metadata_service() {
    for (target, expected) in [
        ("http://cdn.test/", "which has no TLS"),
        ("https://169.254.169.254/", "metadata"),
        ("https://10.0.0.7/", "private"),
        ("ftp://cdn.test/", "no http or https URL"),
    ] {
        let net = Net::default().with("https://reg.corp.test", move |_| to(target));
        let failure = net
            .drive(&mut World::plain().host().call(manifest()))
            .unwrap_err();
        assert!(
            failure.to_string().contains(expected),
            "{target}: {failure}"
        );
        assert_eq!(net.seen().len(), 1);
    }
}

#[test]
fn what_a_registry_names_is_held_to_the_class_of_its_address() {
    for (peer, class) in [
        (None, AddressClass::Public),
        (Some("93.184.216.34"), AddressClass::Public),
        (Some("10.0.0.7"), AddressClass::Private),
    ] {
        let net = Net::default()
            .with("https://reg.corp.test", |_| to("https://cdn.test/blob"))
            .with("https://cdn.test", |_| status(200));
        let mut call = World::plain().host().call(manifest());
        let answer = call.drive(std::time::Instant::now, |sending| {
            let mut received = net.carry(sending)?;
            received.peer = peer.map(|peer| peer.parse().unwrap());
            Ok(received)
        });
        answer.unwrap();
        let route = &net.at("https://cdn.test")[0].route;
        assert_eq!(route.addresses, Addresses::NamedBy(class), "{peer:?}");
    }
}

#[test]
fn an_upload_goes_on_where_the_host_says_and_carries_no_secret_away() {
    for (location, away) in [
        ("/v2/team/app/blobs/uploads/1", false),
        ("https://reg.corp.test/up?x=1", false),
        ("https://storage.test/up", true),
        ("https://reg.corp.test:444/up", true),
    ] {
        let begins = move |seen: &Seen| match (seen.method, seen.basic()) {
            (Method::Post, None) => challenge("Basic realm=\"r\""),
            _ => status(202).header("Location", location),
        };
        let elsewhere = |_: &Seen| status(202).header("Location", "https://reg.corp.test/up");
        let net = Net::default()
            .with("https://reg.corp.test", begins)
            .with("https://storage.test", elsewhere)
            .with("https://reg.corp.test:444", elsewhere);
        let host = with_password().hosts_for(Operation::Push).remove(0);
        let target = Target::path("/team/app/blobs/uploads/");
        let mut call = host.call(Ask::new(Method::Post, target).with_conduct(Conduct::Stay));
        net.drive(&mut call).unwrap();
        let mut onward = call.onward().unwrap();
        net.forget();
        for method in [Method::Patch, Method::Put] {
            assert_eq!(onward.is_away(), away, "{location}");
            let target = Target::Onward(onward.with_query("digest", "sha256:1"));
            let ask = Ask::new(method, target).with_conduct(Conduct::Stay);
            let mut call = host.call(ask);
            net.drive(&mut call).unwrap();
            onward = call.onward().unwrap();
        }
        let shown = net.seen().iter().filter(|it| it.contains(PASSWORD)).count();
        assert_eq!(shown, if away { 0 } else { 2 }, "{location}");
        // Another host's conversation sends nothing there.
        let other = World::new("server = \"https://other.test\"\n");
        let other = other
            .with_password("other.test", "bob", "canary-bob")
            .host();
        let ask = Ask::new(Method::Put, Target::Onward(onward)).with_conduct(Conduct::Stay);
        net.drive(&mut other.call(ask)).unwrap();
        assert_eq!(net.count("canary-bob"), 0);
    }
}

#[test]
fn a_pinned_realm_leads_to_whoever_might_have_been_named() {
    for (target, followed) in [
        // In place of itself, and to a neighbour of the host.
        ("https://auth.corp.test/there", true),
        ("https://login.corp.test/there", true),
        ("https://login.other.test/there", false),
    ] {
        for pinned in [None, Some("https://auth.corp.test/token")] {
            let world = World::plain().with_login(
                "reg.corp.test",
                &Credential::password("alice", PASSWORD),
                |note| note.realm = pinned.map(str::to_owned),
            );
            let leads = move |seen: &Seen| match seen.url.path() {
                "/token" => to(target),
                _ => token_of(seen),
            };
            let net = registry("", |_| true, leads)
                .with("https://login.corp.test", token_of)
                .with("https://login.other.test", token_of);
            let answer = net.drive(&mut world.host().call(manifest()));
            assert_eq!(answer.is_ok(), followed, "{pinned:?} {target}: {answer:?}");
            let at_target = net.at("https://login.other.test");
            assert!(at_target.is_empty(), "{at_target:?}");
        }
    }
}
