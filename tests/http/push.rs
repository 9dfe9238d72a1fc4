//! Pushing from a layout: to one host, with one account, into what others can read.

use std::time::Duration;

use portunus_http::{ErrorKind, Outcome};
use support::account::Account;
use support::docker_registry::{Auth, DockerRegistry};
use support::http::{Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::tools;

use worlds::http::World;

const IMAGE: &str = "reg-a.test/team/app:v1";

/// A world with an image in its layout, to be pushed to that registry.
pub(crate) fn world_with(registry: &str, image: &Image) -> World {
    let world = World::new().with_hosts("reg-a.test", &[registry]);
    world.write_layout(image, "v1");
    world
}

#[support::test]
fn an_image_is_pushed_and_pushed_again_without_its_blobs() {
    let accounts = [Account::new("alice", "wonder")];
    for registry in [
        ProgrammableRegistry::open(),
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        let image = Image::of_sizes("one", &[10, 300_000]);
        let world =
            world_with(&registry.url(), &image).with_login(&registry.address(), "alice", "wonder");
        let pushed = world.push(IMAGE).unwrap();
        assert_eq!(pushed.manifest.digest, image.digest());
        assert_eq!(
            registry.manifest("team/app", "v1").as_ref(),
            Some(&image.manifest)
        );
        for blob in &image.layers {
            assert_eq!(
                registry.blob("team/app", &blob.digest).as_ref(),
                Some(&blob.bytes)
            );
        }
        registry.forget_requests();
        world.push(IMAGE).unwrap();
        assert!(
            registry
                .requests()
                .iter()
                .all(|it| !it.path.contains("/uploads/"))
        );
    }
}

#[support::test]
fn a_push_says_which_registry_namespace_it_is_for() {
    let alice = Account::new("alice", "wonder").in_registry_namespace("reg-a.test");
    let registry = ProgrammableRegistry::basic(&[alice]);
    let key = format!("{}?ns=reg-a.test", registry.address());
    let world =
        world_with(&registry.url(), &Image::small("one")).with_login(&key, "alice", "wonder");
    world.push(IMAGE).unwrap();
    for request in registry.requests() {
        assert_eq!(request.query_values("ns"), ["reg-a.test"], "{request:?}");
    }
}

#[support::test]
fn a_rejected_credential_stops_a_push() {
    let accounts = [Account::new("alice", "wonder")];
    for registry in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        let at = registry.address();
        let world = world_with(&registry.url(), &Image::small("one"))
            .with_login(&format!("{at}?ns=reg-a.test"), "alice", "old")
            .with_login(&at, "alice", "wonder");
        let error = world.push(IMAGE).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
        assert_eq!(registry.requests_with("old").len(), 1);
        assert!(registry.requests_with("wonder").is_empty());
    }
}

#[support::test]
fn a_forbidden_one_is_followed_by_the_next() {
    let accounts = [
        Account::new("reader", "one").read_only(),
        Account::new("alice", "wonder"),
    ];
    for registry in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        let at = registry.address();
        let world = world_with(&registry.url(), &Image::small("one"))
            .with_login(&format!("{at}?ns=reg-a.test"), "reader", "one")
            .with_login(&at, "alice", "wonder");
        world.push(IMAGE).unwrap();
    }
}

/// The steps of a push: looking for a blob, beginning an upload, sending, closing, the manifest.
const STEPS: [(&str, &str); 5] = [
    ("HEAD", "/blobs/sha256:"),
    ("POST", "/blobs/uploads/"),
    ("PATCH", "/blobs/uploads/"),
    ("PUT", "/blobs/uploads/"),
    ("PUT", "/manifests/v1"),
];

fn is_step(request: &Request, (method, path): (&str, &str)) -> bool {
    request.method == method && request.path.contains(path)
}

/// The same, and the host is not left alone for long.
fn impatient(mut world: World) -> World {
    world.options.timeouts.push_pause = Duration::from_millis(10);
    world
}

