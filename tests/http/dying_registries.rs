//! A registry that dies at each step of a pull or a push, for good: the next host serves, what failed is
//! named, and what was begun is gone on with when it is there again.

use std::sync::atomic::{AtomicUsize, Ordering};

use support::account::Account;
use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::{SECRET, good_registry, world_with};

const IMAGE: &str = "reg-a.test/team/app:v1";

/// From here on it answers so many requests.
fn dies_after(registry: &ProgrammableRegistry, requests: usize) {
    let left = AtomicUsize::new(requests);
    registry.forget_requests();
    registry.when(
        move |_| {
            let left = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
            left.is_err()
        },
        Reply::reset(),
    );
}

fn registries() -> [ProgrammableRegistry; 3] {
    let accounts = [Account::new("alice", SECRET)];
    [
        ProgrammableRegistry::open(),
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ]
}

#[support::test]
fn at_each_step_of_a_pull_the_next_host_goes_on() {
    let (good, image) = good_registry();
    for registry in registries() {
        registry.put_image("team/app", "v1", &image);
        for step in 0.. {
            registry.forget_rules();
            dies_after(&registry, step);
            let world = World::new()
                .with_hosts("reg-a.test", &[&registry.url(), &good.url()])
                .with_login(&registry.address(), "alice", SECRET);
            let pulled = world.pull(IMAGE);
            let pulled = pulled.unwrap_or_else(|error| panic!("step {step}: {error}"));
            assert_eq!(pulled.manifest.digest, image.digest());
            if registry.requests().len() <= step {
                assert!(step > 4, "{step}");
                break;
            }
        }
    }
}

#[support::test]
fn at_each_step_of_a_push_it_is_named_and_the_next_push_is_whole() {
    for registry in registries() {
        for step in 0.. {
            let image = Image::of_sizes(&format!("step {step}"), &[10, 2000]);
            let mut world = world_with(&registry.url(), &image);
            world.options.timeouts.push_pause = std::time::Duration::ZERO;
            let world = world.with_login(&registry.address(), "alice", SECRET);
            registry.forget_rules();
            dies_after(&registry, step);
            let pushed = world.push(IMAGE);
            let lived = registry.requests().len() <= step;
            if !lived {
                let error = pushed.unwrap_err().to_string();
                assert!(error.contains(&registry.address()), "step {step}: {error}");
                assert!(!error.contains(SECRET), "step {step}: {error}");
                registry.forget_rules();
                world.push(IMAGE).unwrap();
            }
            let held = registry.manifest("team/app", "v1");
            assert_eq!(held.as_ref(), Some(&image.manifest), "step {step}");
            for blob in image.blobs() {
                let held = registry.blob("team/app", &blob.digest);
                assert_eq!(held.as_ref(), Some(&blob.bytes), "step {step}");
            }
            if lived {
                assert!(step > 8, "{step}");
                break;
            }
        }
    }
}
