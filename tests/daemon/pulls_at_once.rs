//! Pulls at the same time, of registry namespaces that two hosts tell apart, over and over.

use std::collections::BTreeMap;

use support::account::Account;
use support::containerd::Containerd;
use support::home::Home;
use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::soak;

const PULLS: usize = 8;
const PASSWORD: &str = "canary-pw-8b21";

/// Each pull is a program of its own, and asks two hosts: the mirror has the manifest, the server
/// has the rest.
#[support::test(long, needs("containerd"))]
fn eight_pulls_at_once_never_mix_up_their_accounts() {
    let spaces: Vec<String> = (0..PULLS).map(|at| format!("reg-{at}.test")).collect();
    let hosts = ["mirror", "server"].map(|host| Host::new(host, &spaces));
    let [mirror, server] = &hosts;
    mirror.registry.when(
        |request| request.path.contains("/blobs/"),
        Reply::status(404),
    );
    let home = Home::new();
    for space in &spaces {
        let (first, last) = (mirror.registry.url(), server.registry.url());
        home.write_hosts_toml(space, &format!("server = \"{last}\"\n[host.\"{first}\"]\n"));
        hosts.iter().for_each(|host| host.log_in(&home, space));
    }
    let daemon = Containerd::settings().unprivileged().start();
    let rounds = soak::rounds(5, 100);
    for round in 0..rounds {
        std::thread::scope(|scope| {
            for space in &spaces {
                let (hosts, home, daemon) = (&hosts, &home, &daemon);
                scope.spawn(move || {
                    // Another one each time, so that the daemon holds nothing of it.
                    let image = Image::of_sizes(&format!("{space} {round}"), &[100, 100]);
                    let tag = format!("v{round}");
                    for host in hosts {
                        host.registry.put_image(space, &tag, &image);
                    }
                    let reference = format!("{space}/{space}:{tag}");
                    let socket = daemon.socket().to_str().unwrap();
                    let pull = ["pull", &reference, "--no-unpack", "--address", socket];
                    let ran = home.portunus(&pull).run();
                    let told = format!("pulled {reference} {}\n", image.digest());
                    assert!(ran.assert_success().stdout.starts_with(&told), "{ran}");
                });
            }
        });
    }
    let [at_mirror, at_server] = hosts.each_ref().map(Host::count_shown);
    assert_eq!(at_mirror.len(), PULLS);
    // Our own look at the manifest; the daemon's; the configuration and two layers.
    let expected = spaces.iter().map(|space| (space.clone(), rounds * 5));
    assert_eq!(at_server, expected.collect());
    let leases = daemon.ctr(&["leases", "ls", "--quiet"]);
    assert_eq!(leases.assert_success().stdout.trim(), "", "a lease is left");
}

/// A host with an account for each registry namespace, which it knows there alone.
struct Host {
    name: &'static str,
    registry: ProgrammableRegistry,
}

impl Host {
    fn new(name: &'static str, spaces: &[String]) -> Self {
        let account = |space: &String| {
            Account::new(&user(name, space), PASSWORD).in_registry_namespace(space)
        };
        let accounts: Vec<Account> = spaces.iter().map(account).collect();
        Self {
            name,
            registry: ProgrammableRegistry::basic(&accounts),
        }
    }

    fn log_in(&self, home: &Home, space: &str) {
        let (user, address) = (user(self.name, space), self.registry.address());
        let scope = ["login", "--store", "file", "--registry-namespace", space];
        let login = [&scope[..], &["-u", &user, "--password-stdin", &address]].concat();
        home.portunus(&login).input(PASSWORD).run().assert_success();
        self.registry.forget_requests();
    }

    /// How many requests of each registry namespace showed its account. None shows another.
    fn count_shown(&self) -> BTreeMap<String, usize> {
        let mut seen = BTreeMap::new();
        for request in self.registry.requests() {
            let space = request.registry_namespace().unwrap_or_default();
            if let Some((shown, _)) = request.basic() {
                assert_eq!(shown, user(self.name, &space), "{request:?}");
                *seen.entry(space).or_default() += 1;
            }
        }
        seen
    }
}

/// The only account that this host knows in this registry namespace.
fn user(host: &str, registry_namespace: &str) -> String {
    format!("{host}-of-{registry_namespace}")
}
