//! When a host does not help, the next one is asked; when none does, every host is named.

use portunus_http::{ErrorKind, Platforms, PullOptions};
use serde_json::json;
use support::account::Account;
use support::http::{Reply, Request};
use support::image::{Blob, Image};
use support::port;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::{good_registry, impatient};

const IMAGE: &str = "reg-a.test/team/app:v1";

fn is_blob(request: &Request) -> bool {
    request.path.contains("/blobs/")
}

#[support::test(waits)]
fn every_kind_of_trouble_leads_to_the_next_host() {
    let (good, _) = good_registry();
    let bad = ProgrammableRegistry::open();
    let statuses = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504];
    let mut replies: Vec<Reply> = statuses.into_iter().map(Reply::status).collect();
    replies.extend([
        Reply::reset(),
        Reply::silence(),
        Reply::raw("not http\r\n\r\n"),
        Reply::challenge("Negotiate"),
        Reply::challenge("Basic realm=\"r\""),
        Reply::challenge(&format!(
            "Bearer realm=\"http://127.0.0.1:{}/token\"",
            port::free()
        )),
        Reply::redirect("http://nowhere.invalid/"),
        Reply::status(429).header("Retry-After", "3600"),
    ]);
    for reply in replies {
        bad.always(reply.clone());
        let world = World::new().with_hosts("reg-a.test", &[&bad.url(), &good.url()]);
        let pulled = impatient(world).pull(IMAGE);
        assert!(pulled.is_ok(), "{reply:?}: {pulled:?}");
    }
    let refused = format!("http://127.0.0.1:{}", port::free());
    let no_tls = format!("https://{}", good.address());
    for host in [
        refused.as_str(),
        &no_tls,
        "http://nowhere.invalid",
        "http://a..b",
    ] {
        let world = World::new().with_hosts("reg-a.test", &[host, &good.url()]);
        let pulled = world.pull(IMAGE);
        assert!(pulled.is_ok(), "{host}: {pulled:?}");
    }
}

#[support::test]
fn trouble_with_a_blob_alone_leads_to_the_next_host() {
    let (good, image) = good_registry();
    let digest = &image.layers[1].digest;
    for reply in [
        Reply::status(404),
        Reply::status(500),
        Reply::reset(),
        Reply::endless(),
        Reply::status(200).body("false"),
        Reply::status(200).body(vec![b'x'; 50_000]),
        Reply::cut_short("abc", 50_000),
        Reply::status(416),
    ] {
        let (bad, _) = good_registry();
        let blob = digest.clone();
        bad.when(move |request| request.path.contains(&blob), reply.clone());
        let world = World::new().with_hosts("reg-a.test", &[&bad.url(), &good.url()]);
        let pulled = impatient(world).pull(IMAGE);
        assert!(pulled.is_ok(), "{reply:?}: {pulled:?}");
    }
}

#[support::test]
fn a_blob_goes_on_where_it_broke_off() {
    let (good, image) = good_registry();
    let (bad, _) = good_registry();
    let layer = &image.layers[1];
    let start = layer.bytes[..1000].to_vec();
    let digest = layer.digest.clone();
    bad.when(
        move |request| request.path.contains(&digest),
        Reply::cut_short(start, layer.bytes.len() as u64),
    );
    let world = World::new().with_hosts("reg-a.test", &[&bad.url()]);
    let error = world.pull(IMAGE).unwrap_err();
    assert!(
        error.to_string().contains("broke off after 1000 bytes"),
        "{error}"
    );
    let world = world.with_hosts("reg-a.test", &[&good.url()]);
    world.pull(IMAGE).unwrap();
    let ranges: Vec<_> = good
        .requests()
        .iter()
        .filter_map(|it| it.header("range").map(str::to_owned))
        .collect();
    assert_eq!(ranges, ["bytes=1000-"]);
    assert!(world.said.lines().contains(&"started at 1000".to_owned()));
}

#[support::test]
fn hosts_without_the_capability_are_not_asked() {
    let (good, _) = good_registry();
    let (push_only, _) = good_registry();
    let (no_tags, _) = good_registry();
    let toml = format!(
        "server = \"{}\"\n[host.\"{}\"]\ncapabilities = [\"push\"]\n[host.\"{}\"]\ncapabilities = [\"pull\"]\n",
        good.url(),
        push_only.url(),
        no_tags.url(),
    );
    let world = World::new().with_hosts_toml("reg-a.test", &toml);
    world.pull(IMAGE).unwrap();
    assert!(push_only.requests().is_empty());
    assert!(
        no_tags
            .requests()
            .iter()
            .all(|it| !it.path.ends_with("/v1"))
    );
    assert!(no_tags.requests().iter().any(is_blob));
}

