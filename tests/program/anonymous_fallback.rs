//! A login that went stale does not stand before a public image, where the operator says so.

use std::fs;

use serde_json::json;
use support::account::Account;
use support::home::Home;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

#[support::test]
fn a_public_image_is_pulled_past_a_rejected_login_only_where_that_is_wanted() {
    let registry = ProgrammableRegistry::settings_bearer(&[Account::new("alice", "new")])
        .public("team/app")
        .start();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let home = Home::new();
    let host = format!(
        "[host.\"{}\"]\ncapabilities = [\"pull\", \"resolve\"]\n",
        registry.url()
    );
    home.write_hosts_toml(
        "reg-a.test",
        &format!("server = \"https://127.0.0.1:1\"\n{host}"),
    );
    let login = json!({ "username": "alice", "password": "canary-old" });
    let auths = json!({ "auths": { registry.address(): login } });
    fs::write(home.docker_config(), auths.to_string()).unwrap();
    let layout = home.path().join("layout").display().to_string();
    let pull = ["pull", "reg-a.test/team/app:v1", "--oci-layout", &layout];
    let refused = home.portunus(&pull).run();
    refused.assert_code(3);
    let fallback = home
        .portunus(&[&pull[..], &["--anonymous-fallback"]].concat())
        .run();
    fallback.assert_success();
    fs::remove_dir_all(&layout).unwrap();
    fs::write(
        home.config_dir().join("config.toml"),
        "anonymous_fallback = true\n",
    )
    .unwrap();
    let configured = home.portunus(&pull).run();
    configured.assert_success();
    for ran in [&fallback, &configured] {
        let (url, at) = (registry.url(), registry.address());
        let rejected = format!("warning: {url} rejected alice, `{at}` from ");
        let anonymous = format!("warning: asking {url} anonymously\n");
        for warning in [rejected, anonymous] {
            assert!(ran.stderr.contains(&warning), "{warning}\n{ran}");
        }
    }
    for ran in [refused, fallback, configured] {
        assert!(!ran.output().contains("canary"), "{ran}");
    }
}
