//! What is said of what a host or its realm answers, and what of a credential has gone out.

#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod play;

use play::corp::{REALM, basic, registry, scopes, token_of, with_password};
use play::{Net, Reply, Seen, World, bearer, challenge, manifest, status, to};
use portunus::authorizer::{Account, Ask, Authorizer, Method, Target, TlsProblem, Trouble};
use portunus::resolve::Operation;

const OWN: &str = "repository:team/app:pull";

fn texts(host: &Authorizer) -> Vec<String> {
    let warnings = host.take_warnings().into_iter();
    warnings.map(|warning| warning.to_string()).collect()
}

#[test]
fn the_url_of_a_realm_asks_for_nothing_by_itself() {
    let realm = "https://auth.corp.test/token?x=1&scope=repository:prod/secret:pull,push\
                 &scope=registry:catalog:*&service=other&account=root&Client_ID=evil";
    let net = Net::default()
        .with("https://reg.corp.test", move |seen| match seen.bearer() {
            Some(_) => status(200),
            None => bearer(realm),
        })
        .with(REALM, token_of);
    let host = with_password().host();
    net.drive(&mut host.call(manifest())).unwrap();
    let asked = &net.at(REALM)[0];
    assert_eq!(asked.query("scope"), [OWN]);
    assert_eq!(asked.query("service"), ["svc"]);
    assert_eq!(asked.query("account"), ["alice"]);
    assert_eq!(asked.query("client_id"), ["portunus"]);
    assert_eq!(asked.query("x"), ["1"]);
    assert!(!asked.url.as_str().contains("evil"), "{}", asked.url);
    let told = texts(&host);
    assert!(
        told.len() == 1 && told[0].contains("`scope`, `service`, `account`, `client_id`"),
        "{told:?}"
    );
}

#[test]
fn a_redirect_of_a_realm_asks_for_nothing_more() {
    let net = registry(
        "",
        |token| token.starts_with("of alice"),
        |seen: &Seen| match seen.query("x").is_empty() {
            true => to("/token?x=1&scope=repository:prod/secret:push&service=other"),
            false => token_of(seen),
        },
    );
    net.drive(&mut with_password().host().call(manifest()))
        .unwrap();
    let asked = &net.at(REALM)[1];
    assert_eq!(asked.query("scope"), [OWN]);
    assert_eq!(asked.query("service"), ["svc"]);
}

#[test]
fn what_a_challenge_names_beyond_what_is_asked_for_is_told() {
    for (named, left_out) in [
        (OWN, ""),
        (
            "repository:team/app:pull,push repository:prod/secret:pull registry:catalog:*",
            "registry:catalog:* repository:prod/secret:pull repository:team/app:push",
        ),
        ("*", "*"),
    ] {
        let challenged = format!("Bearer realm=\"{REALM}/token\",scope=\"{named}\"");
        let net = Net::default()
            .with("https://reg.corp.test", move |seen| match seen.bearer() {
                Some(_) => status(200),
                None => challenge(&challenged),
            })
            .with(REALM, token_of);
        let host = with_password().host();
        net.drive(&mut host.call(manifest())).unwrap();
        assert_eq!(host.left_out().to_string(), left_out);
        assert_eq!(scopes(&net), [OWN]);
    }
}

#[test]
fn a_credential_counts_as_sent_to_a_realm_unless_it_has_reached_nobody() {
    let connected = |connected| Trouble::Unreachable {
        problem: "closed".to_owned(),
        connected,
    };
    let no = || "no".to_owned();
    for (trouble, is_sent) in [
        (connected(true), true),
        (Trouble::Late(no()), true),
        (connected(false), false),
        (Trouble::NobodyThere(no()), false),
        (Trouble::NoTls(no()), false),
        (Trouble::Tls(Box::new(TlsProblem::SelfSigned)), false),
        (Trouble::Local(no()), false),
    ] {
        let failing = trouble.clone();
        let net = Net::default()
            .with("https://reg.corp.test", |_| {
                bearer("https://auth.corp.test/token")
            })
            .with_trouble(REALM, move |_| Err(failing.clone()));
        let host = with_password().host();
        net.drive(&mut host.call(manifest())).unwrap_err();
        assert_eq!(host.report().shown.len() == 1, is_sent, "{trouble}");
    }
    // What has answered once has seen it, wherever it led.
    let net = Net::default()
        .with("https://reg.corp.test", |_| {
            bearer("https://auth.corp.test/token")
        })
        .with(REALM, |_| to("https://reg.corp.test:1/token"))
        .with_trouble("https://reg.corp.test:1", move |_| {
            Err(Trouble::NobodyThere("no".to_owned()))
        });
    let host = with_password().host();
    net.drive(&mut host.call(manifest())).unwrap_err();
    assert_eq!(host.report().shown.len(), 1);
}

fn refuses_its_own_token(seen: &Seen) -> Reply {
    let how = match seen.bearer() {
        Some(_) => ",error=\"invalid_token\",error_description=\"key id unknown\"",
        None => "",
    };
    challenge(&format!("Bearer realm=\"{REALM}/token\"{how}"))
}