#[support::test]
fn when_no_host_helps_the_error_lists_each_with_its_answer_and_key() {
    let mirror = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    let server = ProgrammableRegistry::open();
    let key = format!("{}?ns=reg-a.test", mirror.address());
    let world = World::new()
        .with_hosts("reg-a.test", &[&mirror.url(), &server.url()])
        .with_login(&key, "alice", "canary-7c1f");
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot pull {IMAGE}: {} (resolve): rejected the credential; sent: alice, `{key}` from \
             memory | {} (resolve): not found (404); no credential was sent",
            mirror.url(),
            server.url(),
        )
    );
}

#[support::test]
fn the_kind_of_an_error_is_what_helps_most() {
    let basic = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    let empty = ProgrammableRegistry::open();
    let closed = format!("http://127.0.0.1:{}", port::free());
    for (hosts, kind) in [
        (vec![empty.url()], ErrorKind::NotFound),
        (vec![empty.url(), closed.clone()], ErrorKind::Network),
        (vec![basic.url(), empty.url()], ErrorKind::NotLoggedIn),
        (vec![closed, basic.url()], ErrorKind::NotLoggedIn),
    ] {
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let error = World::new()
            .with_hosts("reg-a.test", &hosts)
            .pull(IMAGE)
            .unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
    }
}

#[support::test]
fn a_rejected_key_is_followed_by_the_next_one_and_named() {
    let accounts = [Account::new("alice", "wonder")];
    for registry in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        registry.put_image("team/app", "v1", &Image::small("one"));
        let at = registry.address();
        let world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&format!("{at}?ns=reg-a.test"), "alice", "old")
            .with_login(&at, "alice", "wonder");
        world.pull(IMAGE).unwrap();
        let shown = registry
            .requests()
            .iter()
            .filter(|it| it.contains("old"))
            .count();
        assert_eq!(shown, 1);
        let warning = format!("rejected alice, `{at}?ns=reg-a.test` from memory");
        assert!(
            world
                .said
                .lines()
                .iter()
                .any(|line| line.contains(&warning)),
            "{:?}",
            world.said.lines()
        );
    }
}

#[support::test]
fn anonymity_after_a_rejection_has_to_be_asked_for() {
    let registry = ProgrammableRegistry::settings_bearer(&[Account::new("alice", "wonder")])
        .public("team/app")
        .start();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let mut world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    world.pull(IMAGE).unwrap();
    std::fs::remove_dir_all(world.layout()).unwrap();
    world = world.with_login(&registry.address(), "alice", "old");
    assert_eq!(world.pull(IMAGE).unwrap_err().kind, ErrorKind::Rejected);
    world.options.anonymous_fallback = true;
    world.pull(IMAGE).unwrap();
    assert!(
        world
            .said
            .lines()
            .iter()
            .any(|line| line.contains("anonymously"))
    );
}

#[support::test]
fn an_index_is_pulled_whole_or_for_one_platform() {
    let registry = ProgrammableRegistry::open();
    let (arm, amd) = (Image::small("arm"), Image::small("amd"));
    let mut index = index_of(&arm, "arm64");
    for (image, architecture) in [(&arm, "arm64"), (&amd, "amd64")] {
        registry.put_image("team/app", architecture, image);
    }
    let more = index_of(&amd, "amd64")["manifests"][0].take();
    index["manifests"].as_array_mut().unwrap().push(more);
    let index = Blob::new(
        "application/vnd.oci.image.index.v1+json",
        index.to_string().into(),
    );
    registry.put_manifest("team/app", "v1", &index);
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let mut options = PullOptions::default();
    options.platforms = Platforms::Only("linux/amd64".parse().unwrap());
    let pulled = world.pull_with(&world.client(), IMAGE, &options).unwrap();
    assert_eq!(pulled.manifest.digest, amd.digest());
    assert!(
        registry
            .requests()
            .iter()
            .all(|it| !it.path.contains(arm.digest()))
    );
    let pulled = world.pull(IMAGE).unwrap();
    assert_eq!(pulled.manifest.digest, index.digest);
    let mut lying = index_of(&arm, "arm64");
    lying["manifests"][0]["size"] = 7.into();
    let lying = Blob::new(
        "application/vnd.oci.image.index.v1+json",
        lying.to_string().into(),
    );
    registry.put_manifest("team/app", "lying", &lying);
    std::fs::remove_dir_all(world.layout()).unwrap();
    let error = world.pull("reg-a.test/team/app:lying").unwrap_err();
    assert!(error.to_string().contains("bytes instead of 7"), "{error}");
    options.platforms = Platforms::Only("plan9/mips".parse().unwrap());
    let error = world
        .pull_with(&world.client(), IMAGE, &options)
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(
        error.to_string().contains("no image for plan9/mips"),
        "{error}"
    );
}

fn index_of(image: &Image, architecture: &str) -> serde_json::Value {
    let mut descriptor = image.manifest.descriptor();
    descriptor["platform"] = json!({ "os": "linux", "architecture": architecture });
    json!({ "schemaVersion": 2, "manifests": [descriptor] })
}
