//! Pulls at the same time, of registry namespaces that one mirror tells apart, over and over.

use support::account::Account;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::soak;

use crate::worlds::daemon::DaemonWorld;
use worlds::http::World;

const PULLS: usize = 8;

#[support::test(needs("containerd"))]
fn eight_pulls_at_once_never_mix_up_their_accounts() {
    let spaces: Vec<String> = (0..PULLS).map(|at| format!("reg-{at}.test")).collect();
    let accounts: Vec<Account> = spaces
        .iter()
        .map(|space| Account::new(&user(space), "pw").in_registry_namespace(space))
        .collect();
    let registry = ProgrammableRegistry::basic(&accounts);
    let mut world = World::new();
    for space in &spaces {
        let key = format!("{}?ns={space}", registry.address());
        world = world
            .with_hosts(space, &[&registry.url()])
            .with_login(&key, &user(space), "pw");
    }
    let world = DaemonWorld::new(world);
    let rounds = soak::rounds(5, 100);
    for round in 0..rounds {
        std::thread::scope(|scope| {
            for space in &spaces {
                let (world, registry) = (&world, &registry);
                scope.spawn(move || {
                    // Another one each time, so that the daemon holds nothing of it.
                    let image = Image::of_sizes(&format!("{space} {round}"), &[100, 100]);
                    registry.put_image(space, &format!("v{round}"), &image);
                    let report = world.pull(&format!("{space}/{space}:v{round}")).unwrap();
                    assert_eq!(report.digest, image.digest());
                });
            }
        });
    }
    let requests = registry.requests();
    let shown = requests.iter().filter_map(|request| {
        let (user, _) = request.basic()?;
        Some((request.registry_namespace().unwrap_or_default(), user))
    });
    let mut seen = vec![0; PULLS];
    for (registry_namespace, shown) in shown {
        assert_eq!(shown, user(&registry_namespace), "?ns={registry_namespace}");
        let at = spaces.iter().position(|space| *space == registry_namespace);
        seen[at.unwrap()] += 1;
    }
    // Our own look at the manifest; the daemon's, and the manifest, the configuration, two layers.
    assert_eq!(seen, vec![rounds * (1 + 5); PULLS]);
    world.assert_no_lease();
}

/// The only account that the mirror knows in this registry namespace.
fn user(registry_namespace: &str) -> String {
    format!("of-{registry_namespace}")
}
