//! What a kubelet gets from the credential provider, a real containerd shows to every host that
//! asks: so only that is answered which each of them may see.

use support::account::Account;
use support::containerd::CriPull;
use support::home::Home;
use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::home_with_logins;

use crate::worlds::kubelet::{Login, Node};

const SECRET: &str = "canary-upstream";
const MIRRORS: &str = "canary-mirror";

/// A registry of its own name, and a mirror of another party.
struct Site {
    upstream: ProgrammableRegistry,
    mirror: ProgrammableRegistry,
}

/// Which of the two is asked first. The image is at the other, so that both are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Mirror,
    Upstream,
}

impl Site {
    fn new(first: First) -> Self {
        let site = Self {
            upstream: ProgrammableRegistry::basic(&[Account::new("alice", SECRET)]),
            // The mirror would take alice's password as well: a plan may ask either for it.
            mirror: ProgrammableRegistry::basic(&[
                Account::new("alice", SECRET),
                Account::new("mary", MIRRORS),
            ]),
        };
        let has_it = match first {
            First::Mirror => &site.upstream,
            First::Upstream => &site.mirror,
        };
        has_it.put_image("team/app", "v1", &Image::small("one"));
        site
    }

    fn image(&self) -> String {
        format!("{}/team/app:v1", self.upstream.address())
    }

    /// The `hosts.toml` of the registry, with this said of the mirror.
    fn write_hosts(&self, home: &Home, first: First, of_mirror: &str) {
        let capabilities = "capabilities = [\"pull\", \"resolve\"]";
        let (upstream, mirror) = (self.upstream.url(), self.mirror.url());
        let text = match first {
            First::Mirror => format!(
                "server = \"{upstream}\"\n[host.\"{mirror}\"]\n{capabilities}\n{of_mirror}\n"
            ),
            First::Upstream => format!(
                "server = \"{mirror}\"\n{of_mirror}\n[host.\"{upstream}\"]\n{capabilities}\n"
            ),
        };
        home.write_hosts_toml(&self.upstream.address(), &text);
    }

    /// Whether upstream and mirror were shown a secret since they were asked the last time.
    fn saw(&self, secret: &str) -> (bool, bool) {
        let saw = [&self.upstream, &self.mirror].map(|host| {
            assert!(!host.requests().is_empty(), "{} was not asked", host.url());
            let saw = !host.requests_with(secret).is_empty();
            host.forget_requests();
            saw
        });
        saw.into()
    }
}

fn alice() -> Option<Login> {
    Some(("alice".to_owned(), SECRET.to_owned()))
}

/// What goes wrong without our rule: kept to show when containerd no longer does so.
#[support::test(needs("containerd", "root?", "unpacking?"))]
fn containerd_shows_a_kubelet_s_login_to_every_host() {
    for pull in [CriPull::Transfer, CriPull::Own] {
        for first in [First::Mirror, First::Upstream] {
            let (site, home) = (Site::new(first), Home::new());
            site.write_hosts(&home, first, "");
            let node = Node::new(&home, pull);
            node.pull(&site.image(), alice()).unwrap();
            assert_eq!(site.saw(SECRET), (true, true), "{pull:?}, {first:?}");
        }
    }
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_login_that_a_mirror_may_not_see_reaches_no_host() {
    for first in [First::Mirror, First::Upstream] {
        let site = Site::new(first);
        let (upstream, mirror) = (site.upstream.address(), site.mirror.address());
        for (logins, secret) in [
            (&[&["-u", "alice", &*upstream][..]][..], SECRET),
            (
                &[&["-u", "mary", "--registry-namespace", &upstream, &mirror]],
                MIRRORS,
            ),
        ] {
            let home = home_with_logins(logins, secret);
            site.write_hosts(&home, first, "");
            let node = Node::new(&home, CriPull::Transfer);
            let (ran, pulled) = node.pull_for_pod(&home, &site.image());
            assert_eq!((ran.status.code(), &*ran.stdout), (Some(1), ""), "{ran}");
            let withheld = match secret {
                SECRET => site.mirror.url(),
                _ => site.upstream.url(),
            };
            assert!(ran.stderr.contains(&withheld), "{first:?}: {ran}");
            assert!(pulled.is_err(), "{first:?}");
            assert_eq!(site.saw(secret), (false, false), "{first:?}");
        }
    }
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_login_that_every_host_may_see_is_pulled_with() {
    for first in [First::Mirror, First::Upstream] {
        let site = Site::new(first);
        let address = site.upstream.address();
        let home = home_with_logins(&[&["-u", "alice", &address]], SECRET);
        let domain = format!("credential_domain = \"{address}\"");
        site.write_hosts(&home, first, &domain);
        let node = Node::new(&home, CriPull::Transfer);
        let (ran, pulled) = node.pull_for_pod(&home, &site.image());
        ran.assert_success();
        pulled.unwrap();
        assert_eq!(site.saw(SECRET), (true, true), "{first:?}");
    }
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_registry_without_mirrors_is_pulled_from_with_its_login() {
    let site = Site::new(First::Mirror);
    let address = site.upstream.address();
    let home = home_with_logins(&[&["-u", "alice", &address]], SECRET);
    let node = Node::new(&home, CriPull::Transfer);
    let (ran, pulled) = node.pull_for_pod(&home, &site.image());
    ran.assert_success();
    pulled.unwrap();
    assert!(site.mirror.requests().is_empty());
}

/// A limit: no plan knows where a registry redirects to.
#[support::test(needs("containerd", "root?", "unpacking?"))]
fn containerd_shows_it_to_a_redirect_target_that_asks_too() {
    let site = Site::new(First::Mirror);
    let storage = site.mirror.url();
    let moved = Image::small("one").layers[0].digest.clone();
    let target = format!("{storage}/v2/team/app/blobs/{moved}");
    site.upstream.answer_with(move |request| {
        let asked = request.path.ends_with(&moved) && request.header("authorization").is_some();
        asked.then(|| Reply::redirect(&target))
    });
    site.mirror
        .put_image("team/app", "v1", &Image::small("one"));
    let home = home_with_logins(&[&["-u", "alice", &site.upstream.address()]], SECRET);
    let node = Node::new(&home, CriPull::Transfer);
    let (_, pulled) = node.pull_for_pod(&home, &site.image());
    pulled.unwrap();
    assert_eq!(site.saw(SECRET), (true, true));
}

/// Another limit: a realm is known only when the registry is asked.
#[support::test(needs("containerd", "root?", "unpacking?"))]
fn containerd_shows_it_to_the_realm_that_a_registry_names_too() {
    let account = [Account::new("alice", SECRET)];
    let elsewhere = ProgrammableRegistry::bearer(&account);
    let realm = format!("{}/token", elsewhere.url());
    let upstream = ProgrammableRegistry::settings_bearer(&account).realm(&realm);
    let upstream = upstream.start();
    let home = home_with_logins(&[&["-u", "alice", &upstream.address()]], SECRET);
    let node = Node::new(&home, CriPull::Transfer);
    let (ran, _) = node.pull_for_pod(&home, &format!("{}/team/app:v1", upstream.address()));
    ran.assert_success();
    assert!(!elsewhere.requests_with(SECRET).is_empty());
}