#[test]
fn a_registry_that_refuses_the_token_of_its_realm_says_nothing_about_the_login() {
    let net = || {
        Net::default()
            .with("https://reg.corp.test", refuses_its_own_token)
            .with(REALM, token_of)
    };
    let expected = "does not accept the token that its realm https://auth.corp.test gave to \
                    alice, `reg.corp.test` from memory: invalid_token: key id unknown";
    for operation in [Operation::Pull, Operation::Push] {
        let (net, host) = (net(), with_password().hosts_for(operation).remove(0));
        let failure = net.drive(&mut host.call(manifest())).unwrap_err();
        assert_eq!(failure.to_string(), expected);
        assert!(host.report().rejected.is_empty());
        assert!(texts(&host).is_empty());
        assert_eq!(net.at(REALM).len(), 1);
    }
    // A pull goes on with the next account.
    let net = net();
    let world = with_password().with_password("*.corp.test", "bob", "canary-bob");
    let host = world.host();
    let failure = net.drive(&mut host.call(manifest())).unwrap_err();
    assert!(failure.to_string().contains("gave to bob"), "{failure}");
    assert_eq!(texts(&host), [format!("https://reg.corp.test: {expected}")]);
}

#[test]
fn an_account_that_a_realm_knows_and_keeps_out_is_denied() {
    let says = r#"{"title":"Forbidden","detail":"IP not on allowlist","status":403}"#;
    let realm = move |seen: &Seen| match seen.basic() {
        Some(login) if login.starts_with("bob") => token_of(seen),
        _ => Reply {
            body: says.to_owned(),
            ..status(403)
        },
    };
    let net = registry("", |token| token.starts_with("of bob"), realm);
    let host = with_password().host();
    let failure = net.drive(&mut host.call(manifest())).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "denied to alice, `reg.corp.test` from memory: Forbidden: IP not on allowlist"
    );
    let host = with_password()
        .with_password("*.corp.test", "bob", "canary-bob")
        .host();
    net.drive(&mut host.call(manifest())).unwrap();
    assert!(matches!(host.settled().account, Account::Permitted(_)));
}

#[test]
fn a_host_that_wants_to_be_answered_in_no_known_way_is_quoted() {
    let body = r#"{"errors":[{"code":"UNAUTHORIZED","message":"who are you"}]}"#;
    let refusal = || Reply {
        body: body.to_owned(),
        ..status(401)
    };
    let named = |schemes: &str| refusal().header("WWW-Authenticate", schemes);
    for (reply, said) in [
        (
            refusal(),
            "a way that is not known: it names none: UNAUTHORIZED: who are you",
        ),
        (
            named("Negotiate").header("WWW-Authenticate", "NTLM"),
            "a way that is not known: Negotiate, NTLM: UNAUTHORIZED: who are you",
        ),
        (
            named("Bearer realm=\"/token\""),
            "the realm of the Bearer challenge is no http or https URL: `/token`",
        ),
    ] {
        let net = Net::default().with("https://reg.corp.test", move |_| reply.clone());
        let host = with_password().host();
        let failure = net.drive(&mut host.call(manifest())).unwrap_err();
        assert!(failure.to_string().ends_with(said), "{failure}");
    }
}

#[test]
fn a_door_that_leads_to_another_party_names_it() {
    let net = Net::default().with("https://reg.corp.test", |_| {
        to("https://login.other.test/start?rd=x").header("X-Any", "1")
    });
    let host = World::plain().host();
    let mut call = host.call(Ask::new(Method::Get, Target::Door));
    net.drive(&mut call).unwrap();
    assert_eq!(
        call.refusal().to_string(),
        "sends us to https://login.other.test (307)"
    );
}

#[test]
fn what_fails_over_http_is_told_where_the_host_speaks_no_tls() {
    let toml = "server = \"http://reg.corp.test:5000\"\nskip_verify = false\n";
    for (first, second, told) in [
        (
            Trouble::NoTls("it answers without TLS".to_owned()),
            Trouble::unreachable("invalid HTTP"),
            "it answers without TLS, and as http://reg.corp.test:5000: unreachable: invalid HTTP",
        ),
        (
            Trouble::Tls(Box::new(TlsProblem::SelfSigned)),
            Trouble::unreachable("never asked"),
            "no TLS connection: its certificate is self-signed, and not trusted here",
        ),
    ] {
        let (first, second) = (first.clone(), second.clone());
        let net = Net::default()
            .with_trouble("https://reg.corp.test:5000", move |_| Err(first.clone()))
            .with_trouble("http://reg.corp.test:5000", move |_| Err(second.clone()));
        let host = World::new(toml).host();
        let failure = net.drive(&mut host.call(manifest())).unwrap_err();
        assert_eq!(failure.to_string(), told);
    }
}

#[test]
fn what_ends_a_conversation_is_not_told_as_a_warning_too() {
    let foreign = Net::default().with("https://reg.corp.test", |_| {
        bearer("https://evil.test/token")
    });
    let wrong_kind = Net::default().with("https://reg.corp.test", basic);
    let token = World::plain().with_login("reg.corp.test", &play::identity("canary"), |_| {});
    for (net, world) in [(foreign, with_password()), (wrong_kind, token)] {
        let host = world.host();
        let failure = net.drive(&mut host.call(manifest())).unwrap_err();
        let told = texts(&host);
        assert!(!told.contains(&failure.to_string()), "{failure}: {told:?}");
    }
}
