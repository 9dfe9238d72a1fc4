//! Pushing from a layout: to one host, with one account, into what others can read.

use portunus_http::ErrorKind;
use support::account::Account;
use support::docker_registry::{Auth, DockerRegistry};
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::tools;
use worlds::http::World;

use crate::worlds::world_with;

const IMAGE: &str = "reg-a.test/team/app:v1";

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
fn an_upload_goes_on_wherever_a_success_leads() {
    for status in [200, 201, 202, 204] {
        let front = HttpServer::start(move |request| {
            let is_start = request.method == "POST" && request.path.ends_with("/uploads/");
            match (is_start, request.method.as_str()) {
                (true, _) => Reply::status(status).header("Location", "/v2/team/app/up/1"),
                (_, "HEAD") => Reply::status(404),
                (_, "PATCH") => Reply::status(202).header("Location", "/v2/team/app/up/2"),
                _ => Reply::status(201),
            }
        });
        let world = world_with(&front.url(), &Image::small("one"));
        world.push(IMAGE).unwrap();
        let puts = front.requests().into_iter();
        let puts = puts.filter(|it| it.method == "PUT" && it.path.ends_with("/up/2"));
        assert!(puts.count() > 0, "{status}");
    }
    let nowhere = HttpServer::start(|request| match request.method.as_str() {
        "HEAD" => Reply::status(404),
        _ => Reply::status(200),
    });
    let world = world_with(&nowhere.url(), &Image::small("one"));
    let error = world.push(IMAGE).unwrap_err();
    assert!(error.to_string().contains("answered 200"), "{error}");
}

/// As Go does for what has a body: 307 and 308 keep it. What is elsewhere is shown no secret.
#[support::test]
fn a_push_goes_on_where_a_redirect_keeps_its_method() {
    for (status, elsewhere) in [(307, false), (308, false), (307, true)] {
        let target = ProgrammableRegistry::open();
        let registry = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
        let led = match elsewhere {
            true => target.url().replace("127.0.0.1", "localhost"),
            false => registry.url(),
        };
        registry.answer_with(move |it| {
            let starts = it.method == "POST" && it.path.ends_with("/uploads/");
            let puts = it.method == "PUT" && it.path.contains("/manifests/");
            let leads =
                (starts || puts) && it.basic().is_some() && it.query_values("led").is_empty();
            let to = format!("{led}{}?led=1", it.path);
            leads.then(|| Reply::status(status).header("Location", &to))
        });
        let image = Image::small("one");
        let world =
            world_with(&registry.url(), &image).with_login(&registry.address(), "alice", "wonder");
        world.push(IMAGE).unwrap();
        let held = match elsewhere {
            true => target.manifest("team/app", "v1"),
            false => registry.manifest("team/app", "v1"),
        };
        assert_eq!(held.as_ref(), Some(&image.manifest), "{status}");
        assert!(target.requests().iter().all(|it| it.basic().is_none()));
    }
    let registry = ProgrammableRegistry::open();
    let moved = "https://elsewhere.test/v2/team/app/blobs/uploads/";
    registry.when(
        |it| it.method == "POST",
        Reply::status(301).header("Location", moved),
    );
    let world = world_with(&registry.url(), &Image::small("one"));
    let error = world.push(IMAGE).unwrap_err();
    let said = "sends us to https://elsewhere.test (301)";
    assert!(error.to_string().contains(said), "{error}");
}

#[support::test]
fn a_manifest_that_is_kept_as_another_one_is_not_pushed() {
    let registry = ProgrammableRegistry::open();
    let other = format!("sha256:{}", "1".repeat(64));
    registry.when(
        |it| it.method == "PUT" && it.path.contains("/manifests/"),
        Reply::status(201).header("Docker-Content-Digest", &other),
    );
    let image = Image::small("one");
    let error = world_with(&registry.url(), &image).push(IMAGE).unwrap_err();
    let said = format!("has kept {} as {other}", image.digest());
    assert!(error.to_string().contains(&said), "{error}");
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
