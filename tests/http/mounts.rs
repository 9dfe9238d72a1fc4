//! Blobs that the registry has in another repository are mounted, where one account may.

use portunus::credential::Credential;
use portunus::name::Repository;
use portunus::store::Provenance;
use portunus_http::PushOptions;
use serde_json::Value;
use support::account::Account;
use support::docker_registry::{Auth, DockerRegistry};
use support::home::Home;
use support::http::{Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::token_server::TokenServer;
use worlds::http::World;
use worlds::login::{ALICE, log_in};

use crate::worlds::world_with;

const IMAGE: &str = "reg-a.test/team/app:v1";

fn mounting_from(repository: &str) -> PushOptions {
    let mut options = PushOptions::default();
    options
        .mount_from
        .push(Repository::new(repository).unwrap());
    options
}

fn mounts(registry: &ProgrammableRegistry) -> usize {
    let mount = |it: &&Request| it.query_value("mount").is_some();
    registry.requests().iter().filter(mount).count()
}

#[support::test]
fn a_blob_is_mounted_only_where_one_credential_covers_both() {
    let accounts = [
        Account::new("alice", "wonder"),
        Account::new("team", "only").only("team"),
    ];
    for registry in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        let at = registry.address();
        let image = Image::small("one");
        registry.put_image("base/image", "v1", &image);
        let world = world_with(&registry.url(), &image).with_login(&at, "alice", "wonder");
        world
            .push_with(IMAGE, &mounting_from("base/image"))
            .unwrap();
        assert!(mounts(&registry) > 0);
        let uploads = |it: &Request| it.method == "PATCH";
        assert!(!registry.requests().iter().any(uploads));
        registry.forget_requests();
        let image = Image::small("two");
        registry.put_image("base/image", "v1", &image);
        let world = world_with(&registry.url(), &image).with_login(
            &format!("{at}?path=team"),
            "team",
            "only",
        );
        world
            .push_with(IMAGE, &mounting_from("base/image"))
            .unwrap();
        assert_eq!(mounts(&registry), 0);
    }
}

#[support::test]
fn a_refused_mount_becomes_an_upload() {
    let accounts = [Account::new("alice", "wonder").only("team")];
    for registry in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        for refusal in [None, Some(400), Some(401), Some(403), Some(500)] {
            let image = Image::small(&format!("{refusal:?}"));
            registry.put_image("base/image", "v1", &image);
            registry.forget_rules();
            if let Some(status) = refusal {
                registry.when(
                    |it| it.query_value("mount").is_some(),
                    Reply::status(status),
                );
            }
            let world = world_with(&registry.url(), &image).with_login(
                &registry.address(),
                "alice",
                "wonder",
            );
            world
                .push_with(IMAGE, &mounting_from("base/image"))
                .unwrap();
            assert!(registry.manifest("team/app", "v1").is_some());
        }
    }
}

fn uploads(registry: &ProgrammableRegistry) -> usize {
    let patch = |it: &&Request| it.method == "PATCH";
    registry.requests().iter().filter(patch).count()
}

/// The repositories that blobs were to be mounted from.
fn sources(registry: &ProgrammableRegistry) -> Vec<String> {
    let requests = registry.requests();
    let mut from: Vec<_> = requests
        .iter()
        .filter_map(|it| it.query_value("from"))
        .collect();
    from.dedup();
    from
}

#[support::test]
fn what_was_pulled_is_mounted_from_where_it_came() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", "wonder")]);
    let image = Image::small("one");
    registry.put_image("base/image", "v1", &image);
    for (pulled_as, mounted) in [("reg-a.test", true), ("reg-b.test", false)] {
        let world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_hosts("reg-b.test", &[&registry.url()])
            .with_login(&registry.address(), "alice", "wonder");
        world.pull(&format!("{pulled_as}/base/image:v1")).unwrap();
        registry.forget_requests();
        let target = format!("team/{mounted}");
        world.push(&format!("reg-a.test/{target}:v1")).unwrap();
        assert_eq!(
            (mounts(&registry) > 0, uploads(&registry) == 0),
            (mounted, mounted)
        );
        let scopes: Vec<_> = registry
            .requests()
            .iter()
            .flat_map(|it| it.query_values("scope"))
            .collect();
        let scopes = scopes.join(" ");
        assert_eq!(
            scopes.contains("repository:base/image:pull"),
            mounted,
            "{scopes}"
        );
        assert!(registry.manifest(&target, "v1").is_some());
    }
}

#[support::test]
fn containerds_note_of_the_source_is_used() {
    let registry = ProgrammableRegistry::open();
    let image = Image::small("one");
    registry.put_image("base/image", "v1", &image);
    let world = world_with(&registry.url(), &image);
    let index = world.layout().join("index.json");
    let mut listed: Value = serde_json::from_slice(&std::fs::read(&index).unwrap()).unwrap();
    let note = "containerd.io/distribution.source.reg-a.test";
    listed["manifests"][0]["annotations"][note] = "team/app,base/image".into();
    std::fs::write(&index, listed.to_string()).unwrap();
    world.push(IMAGE).unwrap();
    assert_eq!(
        (sources(&registry), uploads(&registry)),
        (vec!["base/image".to_owned()], 0)
    );
}

