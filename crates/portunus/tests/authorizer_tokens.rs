//! How tokens are asked for: for what, how often, with which account.

#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod play;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use play::{
    Net, Reply, Seen, World, bearer, challenge, identity, json, manifest, pull, status, to,
};
use portunus::authorizer::{Account, Ask, Conduct, Failure, Ledger, Method, Target, Tokens};
use portunus::credential::Credential;
use portunus::name::{Authority, CredentialKey};
use portunus::resolve::Operation;
use portunus::store::{
    Entries, Entry, MemoryStore, Provenance, Source, SourceError, SourceKind, Store,
};
use portunus::token::trust::Consent;
use portunus::token::{ExchangeError, Scopes};

const PASSWORD: &str = "canary-7c1f";
const REALM: &str = "https://auth.reg.test";

fn with_password() -> World {
    World::plain().with_password("reg.test", "alice", PASSWORD)
}

/// A registry whose realm is `auth.reg.test`, and which lets tokens in that `good` likes.
fn registry(
    more: &'static str,
    good: impl Fn(&str) -> bool + Send + Sync + 'static,
    realm: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> Net {
    Net::default()
        .with("https://reg.test", move |seen| match seen.bearer() {
            Some(token) if good(token) => status(200),
            _ => challenge(&format!(
                "Bearer realm=\"{REALM}/token\",service=\"svc\"{more}"
            )),
        })
        .with(REALM, realm)
}

fn token_of(seen: &Seen) -> Reply {
    let login = seen.basic().unwrap_or_default();
    json(&format!("{{\"token\":\"of {login}\"}}"))
}

fn scopes(net: &Net) -> Vec<String> {
    net.at(REALM)
        .iter()
        .map(|seen| seen.query("scope").join(" "))
        .collect()
}

#[test]
fn a_token_is_asked_for_the_asked_repository_alone() {
    let more = ",scope=\"repository:prod/secret:pull,push,delete registry:catalog:* * \
                repository:team/app:pull,push,delete repository(plugin):team/app:pull\"";
    let net = registry(more, |_| true, token_of);
    net.drive(&mut with_password().host().call(manifest()))
        .unwrap();
    assert_eq!(scopes(&net), ["repository:team/app:pull"]);
    // A push may also push.
    let net = registry(more, |_| true, token_of);
    let needed = Scopes::parse("repository:team/app:pull,push");
    let ask = manifest().with_scopes(needed);
    net.drive(&mut with_password().hosts_for(Operation::Push)[0].call(ask))
        .unwrap();
    assert_eq!(scopes(&net), ["repository:team/app:pull,push"]);
}

#[test]
fn what_a_host_misses_is_asked_for_once_and_never_another_repository() {
    for (named, asked) in [
        ("*", Some("*")),
        (
            "repository(plugin):team/app:pull",
            Some("repository(plugin):team/app:pull"),
        ),
        (
            "repository:team/app:metadata_read",
            Some("repository:team/app:metadata_read"),
        ),
        ("repository:team/app:push,delete", None),
        ("repository:prod/secret:pull", None),
        ("registry:catalog:*", None),
    ] {
        let net = Net::default()
            .with("https://reg.test", move |seen| match seen.bearer() {
                None => bearer("https://auth.reg.test/token"),
                Some(_) => challenge(&format!(
                    "Bearer realm=\"{REALM}/token\",scope=\"{named}\",error=\"insufficient_scope\""
                )),
            })
            .with(REALM, token_of);
        let host = with_password().host();
        let failure = net.drive(&mut host.call(manifest())).unwrap_err();
        assert!(matches!(failure, Failure::LacksScope { .. }), "{failure}");
        let own = "repository:team/app:pull";
        assert_eq!(scopes(&net), [own, asked.unwrap_or(own)], "{named}");
    }
}

#[test]
fn a_scope_in_a_form_of_its_own_is_asked_for_where_ours_does_not_suffice() {
    for good in ["of repository:team/app:pull", "of *"] {
        let realm = |seen: &Seen| {
            json(&format!(
                "{{\"token\":\"of {}\"}}",
                seen.query("scope").join(" ")
            ))
        };
        let net = registry(",scope=\"*\"", move |token| token == good, realm);
        net.drive(&mut with_password().host().call(manifest()))
            .unwrap();
        let own = "repository:team/app:pull";
        let expected: &[&str] = if good == "of *" { &[own, "*"] } else { &[own] };
        assert_eq!(scopes(&net), expected);
    }
}

#[test]
fn a_path_mirror_may_name_the_repository_with_or_without_its_prefix() {
    let more = ",scope=\"repository:team/app:pull repository:proxy/team/other:pull\"";
    let net = registry(more, |_| true, token_of);
    let toml = "server = \"https://reg.test/v2/proxy\"\noverride_path = true\n";
    let world = World::new(toml).with_password("reg.test", "alice", PASSWORD);
    let needed = Scopes::parse("repository:proxy/team/app:pull");
    net.drive(&mut world.host().call(manifest().with_scopes(needed)))
        .unwrap();
    assert_eq!(
        scopes(&net),
        ["repository:proxy/team/app:pull repository:team/app:pull"]
    );
}

#[test]
fn an_endless_challenge_is_not_passed_on() {
    let many: Vec<_> = (0..15_000).map(|at| format!("other{at}")).collect();
    let scope = format!(",scope=\"{}\"", many.join(" "));
    let net = registry(scope.leak(), |_| false, token_of);
    net.drive(&mut with_password().host().call(manifest()))
        .unwrap_err();
    assert_eq!(scopes(&net), ["repository:team/app:pull"]);
    let service = "s".repeat(20_000);
    let challenged = format!("Bearer realm=\"{REALM}/token\",service=\"{service}\"");
    let net = Net::default().with("https://reg.test", move |_| challenge(&challenged));
    let failure = net
        .drive(&mut with_password().host().call(manifest()))
        .unwrap_err();
    let Failure::Realm {
        origin, problem, ..
    } = failure
    else {
        panic!("{failure}");
    };
    assert_eq!(
        (origin.to_string().as_str(), problem),
        (REALM, ExchangeError::TooLong)
    );
}

#[test]
fn basic_is_answered_where_no_bearer_can_be() {
    for challenges in [
        "Basic realm=\"registry\", Bearer realm=\"image-factory\"",
        "Bearer realm=\"image-factory\", Basic realm=\"registry\"",
        "Bearer service=\"x\", Basic realm=\"registry\"",
    ] {
        let net = Net::default().with("https://reg.test", move |seen| match seen.basic() {
            Some(_) => status(200),
            None => challenge(challenges),
        });
        net.drive(&mut with_password().host().call(manifest()))
            .unwrap();
    }
}

#[test]
fn a_withdrawn_token_is_replaced_once_and_an_account_that_lacks_is_followed_by_the_next() {
    let round = Arc::new(AtomicUsize::new(0));
    let (asked, good) = (round.clone(), round.clone());
    let net = registry(
        "",
        move |token| token == format!("token-{}", good.load(Ordering::SeqCst)),
        move |_| {
            json(&format!(
                "{{\"token\":\"token-{}\"}}",
                asked.load(Ordering::SeqCst)
            ))
        },
    );
    let host = with_password().host();
    net.drive(&mut host.call(manifest())).unwrap();
    net.drive(&mut host.call(manifest())).unwrap();
    assert_eq!(net.at(REALM).len(), 1);
    round.store(1, Ordering::SeqCst);
    net.drive(&mut host.call(manifest())).unwrap();
    assert_eq!(net.at(REALM).len(), 2);
    assert!(host.report().rejected.is_empty());
}

#[test]
fn the_next_candidate_follows_on_a_pull_and_a_push_stops() {
    let world = || {
        with_password()
            .with_password("reg.test?path=team", "reader", "one")
            .with_password("reg.test?path=team/app", "old", "two")
    };
    let registry = |seen: &Seen| match seen.basic().as_deref() {
        Some("alice:canary-7c1f") => status(200),
        Some("reader:one") => status(403),
        _ => challenge("Basic realm=\"r\""),
    };
    let net = Net::default().with("https://reg.test", registry);
    let host = world().host();
    net.drive(&mut host.call(manifest())).unwrap();
    let Account::Permitted(permit) = host.settled().account else {
        panic!("{:?}", host.settled());
    };
    assert_eq!(permit.candidate().entry.key.to_string(), "reg.test");
    let said: Vec<_> = host
        .take_warnings()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].starts_with("https://reg.test rejected old, "),
        "{said:?}"
    );
    assert!(
        said[1].contains("reader, `reg.test?path=team` from memory lacks"),
        "{said:?}"
    );
    assert!(host.take_warnings().is_empty());
    let push = world().hosts_for(Operation::Push).remove(0);
    let failure = net.drive(&mut push.call(manifest())).unwrap_err();
    assert_eq!(failure, Failure::Rejected);
    assert_eq!(push.report().shown.len(), 1);
}

