//! Nobody is asked more often than ctr would ask, but for what finds out which credential holds.

use support::account::Account;
use support::http::{Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::counted::{PASSWORD, World};

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn an_open_registry_is_asked_no_more_than_by_ctr() {
    let registry = with_image(ProgrammableRegistry::open());
    World::new(&[&registry]).assert_counts(&[&registry]);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_registry_that_asks_for_a_password_is_asked_no_more_than_by_ctr() {
    let registry = with_image(ProgrammableRegistry::basic(&[alice()]));
    let world = World::new(&[&registry]).logged_in_to(&registry, PASSWORD);
    world.assert_counts(&[&registry]);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_registry_that_asks_for_tokens_is_asked_no_more_than_by_ctr() {
    let registry = with_image(ProgrammableRegistry::bearer(&[alice()]));
    let world = World::new(&[&registry]).logged_in_to(&registry, PASSWORD);
    world.assert_counts(&[&registry]);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_mirror_without_the_image_is_asked_no_more_than_by_ctr() {
    for mirror in KINDS.map(Kind::start) {
        let upstream = with_image(ProgrammableRegistry::basic(&[alice()]));
        let world = World::new(&[&mirror, &upstream])
            .logged_in_to(&mirror, PASSWORD)
            .logged_in_to(&upstream, PASSWORD);
        world.assert_counts(&[&mirror, &upstream]);
    }
    let open = [
        ProgrammableRegistry::open(),
        with_image(ProgrammableRegistry::open()),
    ];
    World::new(&[&open[0], &open[1]]).assert_counts(&[&open[0], &open[1]]);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_wrong_password_is_sent_once_and_never_by_the_daemon() {
    let mirror = with_image(ProgrammableRegistry::basic(&[alice()]));
    let upstream = with_image(ProgrammableRegistry::open());
    let world = World::new(&[&mirror, &upstream])
        .logged_in_to(&mirror, "wrong")
        .logged_in_for("team", &mirror, "wrong too");
    world.portunus().assert_success();
    let requests = mirror.requests();
    let sent = requests.iter().filter_map(|request| {
        let (_, password) = request.basic()?;
        Some((password, request.header("User-Agent").unwrap_or_default()))
    });
    let sent: Vec<(String, &str)> = sent.collect();
    let passwords: Vec<&str> = sent.iter().map(|(password, _)| password.as_str()).collect();
    assert_eq!(passwords, ["wrong too", "wrong"]);
    for (_, agent) in &sent {
        assert!(agent.starts_with("portunus/"), "{agent}");
    }
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_registry_that_redirects_to_another_is_asked_no_more_than_by_ctr() {
    for kind in KINDS {
        let (registry, elsewhere) = (kind.start(), with_image(ProgrammableRegistry::open()));
        let target = elsewhere.url().replace("127.0.0.1", "localhost");
        registry.answer_with(move |request| {
            let leads = kind.lets_in(request) && request.path.contains("/team/app/");
            leads.then(|| Reply::redirect(&format!("{target}{}", request.path)))
        });
        let world = World::new(&[&registry]).logged_in_to(&registry, PASSWORD);
        world.assert_counts(&[&registry]);
    }
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_registry_that_redirects_to_itself_is_asked_no_more_than_by_ctr() {
    for kind in KINDS {
        let registry = with_image(kind.start());
        let url = registry.url();
        registry.answer_with(move |request| {
            let leads = kind.lets_in(request)
                && request.path.contains("/team/app/")
                && !request.query.contains("led=1");
            leads
                .then(|| Reply::redirect(&format!("{url}{}?{}&led=1", request.path, request.query)))
        });
        let world = World::new(&[&registry]).logged_in_to(&registry, PASSWORD);
        world.assert_counts_within(&[&registry], |_| 2);
    }
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_registry_that_does_not_tell_the_digest_is_asked_no_more_than_by_ctr() {
    for kind in KINDS {
        let registry = with_image(kind.start());
        let media_type = registry.manifest("team/app", "v1").unwrap().media_type;
        registry.answer_with(move |request| {
            let silent = request.method == "HEAD" && request.path.contains("/manifests/");
            let reply = Reply::status(200).header("Content-Type", &media_type);
            (silent && kind.lets_in(request)).then_some(reply)
        });
        let world = World::new(&[&registry]).logged_in_to(&registry, PASSWORD);
        world.assert_counts_within(&[&registry], |_| 2);
    }
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_host_that_is_named_twice_is_asked_no_more_than_by_ctr() {
    let registry = with_image(ProgrammableRegistry::basic(&[alice()]));
    registry.put_image("b/team/app", "v1", &image());
    let url = registry.url();
    let again = format!("server = \"{url}\"\n[host.\"{url}\"]\nskip_verify = true\n");
    let pulls = "capabilities = [\"pull\", \"resolve\"]\noverride_path = true\n";
    let paths = format!("[host.\"{url}/v2/a\"]\n{pulls}[host.\"{url}/v2/b\"]\n{pulls}");
    let fetches = format!("server = \"{url}\"\n[host.\"{url}\"]\ncapabilities = [\"pull\"]\n");
    for (file, more) in [(again, 2), (fetches, 2), (paths, 4)] {
        let world = World::of_file(&file).with_entries(2);
        let world = world.logged_in_to(&registry, PASSWORD);
        world.assert_counts_within(&[&registry], |_| more);
    }
}

/// What a registry asks for before it lets somebody in.
#[derive(Clone, Copy)]
enum Kind {
    Open,
    Basic,
    Bearer,
}

const KINDS: [Kind; 3] = [Kind::Open, Kind::Basic, Kind::Bearer];

impl Kind {
    fn start(self) -> ProgrammableRegistry {
        match self {
            Self::Open => ProgrammableRegistry::open(),
            Self::Basic => ProgrammableRegistry::basic(&[alice()]),
            Self::Bearer => ProgrammableRegistry::bearer(&[alice()]),
        }
    }

    /// Whether a request shows what the registry asks for.
    fn lets_in(self, request: &Request) -> bool {
        matches!(self, Self::Open) || request.header("Authorization").is_some()
    }
}

/// An account for everything.
fn alice() -> Account {
    Account::new("alice", PASSWORD)
}

fn with_image(registry: ProgrammableRegistry) -> ProgrammableRegistry {
    registry.put_image("team/app", "v1", &image());
    registry
}

fn image() -> Image {
    Image::of_sizes("counted", &[1000, 2000, 3000, 4000])
}
