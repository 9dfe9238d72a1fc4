//! Images are pushed through a real containerd.

use portunus_containerd::{Given, TransferErrorKind};
use serde_json::json;
use support::account::Account;
use support::http::Reply;
use support::image::{Blob, Image, architecture};
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::daemon::DaemonWorld;
use worlds::http::World;

#[support::test(needs("containerd"))]
fn a_pulled_image_is_pushed_with_the_account_of_the_target() {
    let accounts = [Account::new("alice", "wonder")];
    for registry in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        let image = Image::of_sizes("one", &[100, 200, 300, 400]);
        let world = with_image(&registry, &image, "alice", "wonder");
        let report = world.push("reg-b.test/team/app:v1").unwrap();
        assert_eq!(report.digest, image.digest());
        assert_eq!(
            registry.manifest("team/app", "v1"),
            Some(image.manifest.clone())
        );
        assert!(!report.questions.is_empty());
        for question in &report.questions {
            assert!(
                matches!(question.given, Given::Credential { .. }),
                "{question:?}"
            );
        }
        world.assert_no_lease();
    }
}

#[support::test(needs("containerd"))]
fn a_push_that_is_not_allowed_names_the_host_and_the_key() {
    for (account, kind, said) in [
        (
            Account::new("alice", "other"),
            TransferErrorKind::Rejected,
            "rejected",
        ),
        (
            Account::new("alice", "wonder").read_only(),
            TransferErrorKind::Denied,
            "does not allow this with",
        ),
    ] {
        let registry = ProgrammableRegistry::basic(&[account]);
        let world = with_image(&registry, &Image::small("one"), "alice", "wonder");
        let error = world.push("reg-b.test/team/app:v1").unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        let named = format!("{} {said}", registry.address());
        assert!(error.to_string().contains(&named), "{error}");
        world.assert_no_lease();
    }
}

#[support::test(needs("containerd"))]
fn an_image_that_containerd_does_not_have_is_not_looked_for_elsewhere() {
    let registry = ProgrammableRegistry::open();
    let world = with_image(&registry, &Image::small("one"), "alice", "wonder");
    registry.forget_requests();
    let error = world.push("reg-b.test/team/other:v1").unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::NotFound, "{error}");
    assert!(
        registry.requests().iter().all(|it| it.path == "/v2/"),
        "only our own probe"
    );
}

#[support::test(needs("containerd"))]
fn an_index_that_is_there_for_some_platforms_is_pushed_once_the_others_are() {
    let (source, target) = (ProgrammableRegistry::open(), ProgrammableRegistry::open());
    let (ours, other) = (Image::small("ours"), Image::small("other"));
    source.put_image("team/app", "ours", &ours);
    source.put_image("team/app", "other", &other);
    let mut manifests = [&ours, &other].map(|image| image.manifest.descriptor());
    for (manifest, architecture) in manifests.iter_mut().zip([architecture(), "s390x"]) {
        manifest["platform"] = json!({ "os": "linux", "architecture": architecture });
    }
    let media_type = "application/vnd.oci.image.index.v1+json";
    let index = json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": manifests });
    let index = Blob::new(media_type, index.to_string().into_bytes());
    source.put_manifest("team/app", "v1", &index);
    let (from, to) = ("reg-a.test/team/app:v1", "reg-b.test/team/app:v1");
    let world = World::new()
        .with_hosts("reg-a.test", &[&source.url()])
        .with_hosts("reg-b.test", &[&target.url()]);
    let world = DaemonWorld::new(world);
    let socket = world.daemon.socket().to_str().unwrap();
    let run = |arguments: &[&str]| {
        let arguments = [arguments, &["--address", socket]].concat();
        world.world.home.portunus(&arguments).run()
    };
    run(&["pull", from, "--no-unpack"]).assert_success();
    let tag = ["images", "tag", from, to];
    world.daemon.ctr(&tag).assert_success();

    let ran = run(&["push", to]);
    ran.assert_code(6);
    let lacks = format!(
        "containerd does not have all of it: content digest {}: not found",
        other.digest()
    );
    let help = "help: pull its other platforms, by the name it was pulled by, with --platform and \
                --no-unpack\n";
    for told in [lacks.as_str(), help] {
        assert!(ran.stderr.contains(told), "{ran}");
    }

    let pull = ["pull", from, "--no-unpack", "--platform", "linux/s390x"];
    run(&pull).assert_success();
    run(&["push", to]).assert_success();
    assert_eq!(target.manifest("team/app", "v1"), Some(index));
}

#[support::test(needs("containerd"))]
fn a_containerd_namespace_that_is_not_there_is_named() {
    let registry = ProgrammableRegistry::open();
    let world = with_image(&registry, &Image::small("one"), "alice", "wonder");
    let socket = world.daemon.socket().to_str().unwrap();
    let push = ["push", "reg-b.test/team/app:v1", "--address", socket];
    for (name, code, told) in [
        (
            "absent",
            6,
            "no image of this name in the containerd namespace absent",
        ),
        ("no good", 2, "containerd namespace \"no good\": at most 76"),
    ] {
        let arguments = [&push[..], &["--namespace", name]].concat();
        let ran = world.world.home.portunus(&arguments).run();
        ran.assert_code(code);
        assert!(ran.stderr.contains(told), "{ran}");
    }
    let push = [&push[..], &["-n", "absent"]].concat();
    let ran = world.world.home.portunus(&push).run();
    let help = "help: run: ctr --namespace absent images ls";
    assert!(ran.stderr.contains(help), "{ran}");
    world.assert_no_lease();
}