#[support::test]
fn a_path_mirror_mounts_below_its_path() {
    let registry = ProgrammableRegistry::open();
    let image = Image::small("one");
    registry.put_image("proxy/base/image", "v1", &image);
    let toml = format!(
        "server = \"{}/v2/proxy\"\noverride_path = true\n",
        registry.url()
    );
    let world = World::new().with_hosts_toml("reg-a.test", &toml);
    world.write_layout(&image, "v1");
    world
        .push_with(IMAGE, &mounting_from("base/image"))
        .unwrap();
    assert_eq!(sources(&registry), ["proxy/base/image"]);
    assert!(registry.manifest("proxy/team/app", "v1").is_some() && uploads(&registry) == 0);
}

#[support::test(needs("docker-registry"))]
fn a_real_registry_mounts_with_one_token() {
    let tokens = TokenServer::start(&[Account::new("alice", "wonder")]);
    let registry = DockerRegistry::start(&Auth::Tokens(&tokens));
    let world = world_with(&registry.url(), &Image::of_sizes("one", &[10, 200_000]));
    let alice = Credential::password("alice", "wonder");
    world.store_under(registry.address(), &alice, |note| {
        note.realm = Some(tokens.realm())
    });
    world.push("reg-a.test/base/image:v1").unwrap();
    let uploaded = registry.log().matches("PATCH").count();
    world
        .push_with(IMAGE, &mounting_from("base/image"))
        .unwrap();
    assert_eq!(registry.log().matches("PATCH").count(), uploaded);
    world.pull(IMAGE).unwrap();
}

#[support::test(needs("docker-registry"))]
fn a_real_registry_that_refuses_a_mount_is_sent_the_blob() {
    let accounts = [
        Account::new("alice", "wonder"),
        Account::new("bob", "builder").only("team"),
    ];
    let tokens = TokenServer::start(&accounts);
    let registry = DockerRegistry::start(&Auth::Tokens(&tokens));
    let world = world_with(&registry.url(), &Image::of_sizes("one", &[10, 200_000]));
    let log_in = |user, password| {
        let credential = Credential::password(user, password);
        let pin = |note: &mut Provenance| note.realm = Some(tokens.realm());
        world.store_under(registry.address(), &credential, pin);
    };
    log_in("alice", "wonder");
    world.push("reg-a.test/base/image:v1").unwrap();
    let uploaded = registry.log().matches("PATCH").count();
    log_in("bob", "builder");
    world
        .push_with(IMAGE, &mounting_from("base/image"))
        .unwrap();
    assert!(registry.log().matches("PATCH").count() > uploaded);
    world.pull(IMAGE).unwrap();
}

#[support::test(needs("docker-registry"))]
fn the_program_mounts_what_it_pulled_or_is_told() {
    let tokens = TokenServer::start(&[Account::new("alice", ALICE)]);
    let registry = DockerRegistry::start(&Auth::Tokens(&tokens));
    let at = registry.address();
    let home = Home::new();
    log_in(&home, &["--trust-realm", &tokens.realm(), at]).assert_success();
    let layout = home.path().join("layout");
    let image = Image::of_sizes("one", &[10, 200_000]);
    let push = |name: &str, more: &[&str]| {
        let image = format!("{at}/{name}:v1");
        let layout = layout.to_str().unwrap();
        let push = ["push", &image, "--oci-layout", layout];
        home.portunus(&[&push[..], more].concat())
            .run()
            .assert_success();
        registry.log().matches("PATCH").count()
    };
    image.write_oci_layout(&layout, "v1");
    let uploaded = push("base/image", &[]);
    assert!(uploaded > 0);
    // The layout does not say where it came from.
    assert_eq!(push("team/told", &["--mount-from", "base/image"]), uploaded);
    std::fs::remove_dir_all(&layout).unwrap();
    let pull = [
        "pull",
        &format!("{at}/base/image:v1"),
        "--oci-layout",
        layout.to_str().unwrap(),
    ];
    home.portunus(&pull).run().assert_success();
    assert_eq!(push("team/pulled", &[]), uploaded);
    let both = |it: &Request| {
        let scopes = it.query_values("scope").join(" ");
        scopes.contains("repository:base/image:pull")
            && scopes.contains("repository:team/pulled:pull,push")
    };
    let grants = tokens.requests();
    let forms = |it: &Request| {
        it.form_values("scope")
            .join(" ")
            .contains("base/image:pull")
    };
    assert!(grants.iter().any(|it| both(it) || forms(it)), "{grants:?}");
}
