//! A login that says when it ends, as an authorisation token of ECR does, in a session that outlives
//! it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portunus::authorizer::Permit;
use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::{Authority, CredentialKey, ImageReference, Profile};
use portunus::resolve::{Operation, PreparedOperation, Resolver, WallClock};
use portunus::store::{Entries, Entry, Source, SourceError, SourceName};
use portunus::token::trust::TrustPolicy;

const START: u64 = 1_795_000_000;
const HOUR: u64 = 60 * 60;

/// A helper of a cloud: what it hands out ends so many seconds after it was asked for.
#[derive(Debug)]
struct Cloud {
    now: Arc<AtomicU64>,
    lifetime: u64,
    is_out_of_order: Mutex<bool>,
    asked: AtomicU64,
    padding: AtomicUsize,
}

impl Source for Cloud {
    fn name(&self) -> SourceName {
        SourceName::HELPER
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        let key = CredentialKey::plain(host.clone());
        Ok(vec![Entry::new(key, self.name(), "the cloud")].into())
    }

    fn credential(&self, _entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if *self.is_out_of_order.lock().unwrap() {
            return Err(SourceError::new(self.name(), "the cloud", "out of order"));
        }
        let ends = self.now.load(Ordering::SeqCst) + self.lifetime;
        let padding = "x".repeat(self.padding.load(Ordering::SeqCst));
        let token = format!(r#"{{"payload":"{padding}","expiration":{ends}}}"#);
        let token = STANDARD.encode(token);
        Ok(Some(Credential::password("AWS", token)))
    }
}

/// A session of a pull, with the time of day.
struct World {
    now: Arc<AtomicU64>,
    /// What our own clock says, which anybody may set.
    clock: Arc<AtomicU64>,
    cloud: Arc<Cloud>,
    prepared: PreparedOperation,
}

impl World {
    fn new(lifetime: u64) -> Self {
        let now = Arc::new(AtomicU64::new(START));
        let cloud = Arc::new(Cloud {
            now: Arc::clone(&now),
            lifetime,
            is_out_of_order: Mutex::default(),
            asked: AtomicU64::default(),
            padding: AtomicUsize::new(2400),
        });
        let clock = Arc::new(AtomicU64::new(START));
        let shown = Arc::clone(&clock);
        let wall_clock = move || {
            let seconds = shown.load(Ordering::SeqCst);
            SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
        };
        let resolver = Resolver::new(HostsTree::new(Vec::new()))
            .with_source(Arc::clone(&cloud) as _)
            .with_clock(WallClock::new(wall_clock));
        let image = ImageReference::parse("reg.test/app").unwrap();
        let prepared = resolver.prepare(&image, Operation::Pull, &Profile::DEFAULT);
        Self {
            now,
            clock,
            cloud,
            prepared: prepared.unwrap(),
        }
    }

    fn wait(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Sets our clock so many seconds before or after the time that it is.
    fn set_clock(&self, beside: i64) {
        let now = self.now.load(Ordering::SeqCst);
        let shown = now.checked_add_signed(beside).unwrap();
        self.clock.store(shown, Ordering::SeqCst);
    }

    /// When the login that is shown now ends, in seconds from now, and how often the cloud was asked.
    fn show(&self) -> (u64, u64) {
        let attempt = &self.prepared.plan().attempts[0];
        let trust = TrustPolicy::default();
        let permit = Permit::hand_over(attempt, &attempt.candidates[0], &trust).unwrap();
        let shown = permit.reveal(self.prepared.session()).unwrap().unwrap();
        let ends = shown.expires_at().unwrap();
        let ends = ends.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let left = ends.as_secs() - self.now.load(Ordering::SeqCst);
        (left, self.cloud.asked.load(Ordering::SeqCst))
    }
}

#[support::test]
fn it_is_fetched_again_before_its_end_and_not_earlier() {
    let world = World::new(12 * HOUR);
    assert_eq!(world.show(), (12 * HOUR, 1));
    world.wait(10 * HOUR);
    assert_eq!(world.show(), (2 * HOUR, 1));
    world.wait(2 * HOUR - 200);
    assert_eq!(world.show(), (12 * HOUR, 2));
}

#[support::test]
fn those_that_were_fetched_together_are_not_fetched_again_together() {
    let fetched_again_after = |at: usize| {
        let world = World::new(12 * HOUR);
        // Each cloud's token is another one.
        world.cloud.padding.store(2400 + at, Ordering::SeqCst);
        world.show();
        world.wait(10 * HOUR);
        let minutes = 10 * 60..12 * 60;
        minutes.into_iter().find(|_| {
            world.wait(60);
            world.show().1 == 2
        })
    };
    let mut minutes: Vec<u64> = (0..16).filter_map(fetched_again_after).collect();
    assert_eq!(minutes.len(), 16);
    // Within 72 minutes, five before the end at the latest.
    let (earliest, latest) = (12 * 60 - 5 - 72 - 1, 12 * 60 - 5);
    assert!(minutes.iter().all(|it| (earliest..=latest).contains(it)));
    minutes.sort_unstable();
    minutes.dedup();
    assert!(minutes.len() > 8, "{minutes:?}");
}

#[support::test]
fn where_the_cloud_is_out_of_order_the_old_one_serves_to_its_end() {
    let world = World::new(12 * HOUR);
    world.show();
    *world.cloud.is_out_of_order.lock().unwrap() = true;
    world.wait(12 * HOUR - 200);
    assert_eq!(world.show(), (200, 2));
    // It is not asked each time.
    world.wait(10);
    assert_eq!(world.show(), (190, 2));
    *world.cloud.is_out_of_order.lock().unwrap() = false;
    world.wait(60);
    assert_eq!(world.show(), (12 * HOUR, 3));
}

#[support::test]
fn one_that_never_lives_long_is_not_asked_for_each_time() {
    let world = World::new(100);
    assert_eq!(world.show(), (100, 1));
    world.wait(59);
    assert_eq!(world.show(), (41, 1));
    world.wait(1);
    assert_eq!(world.show(), (100, 2));
}

/// What was fetched before seems to be over, and what is fetched then as well: it is shown all the
/// same, and the cloud is not asked each time.
#[support::test]
fn a_clock_that_is_a_day_ahead_keeps_nothing_from_being_shown() {
    let world = World::new(12 * HOUR);
    assert_eq!(world.show(), (12 * HOUR, 1));
    world.set_clock(24 * 3600);
    assert_eq!(world.show(), (12 * HOUR, 2));
    world.wait(59);
    assert_eq!(world.show(), (12 * HOUR - 59, 2));
    world.wait(1);
    assert_eq!(world.show(), (12 * HOUR, 3));
    world.set_clock(0);
    assert_eq!(world.show(), (12 * HOUR, 4));
    world.wait(HOUR);
    assert_eq!(world.show(), (11 * HOUR, 4));
}

/// What was fetched before would seem to be good for a year.
#[support::test]
fn a_clock_that_is_set_back_a_year_brings_no_login_beyond_its_end() {
    let world = World::new(12 * HOUR);
    world.show();
    world.wait(11 * HOUR);
    world.set_clock(-365 * 24 * 3600);
    assert_eq!(world.show(), (12 * HOUR, 2));
    // One that is put right by a little was not set back.
    world.set_clock(-365 * 24 * 3600 - 30);
    assert_eq!(world.show(), (12 * HOUR, 2));
    world.wait(HOUR);
    assert_eq!(world.show(), (11 * HOUR, 2));
    world.set_clock(0);
    world.wait(11 * HOUR - 200);
    assert_eq!(world.show(), (12 * HOUR, 3));
}