#[test]
fn a_wrong_password_is_sent_once_however_many_keys_hosts_and_realms_lead_there() {
    let toml = "server = \"https://reg.test\"\n\
                [host.\"https://reg.test/v2/one\"]\noverride_path = true\n\
                [host.\"https://reg.test/v2/two\"]\noverride_path = true\n";
    for basic in [true, false] {
        let net = Net::default().with("https://reg.test", move |seen| match seen.url.path() {
            "/token" => status(401),
            _ if basic => challenge("Basic realm=\"r\""),
            _ => bearer("https://reg.test/token"),
        });
        let world = World::new(toml)
            .with_password("reg.test", "alice", PASSWORD)
            .with_password("*.test", "alice", PASSWORD);
        for host in world.hosts() {
            let failure = net.drive(&mut host.call(manifest())).unwrap_err();
            assert_eq!(failure, Failure::Rejected);
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
    let key: CredentialKey = "reg.test".parse().unwrap();
    let alice = Credential::password("alice", PASSWORD);
    let attempt = &plan.attempts[0];
    let namespace = plan.reference.registry_namespace();
    let log_in = |net: &Net| {
        let ledger = world.ledger();
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
    let slashed = Net::default().with("https://reg.test", |seen| match seen.url.path() {
        "/v2/" => status(308).header("Location", "/v2"),
        _ if seen.basic().is_some() => status(200),
        _ => challenge("Basic realm=\"r\""),
    });
    let (host, outcome) = log_in(&slashed);
    assert_eq!(outcome.unwrap().status, 200);
    assert!(matches!(host.settled().account, Account::Permitted(_)));
    let away = Net::default()
        .with("https://reg.test", |_| to("https://evil.test/"))
        .with("https://evil.test", |_| status(200));
    let (host, outcome) = log_in(&away);
    assert_eq!(outcome.unwrap().status, 307);
    assert_eq!(host.settled().account, Account::Unasked);
}

/// A realm that gives a new identity token for each, and knows the last one alone.
fn rotating() -> Net {
    let last = AtomicUsize::new(0);
    registry(
        "",
        |token| token.starts_with('t'),
        move |seen| {
            let at = last.load(Ordering::SeqCst);
            if seen.form_value("refresh_token") != Some(format!("rt{at}")) {
                return status(401);
            }
            last.store(at + 1, Ordering::SeqCst);
            json(&format!(
                "{{\"access_token\":\"t{at}\",\"refresh_token\":\"rt{}\"}}",
                at + 1
            ))
        },
    )
}

fn other(at: usize) -> Ask {
    let scopes = Scopes::parse(&format!("repository:team/app{at}:pull"));
    manifest().with_scopes(scopes)
}

#[test]
fn a_replaced_identity_token_takes_the_place_of_the_old_one() {
    let net = rotating();
    let world = World::plain().with_login("reg.test", &identity("rt0"), |note| {
        note.realm = Some(format!("{REALM}/token"));
    });
    let host = world.host();
    for at in 0..3 {
        net.drive(&mut host.call(other(at))).unwrap();
    }
    // The last one is written before anything else is sent.
    net.drive(&mut host.call(other(0))).unwrap();
    assert_eq!(net.at(REALM).len(), 3);
    let entries = world.store.list().unwrap().entries;
    assert_eq!(
        entries[0].provenance.realm.as_deref(),
        Some("https://auth.reg.test/token")
    );
    let kept = world.store.credential(&entries[0]).unwrap();
    assert_eq!(kept, Some(identity("rt3")));
    assert!(host.take_warnings().is_empty());
}

#[test]
fn identity_tokens_go_one_at_a_time() {
    let net = Arc::new(rotating());
    let world = World::plain().with_login("reg.test", &identity("rt0"), |_| {});
    let host = world.host();
    let calls = (0..8).map(|at| {
        let (net, host) = (Arc::clone(&net), host.clone());
        std::thread::spawn(move || {
            net.drive(&mut host.call(other(at)))
                .map(|reply| reply.status)
        })
    });
    let calls: Vec<_> = calls.collect();
    for call in calls {
        assert_eq!(call.join().unwrap(), Ok(200));
    }
    assert_eq!(net.at(REALM).len(), 8);
}

/// Somebody else has logged in meanwhile: theirs stays.
#[test]
fn what_another_program_has_stored_meanwhile_stays() {
    let net = rotating();
    let world = World::plain().with_login("reg.test", &identity("rt0"), |_| {});
    let host = world.host();
    let mut call = host.call(manifest());
    let session = |store: &MemoryStore| {
        let entries = store.list().unwrap().entries;
        store.credential(&entries[0]).unwrap()
    };
    let sent = call.drive(std::time::Instant::now, |sending| {
        if sending
            .permit
            .as_ref()
            .is_some_and(|permit| permit.at().to_string() == REALM)
        {
            let key = "reg.test".parse().unwrap();
            let theirs = identity("theirs");
            world
                .store
                .put(&key, &theirs, &Provenance::default())
                .unwrap();
        }
        net.carry(sending)
    });
    sent.unwrap();
    net.drive(&mut host.call(manifest())).unwrap();
    assert_eq!(session(&world.store), Some(identity("theirs")));
}

/// Can be read only.
#[derive(Debug)]
struct ReadOnly(MemoryStore);

impl Source for ReadOnly {
    fn kind(&self) -> SourceKind {
        self.0.kind()
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        self.0.entries(host)
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.0.credential(entry)
    }
}

#[test]
fn where_it_cannot_be_written_it_lives_for_the_session_and_one_warning_says_so() {
    let net = rotating();
    let inner = MemoryStore::new(SourceKind::Environment);
    let key = "reg.test".parse().unwrap();
    inner
        .put(&key, &identity("rt0"), &Provenance::default())
        .unwrap();
    let world = World::plain().with_source(Arc::new(ReadOnly(inner)));
    let host = world.host();
    for at in 0..4 {
        net.drive(&mut host.call(other(at))).unwrap();
    }
    let said: Vec<_> = host
        .take_warnings()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("the next run will be rejected"),
        "{said:?}"
    );
    // Sessions that share their tokens share what became of it, too.
    let tokens = Tokens::new();
    let net = rotating();
    let plan = world.plan(play::IMAGE, Operation::Pull);
    let ledger = || Ledger::new(world.session(), world.rules.clone()).with_tokens(tokens.clone());
    for at in 0..2 {
        let host = ledger().host(&plan, &plan.attempts[0]);
        net.drive(&mut host.call(other(at))).unwrap();
    }
}

#[test]
fn tokens_that_are_off_are_asked_for_each_time() {
    let net = registry("", |token| token.starts_with("of"), token_of);
    let world = with_password();
    let plan = world.plan(play::IMAGE, Operation::Pull);
    let ledger = world.ledger().with_tokens(Tokens::off());
    let host = ledger.host(&plan, &plan.attempts[0]);
    for _ in 0..3 {
        net.drive(&mut host.call(manifest().with_scopes(pull())))
            .unwrap();
    }
    assert_eq!(net.at(REALM).len(), 3);
}