/// containerd pushes to the first host that may be pushed to, and so do we.
#[support::test(needs("containerd"))]
fn a_push_that_fails_at_its_host_goes_to_no_other() {
    let replies = [400, 401, 403, 404, 500, 503].map(Reply::status);
    for reply in replies.into_iter().chain([Reply::reset()]) {
        let (first, second) = (ProgrammableRegistry::open(), ProgrammableRegistry::open());
        let world = with_image(&first, &Image::small("one"), "alice", "wonder");
        let capabilities = "capabilities = [\"push\"]";
        let text = format!(
            "[host.\"{}\"]\n{capabilities}\n[host.\"{}\"]\n{capabilities}\n",
            first.url(),
            second.url()
        );
        world.world.home.write_hosts_toml("reg-b.test", &text);
        first.when(|request| request.method != "GET", reply.clone());
        world.push("reg-b.test/team/app:v1").unwrap_err();
        assert!(
            first.requests().iter().any(|it| it.method != "GET"),
            "{reply:?}"
        );
        assert!(second.requests().is_empty(), "{reply:?}");
        world.assert_no_lease();
    }
}

#[support::test(needs("containerd"))]
fn a_push_without_a_host_for_it_reaches_nobody() {
    let registry = ProgrammableRegistry::open();
    let world = with_image(&registry, &Image::small("one"), "alice", "wonder");
    let text = format!(
        "server = \"{}\"\ncapabilities = [\"pull\"]\n",
        registry.url()
    );
    world.world.home.write_hosts_toml("reg-b.test", &text);
    registry.forget_requests();
    let socket = world.daemon.socket().to_str().unwrap();
    let push = ["push", "reg-b.test/team/app:v1", "--address", socket];
    let ran = world.world.home.portunus(&push).run();
    ran.assert_code(1);
    assert!(ran.stderr.contains("no host may be pushed to"), "{ran}");
    let help = "help: run: portunus hosts reg-b.test";
    assert!(ran.stderr.contains(help), "{ran}");
    let writes = |method: &str| method != "GET";
    assert!(!registry.requests().iter().any(|it| writes(&it.method)));
    world.assert_no_lease();
}

#[support::test(needs("containerd"))]
fn a_push_that_fails_names_the_host_that_was_asked_and_what_was_sent() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    let world = with_image(&registry, &Image::small("one"), "alice", "wonder");
    registry.when(|request| request.method == "POST", Reply::status(500));
    let socket = world.daemon.socket().to_str().unwrap();
    let host = registry.address();
    let file = json!({ "auths": { &host: { "username": "alice", "password": "wonder" } } });
    std::fs::write(world.world.home.docker_config(), file.to_string()).unwrap();
    let push = ["push", "reg-b.test/team/app:v1", "--address", socket];
    let ran = world.world.home.portunus(&push).run();
    ran.assert_code(1);
    for told in [
        format!("  http://{host}: was asked; sent: alice, `{host}`"),
        format!("POST request to http://{host}/v2/team/app/blobs/uploads/"),
        "500".to_owned(),
    ] {
        assert!(ran.stderr.contains(&told), "{told} in {ran}");
    }
}

#[support::test(needs("containerd"))]
fn a_push_tells_the_registry_namespace_where_the_version_does() {
    let registry = ProgrammableRegistry::open();
    let world = with_image(&registry, &Image::small("one"), "alice", "wonder");
    registry.forget_requests();
    let sends_ns = world.connect().version().sends_ns_on_push();
    world.push("reg-b.test/team/app:v1").unwrap();
    let requests = registry.requests();
    let puts: Vec<_> = requests.iter().filter(|it| it.method == "PUT").collect();
    assert!(puts.len() >= 2, "a manifest and blobs");
    for put in puts {
        let told = put.registry_namespace();
        assert_eq!(told.is_some(), sends_ns, "{put:?}");
    }
}

/// The image is in containerd as `reg-b.test/team/app:v1`, and that goes to `target`.
fn with_image(
    target: &ProgrammableRegistry,
    image: &Image,
    user: &str,
    password: &str,
) -> DaemonWorld {
    let source = ProgrammableRegistry::open();
    source.put_image("team/app", "v1", image);
    let server = format!("server = \"{}\"\n", target.url());
    let world = World::new()
        .with_hosts("reg-a.test", &[&source.url()])
        .with_hosts_toml("reg-b.test", &server)
        .with_login(&target.address(), user, password);
    let world = DaemonWorld::new(world);
    world.pull("reg-a.test/team/app:v1").unwrap();
    let (from, to) = ("reg-a.test/team/app:v1", "reg-b.test/team/app:v1");
    world
        .daemon
        .ctr(&["images", "tag", from, to])
        .assert_success();
    world
}
