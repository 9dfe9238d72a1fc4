//! Who sees a secret, and who does not.

mod play;

use play::corp::{HEADER, PASSWORD, basic, with_password};
use play::{IMAGE, Net, World, bearer, identity, json, manifest, status, to};
use portunus::authorizer::{Account, HostFailure, Permit, Purpose, Trouble};
use portunus::credential::Credential;
use portunus::resolve::Operation;
use portunus::token::trust::{RefusalKind, TrustPolicy, TrustRule};

#[test]
fn nothing_is_shown_before_it_is_asked_for() {
    let net = Net::default().with("https://reg.corp.test", basic);
    let host = with_password().host();
    net.drive(&mut host.call(manifest())).unwrap();
    net.drive(&mut host.call(manifest())).unwrap();
    let seen = net.seen();
    let shown: Vec<_> = seen.iter().map(play::Seen::basic).collect();
    let login = Some(format!("alice:{PASSWORD}"));
    assert_eq!(shown, [None, login.clone(), login]);
    let Account::Permitted(permit) = host.settled().account else {
        panic!("{:?}", host.settled());
    };
    assert_eq!(permit.purpose(), Purpose::Basic);
    assert_eq!(permit.at().to_string(), "https://reg.corp.test");
    assert_eq!(permit.rule(), TrustRule::OverTls);
}

#[test]
fn an_identity_token_is_no_password_and_a_registry_token_no_login() {
    let tokens = [
        identity(PASSWORD),
        Credential::RegistryToken {
            token: PASSWORD.into(),
        },
    ];
    for token in tokens {
        let net = Net::default().with("https://reg.corp.test", basic);
        let host = World::plain()
            .with_login("reg.corp.test", &token, |_| {})
            .host();
        let failure = net.drive(&mut host.call(manifest())).unwrap_err();
        assert!(
            matches!(failure, HostFailure::NotLoggedIn { .. }),
            "{failure}"
        );
        assert_eq!(net.count(PASSWORD), 0);
        let warnings = host.take_warnings();
        assert!(
            warnings[0]
                .to_string()
                .contains("`reg.corp.test` holds a token")
        );
    }
}

#[test]
fn a_registry_token_goes_to_the_host_and_to_no_realm() {
    let token = Credential::RegistryToken {
        token: PASSWORD.into(),
    };
    let net = Net::default().with("https://reg.corp.test", |seen| match seen.bearer() {
        Some(PASSWORD) => status(200),
        _ => bearer("https://auth.corp.test/token"),
    });
    let host = World::plain()
        .with_login("reg.corp.test", &token, |_| {})
        .host();
    net.drive(&mut host.call(manifest())).unwrap();
    assert_eq!(net.seen().len(), 2);
}