#[support::test]
fn passing_trouble_is_waited_for_within_bounds() {
    for reply in [
        Reply::status(408),
        Reply::status(429),
        Reply::status(429).header("Retry-After", "0"),
        Reply::status(429).header("Retry-After", "3600"),
        Reply::status(500),
        Reply::status(502),
        Reply::status(503),
        Reply::status(504),
        Reply::reset(),
    ] {
        for step in STEPS {
            let registry = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
            let image = Image::of_sizes("one", &[2000]);
            let world = impatient(world_with(&registry.url(), &image));
            let world = world.with_login(&registry.address(), "alice", "wonder");
            let at_step = move |it: &Request| it.basic().is_some() && is_step(it, step);
            registry.when_first(2, at_step, reply.clone());
            let pushed = world.push(IMAGE);
            assert!(pushed.is_ok(), "{step:?} {reply:?}: {pushed:?}");
            assert_eq!(
                registry.manifest("team/app", "v1").as_ref(),
                Some(&image.manifest)
            );
            registry.when(at_step, reply.clone());
            registry.forget_requests();
            let other = world.push("reg-a.test/team/other:v1");
            let asked = registry.requests().iter().filter(|it| at_step(it)).count();
            assert!(
                other.is_err() && asked <= 6,
                "{step:?} {reply:?}: {asked} times"
            );
        }
    }
}

#[support::test]
fn other_trouble_ends_a_push_at_once() {
    for status in [400, 404, 405, 413, 501] {
        let registry = ProgrammableRegistry::open();
        let world = world_with(&registry.url(), &Image::small("one"));
        let at_step = |it: &Request| is_step(it, STEPS[4]);
        registry.when(at_step, Reply::status(status));
        let error = world.push(IMAGE).unwrap_err();
        assert!(
            matches!(error.hosts[0].outcome, Outcome::Status { .. }),
            "{error}"
        );
        assert_eq!(
            registry.requests().iter().filter(|it| at_step(it)).count(),
            1
        );
    }
}

#[support::test]
fn what_the_layout_lacks_is_named() {
    let registry = ProgrammableRegistry::open();
    let world = world_with(&registry.url(), &Image::small("one"));
    let other = format!("reg-a.test/team/app@sha256:{}", "0".repeat(64));
    assert_eq!(world.push(&other).unwrap_err().kind, ErrorKind::NotFound);
    let blobs = world.layout().join("blobs/sha256");
    for file in std::fs::read_dir(&blobs).unwrap() {
        std::fs::write(file.unwrap().path(), "not what it was").unwrap();
    }
    let error = world.push(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Local, "{error}");
    assert!(error.to_string().contains("another digest"), "{error}");
    assert!(registry.requests().is_empty());
}

#[support::test(needs("docker-registry", "skopeo"))]
fn what_was_pulled_is_pushed_to_a_real_registry() {
    let source = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[10, 200_000]);
    source.put_image("team/app", "v1", &image);
    let target = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    let world = World::new()
        .with_hosts("reg-a.test", &[&source.url()])
        .with_hosts("reg-b.test", &[&target.url()])
        .with_login(target.address(), "alice", "wonder");
    world.pull(IMAGE).unwrap();
    world.push("reg-b.test/team/app:v1").unwrap();
    let skopeo = tools::find("skopeo").unwrap();
    let inspected = world
        .home
        .command(skopeo)
        .args([
            "inspect",
            "--tls-verify=false",
            "--creds",
            "alice:wonder",
            "--format",
            "{{.Digest}}",
        ])
        .arg(format!("docker://{}/team/app:v1", target.address()))
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&inspected.stdout).trim(),
        image.digest()
    );
    let layout = world.layout();
    let copied = world
        .home
        .command(tools::find("skopeo").unwrap())
        .args([
            "--insecure-policy",
            "copy",
            "--dest-tls-verify=false",
            "--dest-creds",
            "alice:wonder",
        ])
        .arg(format!("oci:{}:v1", layout.display()))
        .arg(format!("docker://{}/copied:v1", target.address()))
        .output()
        .unwrap();
    assert!(
        copied.status.success(),
        "{}",
        String::from_utf8_lossy(&copied.stderr)
    );
}
