//! A wrong password is sent once, however many sources hold it and however many hosts of a plan
//! lead to one place.

use std::fs;

use portunus::resolve::Operation;
use serde_json::json;
use support::home::Home;
use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;
use worlds::login::{ALICE, WRONG, alice, assert_says};
use worlds::wrong_password::{both, world_of_paths};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test]
fn what_three_sources_hold_is_sent_once() {
    for registry in both() {
        let home = Home::new();
        home.write_hosts_toml("reg-a.test", &format!("server = \"{}\"\n", registry.url()));
        // base64 of `alice:` and the wrong password.
        let login = "YWxpY2U6Y2FuYXJ5LXdyb25nLTE5ZDM=";
        let text = json!({ "auths": { registry.address(): { "auth": login } } }).to_string();
        for folder in [home.runtime_dir(), home.path().join(".config")] {
            fs::create_dir_all(folder.join("containers")).unwrap();
            fs::write(folder.join("containers/auth.json"), &text).unwrap();
        }
        fs::write(home.docker_config(), &text).unwrap();
        let layout = home.path().join("layout").display().to_string();
        let ran = home
            .portunus(&["pull", IMAGE, "--oci-layout", &layout])
            .run();
        assert!(
            !ran.status.success() && !ran.output().contains("canary"),
            "{ran}"
        );
        assert_eq!(registry.requests_with(WRONG).len(), 1, "{ran}");
        assert_says(
            &ran,
            &[
                "rejected alice",
                "is the same login as the one that http://127.0.0.1",
                "it is not sent again",
                "containers/auth.json",
            ],
        );
    }
}

#[support::test]
fn hosts_with_one_realm_send_it_once() {
    let realm = ProgrammableRegistry::bearer(&alice());
    let at_realm = format!("{}/token", realm.url());
    let hosts = [0; 2].map(|_| {
        let settings = ProgrammableRegistry::settings_bearer(&alice());
        settings.realm(&at_realm).start()
    });
    let [one, two] = &hosts;
    let world = World::new().with_hosts("reg-a.test", &[&one.url(), &two.url()]);
    for host in &hosts {
        let wrong = portunus::credential::Credential::password("alice", WRONG);
        world.store_under(&host.address(), &wrong, |note| {
            note.realm = Some(at_realm.clone());
        });
    }
    world.pull(IMAGE).unwrap_err();
    assert_eq!(realm.requests_with(WRONG).len(), 1);
    world.choose(IMAGE, Operation::Pull);
    assert_eq!(realm.requests_with(WRONG).len(), 2);
}

#[support::test]
fn requests_side_by_side_send_it_once() {
    for registry in both() {
        let mirror = ProgrammableRegistry::open();
        let image = Image::of_sizes("one", &[10, 20, 30, 40, 50]);
        mirror.put_image("team/app", "v1", &image);
        mirror.when(|it| it.path.contains("/blobs/"), Reply::status(404));
        let world = World::new()
            .with_hosts("reg-a.test", &[&mirror.url(), &registry.url()])
            .with_login(&registry.address(), "alice", WRONG);
        world.pull(IMAGE).unwrap_err();
        assert_eq!(registry.requests_with(WRONG).len(), 1);
    }
}

#[support::test]
fn a_path_that_is_forbidden_closes_no_other_path() {
    let registry = ProgrammableRegistry::basic(&alice());
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry.when(
        |it| it.path.starts_with("/v2/one/") && it.basic().is_some(),
        Reply::status(403),
    );
    let world = world_of_paths(&registry).with_login(&registry.address(), "alice", ALICE);
    world.pull(IMAGE).unwrap();
}

#[support::test]
fn the_next_password_is_still_tried() {
    for registry in both() {
        registry.put_image("team/app", "v1", &Image::small("one"));
        let at = registry.address();
        let world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&format!("{at}?ns=reg-a.test&path=team/app"), "alice", WRONG)
            .with_login(&format!("{at}?ns=reg-a.test"), "alice", WRONG)
            .with_login(&at, "alice", ALICE);
        world.pull(IMAGE).unwrap();
        assert_eq!(registry.requests_with(WRONG).len(), 1);
        let said = world.said.lines();
        let told = |text: &str| said.iter().filter(|it| it.contains(text)).count();
        assert_eq!(told("rejected alice, "), 1, "{said:?}");
        assert_eq!(
            told("the same login as the one that http://127"),
            1,
            "{said:?}"
        );
    }
}
