//! Who shares tokens with whom in a builder: nobody with anybody.

use portunus::credential::Credential;
use portunus::name::Profile;
use portunus_buildkit::BuildSettings;
use ring::signature::{ED25519, UnparsedPublicKey};
use worlds::http::World;

use crate::worlds::peer::Peer;
use crate::worlds::session::{attach, open};

const HOST: &str = "reg-a.test";
const IMAGE: [&str; 1] = ["reg-a.test/team/app"];
const SALT: [u8; 32] = [7; 32];

fn world() -> World {
    World::new().with_login(HOST, "alice", "canary-a")
}

#[support::test]
fn a_session_proves_the_key_that_it_has_told() {
    let world = world();
    let (_session, peer) = attach(&world, &IMAGE, &[]);
    let key = peer.authority(HOST, &SALT).unwrap();
    assert_eq!(key.len(), 32);
    let signed = peer.proof(HOST, b"a payload", &SALT).unwrap();
    let (signature, payload) = signed.split_at(64);
    assert_eq!(payload, b"a payload");
    let key = UnparsedPublicKey::new(&ED25519, key);
    key.verify(payload, signature).unwrap();
    let other = peer.authority(HOST, &[8; 32]).unwrap();
    assert!(
        UnparsedPublicKey::new(&ED25519, other)
            .verify(payload, signature)
            .is_err()
    );
}

#[support::test]
fn no_two_sessions_have_a_key_in_common() {
    let mut world = world();
    let ci = Profile::new("ci").unwrap();
    world.store_under(
        "reg-a.test?profile=ci",
        &Credential::password("alice", "canary-a"),
        |_| {},
    );
    let mut keys = Vec::new();
    for profile in [Profile::DEFAULT, Profile::DEFAULT, ci] {
        let session = open(&world, &IMAGE, &[], BuildSettings::new(profile));
        // It may come back under another connection.
        let both = [Peer::of(&world, &session), Peer::of(&world, &session)];
        let [one, other] = both.map(|peer| peer.authority(HOST, &SALT).unwrap());
        assert_eq!(one, other);
        keys.push(one);
    }
    world.store = std::sync::Arc::new(portunus::store::MemoryStore::new(
        portunus::store::SourceName::COMMAND_LINE,
    ));
    // Nor do those that have nothing to show.
    for _ in 0..2 {
        let (_session, peer) = attach(&world, &IMAGE, &[]);
        keys.push(peer.authority(HOST, &SALT).unwrap());
    }
    let all = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!((all, keys.len()), (5, 5));
}
