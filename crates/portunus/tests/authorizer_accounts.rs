//! Which account a host is shown, and what becomes of the others.

#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod play;

use play::corp::{PASSWORD, registry, scopes, token_of, with_password};
use play::{Net, Seen, World, bearer, challenge, json, manifest, status, to};
use portunus::authorizer::{Account, Ask, Conduct, HostFailure, Ledger, Method, Target};
use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::resolve::Operation;
use portunus::token::Scopes;
use portunus::token::trust::Consent;

#[test]
fn the_next_candidate_follows_on_a_pull_and_a_push_stops() {
    let world = || {
        with_password()
            .with_password("reg.corp.test?path=team", "reader", "one")
            .with_password("reg.corp.test?path=team/app", "old", "two")
    };
    let registry = |seen: &Seen| match seen.basic().as_deref() {
        Some("alice:canary-7c1f") => status(200),
        Some("reader:one") => status(403),
        _ => challenge("Basic realm=\"r\""),
    };
    let net = Net::default().with("https://reg.corp.test", registry);
    let host = world().host();
    net.drive(&mut host.call(manifest())).unwrap();
    let Account::Permitted(permit) = host.settled().account else {
        panic!("{:?}", host.settled());
    };
    assert_eq!(permit.candidate().entry.key.to_string(), "reg.corp.test");
    let said: Vec<_> = host
        .take_warnings()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].starts_with("https://reg.corp.test rejected old, "),
        "{said:?}"
    );
    assert!(
        said[1].contains("denied to reader, `reg.corp.test?path=team` from memory"),
        "{said:?}"
    );
    assert!(host.take_warnings().is_empty());
    let push = world().hosts_for(Operation::Push).remove(0);
    let failure = net.drive(&mut push.call(manifest())).unwrap_err();
    assert!(matches!(failure, HostFailure::Rejected { .. }), "{failure}");
    assert_eq!(push.report().shown.len(), 1);
}

#[test]
fn a_wrong_password_is_sent_once_however_many_keys_hosts_and_realms_lead_there() {
    let toml = "server = \"https://reg.corp.test\"\n\
                [host.\"https://reg.corp.test/v2/one\"]\noverride_path = true\n\
                [host.\"https://reg.corp.test/v2/two\"]\noverride_path = true\n";
    for basic in [true, false] {
        let net = Net::default().with("https://reg.corp.test", move |seen| match seen.url.path() {
            "/token" => status(401),
            _ if basic => challenge("Basic realm=\"r\""),
            _ => bearer("https://reg.corp.test/token"),
        });
        let world = World::new(toml)
            .with_password("reg.corp.test", "alice", PASSWORD)
            .with_password("*.corp.test", "alice", PASSWORD);
        for host in world.hosts() {
            let failure = net.drive(&mut host.call(manifest())).unwrap_err();
            assert!(matches!(failure, HostFailure::Rejected { .. }), "{failure}");
            let told = host.report().rejected.len();
            assert_eq!(told, 2, "{}", host.name());
        }
        assert_eq!(net.count(PASSWORD), 1);
    }
}

#[test]
fn a_refused_mount_changes_nothing() {
    let net = registry(
        "",
        |token| token.starts_with("of alice"),
        |seen: &Seen| match seen.query("scope").join(" ").contains("base") {
            true => status(401),
            false => token_of(seen),
        },
    );
    let host = with_password().hosts_for(Operation::Push).remove(0);
    net.drive(&mut host.call(manifest())).unwrap();
    let both = Scopes::parse("repository:team/app:pull,push repository:base/image:pull");
    let mount = Ask::new(Method::Post, Target::path("/team/app/blobs/uploads/"));
    let mount = mount.with_scopes(both).with_conduct(Conduct::Try);
    net.drive(&mut host.call(mount)).unwrap_err();
    net.drive(&mut host.call(manifest())).unwrap();
    assert!(host.report().rejected.is_empty() && host.take_warnings().is_empty());
}

#[test]
fn a_login_asks_for_no_scope_and_gets_an_identity_token() {
    let net = registry(
        ",scope=\"repository:team/app:pull\"",
        |token| token == "t",
        |_| json(r#"{"token":"t","refresh_token":"identity"}"#),
    );
    let world = World::plain();
    let plan = world.plan(play::IMAGE, Operation::Pull);
    let key: CredentialKey = "reg.corp.test".parse().unwrap();
    let alice = Credential::password("alice", PASSWORD);
    let attempt = &plan.attempts[0];
    let namespace = plan.reference.registry_namespace();
    let log_in = |net: &Net| {
        let ledger = Ledger::without_plan(world.rules.clone());
        let host = ledger.login(&attempt.host, namespace, &alice, &Consent::none(&key));
        let outcome = net.drive(&mut host.call(Ask::new(Method::Get, Target::Door)));
        (host, outcome)
    };
    let (host, outcome) = log_in(&net);
    assert_eq!(outcome.unwrap().status, 200);
    assert_eq!(scopes(&net), [""]);
    let given = host.settled().identity_token.unwrap();
    assert_eq!(
        (given.username(), given.secret().expose()),
        (Some("alice"), "identity")
    );
    // A door that leads on inside its origin is followed, and one that leads away proves nothing.
    let slashed = Net::default().with("https://reg.corp.test", |seen| match seen.url.path() {
        "/v2/" => status(308).header("Location", "/v2"),
        _ if seen.basic().is_some() => status(200),
        _ => challenge("Basic realm=\"r\""),
    });
    let (host, outcome) = log_in(&slashed);
    assert_eq!(outcome.unwrap().status, 200);
    assert!(matches!(host.settled().account, Account::Permitted(_)));
    let away = Net::default()
        .with("https://reg.corp.test", |_| to("https://evil.test/"))
        .with("https://evil.test", |_| status(200));
    let (host, outcome) = log_in(&away);
    assert_eq!(outcome.unwrap().status, 307);
    assert_eq!(host.settled().account, Account::Unasked);
}
