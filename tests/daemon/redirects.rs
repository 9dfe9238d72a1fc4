//! containerd follows a redirect, without the secret of the one that it leaves.

use portunus_containerd::Given;
use portunus_containerd::NoAnswer;
use support::account::Account;
use support::http::Reply;
use support::image::Image;
use support::port;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::daemon::DaemonWorld;
use crate::worlds::two_mirrors::{both_pull, second};

#[support::test(needs("containerd"))]
fn a_redirect_to_another_host_is_followed() {
    let (first, second) = (ProgrammableRegistry::open(), second());
    let elsewhere = second.url().replace("127.0.0.1", "localhost");
    first
        .answer_with(move |request| Some(Reply::redirect(&format!("{elsewhere}{}", request.path))));
    let dead = format!("http://127.0.0.1:{}", port::free());
    let world = World::new().with_hosts("reg-a.test", &[&first.url(), &dead]);
    both_pull("a redirect", world);
}

#[support::test(needs("containerd"))]
fn a_redirect_target_sees_no_secret() {
    let target = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    target.put_image("team/app", "v1", &Image::small("one"));
    let mirror = ProgrammableRegistry::open();
    let elsewhere = format!(
        "http://localhost:{}",
        target.address().split(':').next_back().unwrap()
    );
    mirror
        .answer_with(move |request| Some(Reply::redirect(&format!("{elsewhere}{}", request.path))));
    let login = target.address();
    let world = DaemonWorld::new(
        World::new()
            .with_hosts("reg-a.test", &[&mirror.url()])
            .with_login(&login, "alice", "wonder")
            .with_login(&login.replace("127.0.0.1", "localhost"), "alice", "wonder"),
    );
    let error = world.pull("reg-a.test/team/app:v1").unwrap_err();
    let hosts = error.hosts();
    assert!(
        hosts
            .iter()
            .any(|host| *host.given == Given::Nothing(NoAnswer::NotInPlan)),
        "{hosts:?}"
    );
    assert_eq!(target.requests_with("wonder").len(), 0);
}