#[test]
fn a_foreign_realm_is_asked_for_nothing() {
    let net = Net::default()
        .with("https://reg.corp.test", |_| {
            bearer("https://auth.evil.test/token")
        })
        .with("https://auth.evil.test", |_| json(r#"{"token":"t"}"#));
    let host = with_password().host();
    let failure = net.drive(&mut host.call(manifest())).unwrap_err();
    let HostFailure::Refused(refusal) = failure else {
        panic!("{failure}");
    };
    assert_eq!(refusal.kind, RefusalKind::ForeignRealm);
    assert!(net.at("https://auth.evil.test").is_empty());
    // Whoever is nobody may ask anybody.
    net.drive(&mut World::plain().host().call(manifest()))
        .unwrap_err();
    let asked = net.at("https://auth.evil.test");
    assert!(asked[0].authorization.is_none() && asked[0].form.is_none());
}

#[test]
fn a_realm_s_redirect_is_judged_like_a_realm() {
    for (target, with_secret, anonymous) in [
        ("/token/?a=b", true, true),
        ("https://auth.corp.test/token", true, true),
        ("https://reg.corp.test:444/token", true, true),
        ("https://evil.test/token", false, true),
        ("http://reg.corp.test/token", false, false),
        ("https://u:p@reg.corp.test/token", true, true),
        ("https://169.254.169.254/token", false, false),
        ("https://10.0.0.1/token", false, false),
        ("ftp://reg.corp.test/token", false, false),
    ] {
        for (world, expected) in [(with_password(), with_secret), (World::plain(), anonymous)] {
            let mut net = Net::default().with("https://reg.corp.test", move |seen| {
                match (seen.url.path(), seen.bearer()) {
                    ("/token", _) => to(target),
                    ("/token/", _) | (_, None) if seen.url.path() != "/token/" => {
                        bearer("https://reg.corp.test/token")
                    }
                    ("/token/", _) => json(r#"{"token":"t"}"#),
                    _ => status(200),
                }
            });
            for at in [
                "https://auth.corp.test",
                "https://reg.corp.test:444",
                "https://evil.test",
            ] {
                net = net.with(at, |_| json(r#"{"token":"t"}"#));
            }
            let is_own = target.contains("@reg.corp.test");
            let outcome = net.drive(&mut world.host().call(manifest()));
            // That one leads to itself for ever.
            assert_eq!(
                outcome.is_ok(),
                expected && !is_own,
                "{target}: {outcome:?}"
            );
            for seen in net.at("https://evil.test") {
                assert!(!seen.contains(PASSWORD), "{target}: {seen:?}");
            }
            assert!(net.at("http://reg.corp.test").is_empty(), "{target}");
        }
    }
}

#[test]
fn a_realm_without_tls_is_asked_at_the_same_place_with_tls() {
    let registry = |seen: &play::Seen| match seen.bearer() {
        Some(_) => status(200),
        None => bearer("http://reg.corp.test/token"),
    };
    for speaks_tls in [true, false] {
        let net = Net::default().with_trouble("https://reg.corp.test", move |seen| {
            match seen.url.path() {
                "/token" if speaks_tls => Ok(json(r#"{"token":"t"}"#)),
                "/token" => Err(Trouble::NoTls("it speaks http".to_owned())),
                _ => Ok(registry(seen)),
            }
        });
        let host = with_password().host();
        let outcome = net.drive(&mut host.call(manifest()));
        match (speaks_tls, outcome) {
            (true, Ok(_)) => {}
            (false, Err(HostFailure::Refused(refusal))) => {
                assert_eq!(refusal.kind, RefusalKind::ForeignRealm);
            }
            (_, outcome) => panic!("{speaks_tls}: {outcome:?}"),
        }
        assert!(net.at("http://reg.corp.test").is_empty());
        let said = host.take_warnings();
        assert!(
            said[0].to_string().contains("external URL is wrong"),
            "{said:?}"
        );
    }
}

#[test]
fn a_host_without_tls_is_asked_over_http_without_a_secret() {
    let toml = format!(
        "server = \"http://reg.corp.test:5000\"\nskip_verify = false\n[header]\nx-key = \"{HEADER}\"\n"
    );
    let world = || World::new(&toml).with_password("reg.corp.test:5000", "alice", PASSWORD);
    let no_tls = |_: &play::Seen| Err(Trouble::NoTls("it speaks http".to_owned()));
    let net = Net::default()
        .with_trouble("https://reg.corp.test:5000", no_tls)
        .with("http://reg.corp.test:5000", basic);
    let host = world().host();
    let failure = net.drive(&mut host.call(manifest())).unwrap_err();
    assert!(matches!(failure, HostFailure::Refused(_)), "{failure}");
    assert_eq!(host.name(), "http://reg.corp.test:5000");
    let plain = net.at("http://reg.corp.test:5000");
    assert!(
        plain
            .iter()
            .all(|seen| seen.authorization.is_none() && seen.headers.is_empty())
    );
    // With consent it is.
    let key = "reg.corp.test:5000".parse().unwrap();
    let consenting = world();
    let credential = Credential::password("alice", PASSWORD);
    let consenting = consenting.with_login("reg.corp.test:5000", &credential, |note| {
        note.plain_http = true;
    });
    let _: &portunus::name::CredentialKey = &key;
    net.drive(&mut consenting.host().call(manifest())).unwrap();
    assert_eq!(net.count(PASSWORD), 1);
    // Once it has answered over TLS, nobody brings that about any more.
    let answered = std::sync::atomic::AtomicBool::new(false);
    let net = Net::default()
        .with_trouble("https://reg.corp.test:5000", move |seen| {
            match answered.swap(true, std::sync::atomic::Ordering::SeqCst) {
                false => Ok(basic(seen)),
                true => Err(Trouble::NoTls("it speaks http".to_owned())),
            }
        })
        .with("http://reg.corp.test:5000", basic);
    net.drive(&mut consenting.host().call(manifest()))
        .unwrap_err();
    assert!(net.at("http://reg.corp.test:5000").is_empty());
}

#[test]
fn only_a_host_that_nothing_can_go_wrong_with_is_handed_a_secret_by_somebody_else() {
    for (toml, allowed) in [
        ("server = \"https://reg.corp.test\"\n", true),
        (
            "server = \"https://reg.corp.test\"\nskip_verify = true\n",
            false,
        ),
        ("server = \"http://reg.corp.test:5000\"\n", false),
        (
            "server = \"http://reg.corp.test:5000\"\nskip_verify = false\n",
            false,
        ),
        ("server = \"http://127.0.0.1:5000\"\n", true),
    ] {
        let world = World::new(toml)
            .with_password("reg.corp.test", "alice", PASSWORD)
            .with_password("reg.corp.test:5000", "alice", PASSWORD)
            .with_password("127.0.0.1:5000", "alice", PASSWORD);
        let plan = world.plan(IMAGE, Operation::Pull);
        let attempt = &plan.attempts[0];
        let trust = TrustPolicy::default();
        let permit = Permit::hand_over(attempt, &attempt.candidates[0], &trust);
        assert_eq!(permit.is_ok(), allowed, "{toml}: {permit:?}");
        if let Ok(permit) = permit {
            assert_eq!(permit.purpose(), Purpose::HandOver);
            let revealed = permit.reveal(&world.session()).unwrap().unwrap();
            assert_eq!(revealed.secret().expose(), PASSWORD);
        }
    }
}
