//! A session of ours beside BuildKit's own client, which docker buildx is: two accounts push what has
//! the same layers, each client to a builder of the same kind.

use support::process::{self, Ran};
use support::programmable_registry::ProgrammableRegistry;

use crate::buildx::{buildx, folder_of, workshop};
use crate::worlds::workshop::{Workshop, accounts};

/// Builds and pushes with BuildKit's own client, in the folder of a profile.
fn build_by_buildx(workshop: &Workshop, image: &str, user: &str, context: &str) -> Ran {
    let arguments = ["build", "--progress=plain", "--push", "-t", image, context];
    let mut build = buildx(workshop, &folder_of(workshop, user), &arguments);
    process::run(&mut build, b"")
}

/// Both builds, and the token requests of each.
fn build_both(registry: &ProgrammableRegistry, by: &str) -> [(Ran, usize); 2] {
    let workshop = workshop(registry);
    let context = workshop.context("one", "the same in both");
    [("ann", "proj-a/app:v1"), ("ben", "proj-b/app:v1")].map(|(user, image)| {
        registry.forget_requests();
        let ran = match by {
            "buildx" => {
                let image = format!("{}/{image}", registry.address());
                build_by_buildx(&workshop, &image, user, &context)
            }
            "a session" => workshop.build(user, image, &context),
            _ => workshop.build_with(&["--no-mount"], user, image, &context),
        };
        let requests = registry.requests().into_iter();
        let asked = requests.filter(|it| it.path == "/token").count();
        println!("{by}, {user}: {asked} token requests");
        (ran, asked)
    })
}

#[support::test(
    long,
    needs(
        "docker/docker-buildx",
        "docker/dockerd",
        "containerd",
        "runc",
        "docker-daemon?"
    )
)]
fn a_session_asks_for_no_more_tokens_than_buildkit_s_own_client() {
    let [theirs, ours, alone] = ["buildx", "a session", "without mounts"].map(|by| {
        let registry = ProgrammableRegistry::bearer(&accounts("canary-ann"));
        build_both(&registry, by).map(|(ran, asked)| {
            ran.assert_success();
            asked
        })
    });
    for (theirs, ours) in theirs.iter().zip(ours).chain(theirs.iter().zip(alone)) {
        assert!(ours <= *theirs, "{ours} > {theirs}");
    }
}

/// What goes wrong with folders alone: kept to show when BuildKit no longer does so.
#[support::test(
    long,
    needs(
        "docker/docker-buildx",
        "docker/dockerd",
        "containerd",
        "runc",
        "docker-daemon?"
    )
)]
fn a_realm_that_refuses_the_whole_fails_buildx_and_no_session() {
    let build_both = |by| {
        let registry = ProgrammableRegistry::settings_bearer(&accounts("canary-ann"));
        build_both(&registry.strict().start(), by)
    };
    let [(ann, _), (ben, _)] = build_both("buildx");
    ann.assert_success();
    ben.assert_code(1);
    // And it names to ben a repository that ann alone may read.
    assert!(
        ben.output().contains("pushing with mount from proj-a/app"),
        "{ben}"
    );
    for by in ["a session", "without mounts"] {
        for (ran, _) in build_both(by) {
            ran.assert_success();
        }
    }
    let [_, (ben, _)] = build_both("without mounts");
    assert!(!ben.output().contains("proj-a"), "{ben}");
}
