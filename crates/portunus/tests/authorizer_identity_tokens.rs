//! Identity tokens that a realm replaces with each use.

#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod play;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use play::corp::{REALM, registry};
use play::{Net, World, identity, json, manifest, status};
use portunus::authorizer::{Ask, Tokens};
use portunus::credential::Credential;
use portunus::name::Authority;
use portunus::resolve::Operation;
use portunus::store::{
    CredentialsFile, DockerConfig, Entries, Entry, HelperPrograms, MemoryStore, Provenance, Source,
    SourceError, SourceName, Store,
};
use portunus::token::Scopes;

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
    let world = World::plain().with_login("reg.corp.test", &identity("rt0"), |note| {
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
        Some("https://auth.corp.test/token")
    );
    let kept = world.store.credential(&entries[0]).unwrap();
    assert_eq!(kept, Some(identity("rt3")));
    assert!(host.take_warnings().is_empty());
}

#[test]
fn identity_tokens_go_one_at_a_time() {
    let net = Arc::new(rotating());
    let world = World::plain().with_login("reg.corp.test", &identity("rt0"), |_| {});
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

/// A second use of the old one is dead, and some realms take it for theft.
#[test]
fn what_another_program_was_given_meanwhile_is_sent_in_place_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let (own, docker) = (folder.path().join("own"), folder.path().join("docker"));
    let key = "reg.corp.test".parse().unwrap();
    let put = |store: &dyn Store| {
        store
            .put(&key, &identity("rt0"), &Provenance::default())
            .unwrap();
    };
    put(&CredentialsFile::new(&own));
    put(&DockerConfig::new(&docker, HelperPrograms::new([])));
    for path in [own, docker] {
        let source = || -> Arc<dyn Source> {
            match path.ends_with("own") {
                true => Arc::new(CredentialsFile::new(&path)),
                false => Arc::new(DockerConfig::new(&path, HelperPrograms::new([]))),
            }
        };
        let net = rotating();
        let worlds = [(); 2].map(|()| World::plain().with_source(source()));
        let operations = worlds.each_ref().map(|world| {
            let operation = world.prepare(play::IMAGE, Operation::Pull);
            operation.session().prepare(operation.plan());
            operation
        });
        for (world, operation) in worlds.iter().zip(&operations) {
            let ledger = world.ledger(operation);
            let host = ledger.host(&operation.attempts().next().unwrap());
            for at in 0..2 {
                net.drive(&mut host.call(other(at))).unwrap();
            }
            // What is left is written.
            net.drive(&mut host.call(other(0))).unwrap();
            assert!(host.take_warnings().is_empty());
        }
        let asked = net.at(REALM);
        let sent = asked.iter().map(|seen| seen.form_value("refresh_token"));
        let expected = (0..4).map(|at| Some(format!("rt{at}")));
        assert!(sent.eq(expected), "{asked:?}");
        let entries = source().entries(&Authority::parse("reg.corp.test").unwrap());
        let kept = source().credential(&entries.unwrap().entries[0]).unwrap();
        let Some(Credential::IdentityToken { token, .. }) = kept else {
            panic!("{path:?}")
        };
        assert_eq!(token.expose(), "rt4");
    }
}

/// Programs that begin at the same time have all read the same token.
#[test]
fn programs_at_the_same_time_take_turns_with_an_identity_token() {
    const PROGRAMS: usize = 6;
    let folder = tempfile::tempdir().unwrap();
    for name in ["own", "docker"] {
        let path = folder.path().join(name);
        let open = || -> Arc<dyn Store> {
            match name {
                "own" => Arc::new(CredentialsFile::new(&path)),
                _ => Arc::new(DockerConfig::new(&path, HelperPrograms::new([]))),
            }
        };
        let key = "reg.corp.test".parse().unwrap();
        let provenance = Provenance::default();
        open().put(&key, &identity("rt0"), &provenance).unwrap();
        let net = suspicious();
        let have_read = Barrier::new(PROGRAMS);
        std::thread::scope(|scope| {
            for _ in 0..PROGRAMS {
                scope.spawn(|| {
                    let world = World::plain().with_source(open());
                    let operation = world.prepare(play::IMAGE, Operation::Pull);
                    operation.session().prepare(operation.plan());
                    have_read.wait();
                    let ledger = world.ledger(&operation);
                    let host = ledger.host(&operation.attempts().next().unwrap());
                    let reply = net.drive(&mut host.call(other(0)));
                    assert_eq!(reply.map(|reply| reply.status), Ok(200));
                    assert!(host.take_warnings().is_empty());
                });
            }
        });
        let entries = open().list().unwrap().entries;
        let kept = open().credential(&entries[0]).unwrap();
        assert_eq!(kept, Some(identity(&format!("rt{PROGRAMS}"))), "{name}");
    }
}

/// A realm that takes its time, and a second use of an identity token for theft: nobody is let in any
/// more after that (RFC 9700, section 4.14.2).
fn suspicious() -> Net {
    let newest = Mutex::new(Some(0));
    registry(
        "",
        |token| token.starts_with('t'),
        move |seen| {
            let given = seen.form_value("refresh_token");
            let at = {
                let mut newest = newest.lock().unwrap();
                *newest = newest.filter(|at| given == Some(format!("rt{at}")));
                let Some(at) = *newest else {
                    return status(401);
                };
                *newest = Some(at + 1);
                at
            };
            std::thread::sleep(Duration::from_millis(20));
            let next = at + 1;
            json(&format!(
                "{{\"access_token\":\"t{at}\",\"refresh_token\":\"rt{next}\"}}"
            ))
        },
    )
}

/// Another account is another matter: who began goes on.
#[test]
fn the_login_of_another_account_is_not_taken_in_the_middle_of_a_session() {
    let net = rotating();
    let world = World::plain().with_login("reg.corp.test", &identity("rt0"), |_| {});
    let host = world.host();
    net.drive(&mut host.call(other(0))).unwrap();
    net.drive(&mut host.call(other(0))).unwrap();
    let key = "reg.corp.test".parse().unwrap();
    let theirs = Credential::IdentityToken {
        username: Some("bob".to_owned()),
        token: "bobs".into(),
    };
    world
        .store
        .put(&key, &theirs, &Provenance::default())
        .unwrap();
    net.drive(&mut host.call(other(1))).unwrap();
    assert_eq!(net.count("bobs"), 0);
}

/// Somebody else has logged in meanwhile: theirs stays.
#[test]
fn what_another_program_has_stored_meanwhile_stays() {
    let net = rotating();
    let world = World::plain().with_login("reg.corp.test", &identity("rt0"), |_| {});
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
            let key = "reg.corp.test".parse().unwrap();
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
    fn name(&self) -> SourceName {
        self.0.name()
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
    let inner = MemoryStore::new(SourceName::ENVIRONMENT);
    let key = "reg.corp.test".parse().unwrap();
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
    for at in 0..2 {
        let prepared = world.prepare(play::IMAGE, Operation::Pull);
        let ledger = world.ledger(&prepared).with_tokens(tokens.clone());
        let host = ledger.host(&prepared.attempts().next().unwrap());
        net.drive(&mut host.call(other(at))).unwrap();
    }
}
