//! Under sudo the program sees root's logins, and says so where one is missing.

use support::docker_registry::{Auth, DockerRegistry};
use support::home::Home;
use support::image::Image;
use support::registry_client::{self, Login};

const NOTE: &str = "under sudo these are root's logins; those of amy are found without sudo";

fn under_sudo() -> Home {
    let mut home = Home::new();
    home.set_env("SUDO_USER", "amy");
    home
}

#[support::test(needs("docker-registry", "htpasswd"))]
fn a_pull_that_is_turned_away_tells_of_sudo() {
    let mut home = under_sudo();
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", "wonder")]));
    let image = format!("{}/team/app:v1", registry.address());
    let pull = ["pull", &image, "--oci-layout", "app"];
    let ran = home.portunus(&pull).run();
    assert!(ran.assert_code(3).stderr.contains(NOTE), "{ran}");
    home.remove_env("SUDO_USER");
    let ran = home.portunus(&pull).run();
    assert!(!ran.assert_code(3).stderr.contains("sudo"), "{ran}");
}

#[support::test(needs("docker-registry"))]
fn a_public_pull_does_not_tell_of_sudo() {
    let home = under_sudo();
    let registry = DockerRegistry::start(&Auth::Anybody);
    let address = registry.address();
    let image = Image::small("public");
    registry_client::push(address, "team/app", "v1", &image, &Login::Anonymous);
    let image = format!("{address}/team/app:v1");
    let ran = home
        .portunus(&["pull", &image, "--oci-layout", "app"])
        .run();
    assert!(!ran.assert_success().output().contains("sudo"), "{ran}");
}

#[support::test]
fn a_plan_without_a_login_tells_of_sudo() {
    let mut home = under_sudo();
    let resolve = ["resolve", "reg.test/app"];
    let ran = home.portunus(&resolve).run();
    assert!(ran.assert_success().stderr.contains(NOTE), "{ran}");
    let login = ["login", "--no-verify", "--store", "file", "-u", "u"];
    let login = [&login[..], &["--password-stdin", "reg.test"]].concat();
    home.portunus(&login).input("pw").run().assert_success();
    for user in ["amy", "root"] {
        home.set_env("SUDO_USER", user);
        let ran = home.portunus(&resolve).run();
        assert!(!ran.assert_success().output().contains("sudo"), "{ran}");
    }
    let other = home.portunus(&["resolve", "other.test/app"]).run();
    assert!(!other.assert_success().output().contains("sudo"), "{other}");
}
