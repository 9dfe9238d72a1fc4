//! Images are pushed through a real containerd.

use portunus_containerd::{Given, TransferErrorKind};
use support::account::Account;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::trials;

use crate::daemon_world::DaemonWorld;
use crate::http_world::World;

trials! {
    a_pulled_image_is_pushed_with_the_account_of_the_target needs ["containerd"],
    a_push_that_is_not_allowed_names_the_host_and_the_key needs ["containerd"],
    an_image_that_containerd_does_not_have_is_not_looked_for_elsewhere needs ["containerd"],
}

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

fn a_push_that_is_not_allowed_names_the_host_and_the_key() {
    for (account, said) in [
        (Account::new("alice", "other"), "rejected"),
        (
            Account::new("alice", "wonder").read_only(),
            "does not allow this with",
        ),
    ] {
        let registry = ProgrammableRegistry::basic(&[account]);
        let world = with_image(&registry, &Image::small("one"), "alice", "wonder");
        let error = world.push("reg-b.test/team/app:v1").unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Rejected, "{error}");
        let named = format!("{} {said}", registry.address());
        assert!(error.to_string().contains(&named), "{error}");
        world.assert_no_lease();
    }
}

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
