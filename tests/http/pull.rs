//! Our own client walks a plan: who is asked for what, and who sees which secret.

use std::time::Duration;

use portunus_http::{ErrorKind, OciLayout};
use support::account::Account;
use support::containerd::Containerd;
use support::http::{Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

use worlds::http::World;

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test]
fn an_image_is_pulled_into_a_layout_that_others_can_read() {
    let registry = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[10, 100_000, 3_000_000]);
    registry.put_image("team/app", "v1", &image);
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let pulled = world.pull(IMAGE).unwrap();
    assert_eq!(pulled.manifest.digest, image.digest());
    for blob in image.blobs() {
        let path = world
            .layout()
            .join("blobs")
            .join(blob.digest.replace(':', "/"));
        assert_eq!(std::fs::read(path).unwrap(), blob.bytes);
    }
    let index = std::fs::read_to_string(world.layout().join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_str(&index).unwrap();
    let entry = &index["manifests"][0];
    assert_eq!(entry["digest"], image.digest());
    assert_eq!(
        entry["annotations"]["org.opencontainers.image.ref.name"],
        "v1"
    );
    assert!(!world.layout().join("ingest").exists());
    registry.forget_requests();
    world.pull(IMAGE).unwrap();
    assert!(
        registry
            .requests()
            .iter()
            .all(|request| !request.path.contains("/blobs/"))
    );
}

#[support::test]
fn each_registry_namespace_pulls_as_its_own_account() {
    let accounts = [
        Account::new("alice", "wonder").in_registry_namespace("reg-a.test"),
        Account::new("bob", "builder").in_registry_namespace("reg-b.test"),
    ];
    for mirror in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        mirror.put_image("team/app", "v1", &Image::small("one"));
        let at = mirror.address();
        let hosts = [mirror.url()];
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let world = World::new()
            .with_hosts("reg-a.test", &hosts)
            .with_hosts("reg-b.test", &hosts)
            .with_login(&format!("{at}?ns=reg-a.test"), "alice", "wonder")
            .with_login(&format!("{at}?ns=reg-b.test"), "bob", "builder");
        world.pull("reg-a.test/team/app:v1").unwrap();
        assert!(mirror.requests_with("builder").is_empty());
        mirror.forget_requests();
        world.pull("reg-b.test/team/app:v1").unwrap();
        assert!(mirror.requests_with("wonder").is_empty());
        let swapped = World::new().with_hosts("reg-a.test", &hosts).with_login(
            &format!("{at}?ns=reg-a.test"),
            "bob",
            "builder",
        );
        let error = swapped.pull("reg-a.test/team/app:v1").unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected);
        let text = error.to_string();
        assert!(
            text.contains(&at) && text.contains("?ns=reg-a.test"),
            "{text}"
        );
        assert!(!text.contains("builder"), "{text}");
    }
}

#[support::test]
fn a_pull_costs_one_challenge_a_host() {
    let accounts = [Account::new("alice", "wonder")];
    for registry in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        registry.put_image("team/app", "v1", &Image::of_sizes("one", &[10, 20, 30]));
        let world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&registry.address(), "alice", "wonder");
        world.pull(IMAGE).unwrap();
        let requests = registry.requests();
        let without: Vec<_> = requests
            .iter()
            .filter(|request| request.path != "/token" && request.header("authorization").is_none())
            .collect();
        assert_eq!(without.len(), 1, "{without:?}");
        assert!(
            requests
                .iter()
                .filter(|request| request.path == "/token")
                .count()
                <= 1
        );
        registry.always(Reply::status(500));
        assert!(world.pull("reg-a.test/team/app:v2").is_err());
    }
}

