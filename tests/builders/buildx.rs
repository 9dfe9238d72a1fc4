//! docker buildx as it is, at a builder that two accounts share.
//!
//! BuildKit's own client proves the same authority whatever the account, as long as the docker
//! configuration folder is the same: two profiles need two folders, and a switch a new seed.

use std::path::{Path, PathBuf};
use std::process::Command;

use support::process::{self, Ran};
use support::programmable_registry::ProgrammableRegistry;
use support::{program, tools};

use crate::worlds::workshop::{Workshop, accounts};

pub(crate) const PRIVATE: &str = "proj-a/private:v1";

/// A builder, and an image that ann alone may read.
pub(crate) fn workshop(registry: &ProgrammableRegistry) -> Workshop {
    let workshop = Workshop::new(&registry.address(), None);
    workshop.put_image(PRIVATE);
    let helper = program::portunus();
    workshop.home.link(&helper, "docker-credential-portunus");
    workshop
}

/// Builds on ann's image with the accounts of a docker configuration folder.
fn build(workshop: &Workshop, folder: &Path, profile: Option<&str>) -> Ran {
    let context = workshop.context_on("private", PRIVATE, "the same for both");
    let mut build = buildx(workshop, folder, &["build", "--pull", "--progress=plain"]);
    if let Some(profile) = profile {
        build.env("PORTUNUS_PROFILE", profile);
    }
    process::run(build.arg(context), b"")
}

/// docker buildx with a docker configuration folder.
pub(crate) fn buildx(workshop: &Workshop, folder: &Path, arguments: &[&str]) -> Command {
    let host = format!("unix://{}", workshop.socket().display());
    let mut buildx = workshop
        .home
        .command(tools::program("docker/docker-buildx"));
    buildx.env("DOCKER_CONFIG", folder).env("DOCKER_HOST", host);
    buildx.args(arguments);
    buildx
}

/// What `portunus profile docker-config` makes.
pub(crate) fn folder_of(workshop: &Workshop, profile: &str) -> PathBuf {
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

#[support::test(needs(
    "docker/docker",
    "docker/docker-buildx",
    "docker/dockerd",
    "containerd",
    "runc",
    "docker-daemon?"
))]
fn a_profile_may_have_a_builder_of_its_own() {
    let registry = ProgrammableRegistry::bearer(&accounts("canary-ann"));
    let workshop = workshop(&registry);
    let host = format!("unix://{}", workshop.socket().display());
    let run = |arguments: &[&str], variable: &str| {
        let mut command = workshop.home.command(program::portunus());
        command.args(["profile"]).args(arguments);
        command.env("DOCKER_HOST", &host).env(variable, "elsewhere");
        process::run(&mut command, b"")
    };
    let make = ["docker-config", "--builder", "ann"];
    let without_docker = run(&make, "UNUSED");
    without_docker.assert_code(1);
    assert!(
        without_docker.stderr.contains("docker cannot be run"),
        "{without_docker}"
    );
    let plugins = workshop.home.docker_dir().join("cli-plugins");
    std::fs::create_dir(&plugins).unwrap();
    let plugin = tools::program("docker/docker-buildx");
    std::os::unix::fs::symlink(plugin, plugins.join("docker-buildx")).unwrap();
    workshop
        .home
        .link(&tools::program("docker/docker"), "docker");
    for variable in ["BUILDX_BUILDER", "BUILDX_CONFIG"] {
        run(&make, variable).assert_code(2);
    }
    let made = run(&make, "UNUSED");
    let folder = PathBuf::from(made.assert_success().stdout.trim_end());
    let again = run(&make, "UNUSED");
    assert_eq!(again.assert_success().output(), made.output());
    let used = |folder: &Path| {
        let ran = process::run(&mut buildx(&workshop, folder, &["ls"]), b"");
        let mut names = ran.assert_success().stdout.lines();
        names.find_map(|line| Some(line.split_once("* ")?.0.to_owned()))
    };
    let builder = used(&folder).unwrap();
    assert!(builder.starts_with("portunus-ann-"), "{builder}");
    assert!(made.stderr.contains(&builder), "{made}");
    let other = run(&["docker-config", "--builder", "ben"], "UNUSED");
    let other = used(other.assert_success().stdout.trim_end().as_ref()).unwrap();
    assert_ne!(other, builder);
    run(&["remove", "ann", "--yes"], "UNUSED").assert_success();
    assert!(!folder.exists());
}
