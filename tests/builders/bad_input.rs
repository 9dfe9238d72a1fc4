//! A builder that is odd, or worse.

use std::time::Duration;

use portunus_buildkit::{AttachError, BuildImages, BuildSession, OpenError};
use support::account::Account;
use support::http::Reply;
use support::programmable_registry::ProgrammableRegistry;
use tokio::io::{AsyncWriteExt, duplex};
use tonic::Code;
use worlds::http::World;

use crate::worlds::peer::{read_head, token_question};
use crate::worlds::session::{attach, open, settings, told};

const PULL: &str = "repository:team/app:pull";

fn world_of(registry: &ProgrammableRegistry) -> World {
    World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", "canary-a")
}

#[support::test]
fn questions_that_make_no_sense_are_refused_by_name() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", "canary-a")]);
    let world = world_of(&registry);
    let (_session, peer) = attach(&world, &["reg-a.test/team/app"], &[]);
    for (scopes, realm) in [
        (&[][..], None),
        (&["", " "], None),
        (&["*", "registry:catalog:*"], None),
        (&["repository:team/app:push"], None),
        (&[PULL], Some("")),
        (&[PULL], Some("ftp://reg-a.test/token")),
        (&[PULL], Some("/token")),
        (&[PULL], Some("http://a b/token")),
    ] {
        let mut question = token_question(&registry, scopes);
        if let Some(realm) = realm {
            question.realm = realm.to_owned();
        }
        let refused = world.block_on(peer.asking(question)).unwrap_err();
        assert_eq!(
            refused.code(),
            Code::InvalidArgument,
            "{scopes:?} {realm:?} {refused}"
        );
    }
    let at = registry.address();
    let long = vec![0; 5000];
    for refused in [
        peer.authority(&at, &long).unwrap_err(),
        peer.proof(&at, &long, b"salt").unwrap_err(),
    ] {
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
    }
    let mut endless = token_question(&registry, &[PULL]);
    endless.service = "x".repeat(100_000);
    let refused = world.block_on(peer.asking(endless)).unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange, "{refused}");
    assert!(registry.requests().is_empty());
    peer.token(&registry, &[PULL]).unwrap();
}

#[support::test(long)]
fn a_builder_that_asks_without_end_is_given_nothing_any_more() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", "canary-a")]);
    let world = world_of(&registry);
    let (session, peer) = attach(&world, &["reg-a.test/team/app"], &[]);
    let asked = (0..5000).find_map(|_| peer.token(&registry, &[PULL]).err());
    assert_eq!(asked.unwrap().code(), Code::ResourceExhausted);
    assert_eq!(peer.password(&registry.address()).unwrap().secret, "");
    assert!(
        told(&session)[0].contains("too often"),
        "{:?}",
        told(&session)
    );
    let requests = registry.requests();
    assert_eq!(requests.len(), 1, "{}", requests.len());
}

#[support::test]
fn a_builder_that_vanishes_ends_what_it_has_asked_for() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", "canary-a")]);
    registry.when(
        |it| it.path == "/token",
        Reply::json(&serde_json::json!({})).delay(Duration::from_secs(60)),
    );
    let world = world_of(&registry);
    let (session, peer) = attach(&world, &["reg-a.test/team/app"], &[]);
    let asking = world
        .runtime
        .spawn(peer.asking(token_question(&registry, &[PULL])));
    while registry.requests().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    asking.abort();
    let mut attached = peer.vanish();
    world
        .block_on(async {
            let _ = asking.await;
            tokio::time::timeout(Duration::from_secs(20), attached.ended()).await
        })
        .unwrap();
    drop(session);
}

#[support::test]
fn what_is_no_builder_takes_no_session() {
    let world = World::new();
    let session = open(&world, &["reg-a.test/team/app"], &[], settings());
    for (answer, status) in [
        (
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            Some(404),
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", Some(200)),
        ("SSH-2.0-x\r\n", None),
        ("", None),
    ] {
        let attached = world.block_on(async {
            let (theirs, mut ours) = duplex(4096);
            let answering = async {
                read_head(&mut ours).await;
                ours.write_all(answer.as_bytes()).await.unwrap();
                ours.shutdown().await.unwrap();
            };
            tokio::join!(session.attach_upgraded(theirs), answering).0
        });
        match (attached.unwrap_err(), status) {
            (AttachError::Status(found), Some(status)) => assert_eq!(found, status),
            (AttachError::Connection, None) => {}
            (error, _) => panic!("{answer:?}: {error}"),
        }
    }
}

#[support::test]
fn a_session_has_a_name_that_can_be_told_and_something_to_answer_for() {
    let world = World::new();
    let long = "x".repeat(129);
    for name in ["", "a\nb", "a\u{1b}[2J", "ä", &long] {
        let mut settings = settings();
        settings.name = name.to_owned();
        let mut images = BuildImages::default();
        images.pull("reg-a.test/team/app".parse().unwrap());
        let opened = BuildSession::open(&world.resolver(), world.client(), &images, settings);
        assert!(matches!(opened.unwrap_err(), OpenError::Name), "{name:?}");
    }
    let none = BuildImages::default();
    let opened = BuildSession::open(&world.resolver(), world.client(), &none, settings());
    assert!(matches!(opened.unwrap_err(), OpenError::NoImages));
}
