//! A keyring that waits for a dialog that nobody answers.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error, Result};
use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::remedy::{Advise, Remedy};
use portunus::store::{Provenance, Source, Store};
use portunus_keyring::KeyringStore;

/// Answers every search after this time, with what a locked keyring says.
#[derive(Debug)]
struct Slow(Duration);

impl CredentialStoreApi for Slow {
    fn vendor(&self) -> String {
        "slow".to_owned()
    }

    fn id(&self) -> String {
        "slow".to_owned()
    }

    fn build(&self, _: &str, _: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        Err(Error::NoEntry)
    }

    fn search(&self, _: &HashMap<&str, &str>) -> Result<Vec<Entry>> {
        std::thread::sleep(self.0);
        Err(Error::NoStorageAccess("prompt dismissed".into()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn keyring(delay: Duration) -> KeyringStore {
    let patience = Duration::from_millis(100);
    KeyringStore::of_store(Arc::new(Slow(delay))).with_patience(patience)
}

#[test]
fn a_call_that_is_not_answered_is_left_behind_and_the_next_fails_at_once() {
    let keyring = keyring(Duration::from_secs(3600));
    let started = Instant::now();
    let error = keyring.list().expect_err("nothing answers");
    assert!(error.problem.contains("no answer within 0.1 s"), "{error}");
    let remedies = error.remedies();
    assert!(matches!(remedies[..], [Remedy::Advice(advice)] if advice.contains("unlock")));
    let again = Instant::now();
    let key: CredentialKey = "reg.test".parse().expect("a key");
    let password = Credential::password("u", "hunter2");
    let error = keyring.put(&key, &password, &Provenance::default());
    assert!(!format!("{error:?} {keyring:?}").contains("hunter2"));
    let error = error.expect_err("nothing answers");
    assert_eq!(error.remedies(), [Remedy::OtherThanKeyring]);
    assert!(again.elapsed() < Duration::from_millis(90));
    drop(keyring);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_locked_keyring_is_a_failure_even_where_an_absent_one_is_not() {
    let keyring = keyring(Duration::ZERO).optional();
    let host = "reg.test".parse().expect("a host");
    let error = keyring.entries(&host).expect_err("it is locked");
    assert!(error.problem.contains("locked"), "{error}");
}
