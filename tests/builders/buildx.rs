//! docker buildx as it is, at a builder that two accounts share.
//!
//! BuildKit's own client proves the same authority whatever the account, as long as the docker
//! configuration folder is the same: two profiles need two folders, and a switch a new seed.

use std::path::{Path, PathBuf};

use support::process::{self, Ran};
use support::programmable_registry::ProgrammableRegistry;
use support::{program, tools};

use crate::worlds::workshop::{Workshop, accounts};

const PRIVATE: &str = "proj-a/private:v1";

/// A builder, and an image that ann alone may read.
fn workshop(registry: &ProgrammableRegistry) -> Workshop {
    let workshop = Workshop::new(&registry.address(), None);
    workshop.put_image(PRIVATE);
    let helper = program::portunus();
    workshop.home.link(&helper, "docker-credential-portunus");
    workshop
}

/// Builds on ann's image with the accounts of a docker configuration folder.
fn build(workshop: &Workshop, folder: &Path, profile: Option<&str>) -> Ran {
    let context = workshop.context_on("private", PRIVATE, "the same for both");
    let host = format!("unix://{}", workshop.socket().display());
    let mut build = workshop
        .home
        .command(tools::program("docker/docker-buildx"));
    build.env("DOCKER_CONFIG", folder).env("DOCKER_HOST", host);
    if let Some(profile) = profile {
        build.env("PORTUNUS_PROFILE", profile);
    }
    build.args(["build", "--pull", "--progress=plain", &context]);
    process::run(&mut build, b"")
}

/// What `portunus profile docker-config` makes.
fn folder_of(workshop: &Workshop, profile: &str) -> PathBuf {
    let ran = workshop
        .home
        .portunus(&["profile", "docker-config", profile])
        .run();
    PathBuf::from(ran.assert_success().stdout.trim_end())
}

#[support::test(needs(
    "docker/docker-buildx",
    "docker/dockerd",
    "containerd",
    "runc",
    "docker-daemon?"
))]
fn a_folder_for_each_profile_keeps_two_accounts_apart() {
    let registry = ProgrammableRegistry::bearer(&accounts("canary-ann"));
    let workshop = workshop(&registry);
    let [ann, ben] = ["ann", "ben"].map(|profile| folder_of(&workshop, profile));
    build(&workshop, &ben, None).assert_code(1);
    build(&workshop, &ann, None).assert_success();
    build(&workshop, &ben, None).assert_code(1);
    build(&workshop, &ann, None).assert_success();
}

#[support::test(needs(
    "docker/docker-buildx",
    "docker/dockerd",
    "containerd",
    "runc",
    "docker-daemon?"
))]
fn after_a_switch_in_one_folder_nothing_is_left_of_the_old_account() {
    let registry = ProgrammableRegistry::bearer(&accounts("canary-ann"));
    let workshop = workshop(&registry);
    let folder = folder_of(&workshop, "shared");
    workshop.log_in_to("shared", "ann", "canary-ann");
    build(&workshop, &folder, None).assert_success();
    workshop.log_in_to("shared", "ben", "canary-ben");
    build(&workshop, &folder, None).assert_code(1);
    workshop.log_in_to("shared", "ann", "canary-ann");
    build(&workshop, &folder, None).assert_success();
    let logout = ["logout", "--profile", "shared", &registry.address()];
    workshop.home.portunus(&logout).run().assert_success();
    build(&workshop, &folder, None).assert_code(1);
}

/// What goes wrong without: kept to show when BuildKit no longer does so.
#[support::test(needs(
    "docker/docker-buildx",
    "docker/dockerd",
    "containerd",
    "runc",
    "docker-daemon?"
))]
fn in_one_folder_a_builder_gives_one_account_s_token_to_the_other() {
    let registry = ProgrammableRegistry::bearer(&accounts("canary-ann"));
    let workshop = workshop(&registry);
    let folder = workshop.home.path().join("one-for-both");
    std::fs::create_dir(&folder).unwrap();
    let config = r#"{"credsStore":"portunus"}"#;
    std::fs::write(folder.join("config.json"), config).unwrap();
    build(&workshop, &folder, Some("ann")).assert_success();
    registry.forget_requests();
    build(&workshop, &folder, Some("ben")).assert_success();
    let bearers = registry.requests();
    let mut bearers = bearers.iter().filter_map(|it| it.bearer());
    assert!(bearers.any(|token| token.ends_with("-of-ann")));
}