#[support::test]
fn a_pull_asks_for_nothing_twice() {
    let accounts = [Account::new("alice", "wonder")];
    let image = Image::of_sizes("one", &[10, 20]);
    let mut parts: Vec<String> = image
        .blobs()
        .map(|it| format!("GET blobs/{}", it.digest))
        .collect();
    parts.sort();
    let digest = image.digest().to_owned();
    let fetched = format!("GET manifests/{digest}");
    // The first request is the one that is challenged, whichever it is.
    for (reference, first) in [
        (IMAGE.to_owned(), "HEAD manifests/v1".to_owned()),
        (format!("reg-a.test/team/app@{digest}"), fetched.clone()),
    ] {
        for (registry, challenged) in [
            (ProgrammableRegistry::open(), false),
            (ProgrammableRegistry::basic(&accounts), true),
            (ProgrammableRegistry::bearer(&accounts), true),
        ] {
            registry.put_image("team/app", "v1", &image);
            // A mirror that has nothing is asked once a part, and challenged once.
            let empty = ProgrammableRegistry::basic(&accounts);
            let world = World::new()
                .with_hosts("reg-a.test", &[&empty.url(), &registry.url()])
                .with_login(&registry.address(), "alice", "wonder")
                .with_login(&empty.address(), "alice", "wonder");
            world.pull(&reference).unwrap();
            let mut expected = vec![first.clone()];
            if first != fetched {
                expected.push(fetched.clone());
            }
            expected.extend(parts.clone());
            for (host, challenged) in [(&registry, challenged), (&empty, true)] {
                let mut asked: Vec<String> = host.requests().iter().filter_map(asked_for).collect();
                if challenged {
                    assert_eq!(asked.remove(0), first);
                }
                let blobs = asked.len() - parts.len();
                asked[blobs..].sort();
                assert_eq!(asked, expected, "{reference}");
            }
        }
    }
}

/// `GET blobs/sha256:…`; `None`: it is a token that was asked for.
fn asked_for(request: &Request) -> Option<String> {
    let what = request.path.strip_prefix("/v2/team/app/")?;
    Some(format!("{} {what}", request.method))
}

#[support::test(needs("containerd"))]
fn a_pull_never_costs_more_requests_than_ctr() {
    let containerd = Containerd::settings().unprivileged().start();
    let image = Image::of_sizes("one", &[10, 20, 30, 40]);
    let accounts = [Account::new("alice", "wonder")];
    for registry in [
        ProgrammableRegistry::open(),
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        registry.put_image("team/app", "v1", &image);
        let world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&registry.address(), "alice", "wonder");
        let hosts_dir = world.home.hosts_dir();
        let login = [
            "--user",
            "alice:wonder",
            "--hosts-dir",
            hosts_dir.to_str().unwrap(),
        ];
        let fetch = [&["content", "fetch"], &login[..], &[IMAGE]].concat();
        containerd.ctr(&fetch).assert_success();
        let theirs = registry.requests().len();
        containerd
            .ctr(&["images", "rm", "--sync", IMAGE])
            .assert_success();
        registry.forget_requests();
        world.pull(IMAGE).unwrap();
        let ours = registry.requests().len();
        assert!(ours <= theirs, "{ours} requests, ctr {theirs}");
    }
}

#[support::test]
fn pulls_into_one_layout_share_their_blobs() {
    let registry = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[10, 200_000, 400_000]);
    registry.put_image("team/app", "v1", &image);
    registry.answer_with(|request| {
        if request.path.contains("/blobs/") {
            std::thread::sleep(Duration::from_millis(100));
        }
        None
    });
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let client = world.client();
    let pulls = (0..8).map(|_| world.spawn_pull(&client, IMAGE, "layout"));
    let pulls: Vec<_> = pulls.collect();
    for pull in pulls {
        world.block_on(pull).unwrap().unwrap();
    }
    for blob in &image.layers {
        let path = world
            .layout()
            .join("blobs")
            .join(blob.digest.replace(':', "/"));
        assert_eq!(std::fs::read(path).unwrap(), blob.bytes);
        let asked = registry
            .requests()
            .iter()
            .filter(|it| it.path.ends_with(&blob.digest))
            .count();
        assert_eq!(asked, 1);
    }
    let index = std::fs::read_to_string(world.layout().join("index.json")).unwrap();
    assert_eq!(index.matches("application/vnd").count(), 2, "{index}");
}

#[support::test]
fn a_folder_with_other_things_is_left_alone() {
    let world = World::new();
    std::fs::create_dir(world.layout()).unwrap();
    OciLayout::create(world.layout()).unwrap();
    std::fs::write(world.layout().join("more"), "").unwrap();
    OciLayout::create(world.layout()).unwrap();
    assert!(OciLayout::create(world.home.path()).is_err());
    assert!(OciLayout::open(world.home.path()).is_err());
    assert!(!world.home.path().join("oci-layout").exists());
}
