//! The program says where an image came from, what each host was answered, and what to run next.

use support::http::Reply;
use support::image::Image;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::daemon::accounts;
use crate::worlds::site::{IMAGE, Site};

#[support::test(needs("containerd"))]
fn the_result_names_the_host_and_what_it_was_answered() {
    let mirror = with_image(ProgrammableRegistry::basic(&accounts()));
    let site = Site::new(&[&mirror]);
    site.log_in(&mirror, "alice", "wonder");
    let ran = site.pull();
    let address = mirror.address();
    let told = [
        format!("\nfrom {address}\n"),
        format!("\n{address}: asked 2 times, given `{address}?ns=reg-a.test` from "),
    ];
    for told in told {
        assert!(
            ran.assert_success().stdout.contains(&told),
            "{told:?} in {ran}"
        );
    }
    assert!(!ran.output().contains("wonder"));
}

/// Asking it before would be one request more than ctr makes: the daemon is sent there alone.
#[support::test(needs("containerd"))]
fn a_host_that_is_not_logged_in_to_is_known_not_to_have_served_it() {
    let closed = with_image(ProgrammableRegistry::basic(&accounts()));
    let open = with_image(ProgrammableRegistry::open());
    let ran = Site::new(&[&closed, &open]).pull();
    let told = format!("\nfrom {}\n", open.address());
    assert!(ran.assert_success().stdout.contains(&told), "{ran}");
    let failed = format!(
        "failed wants a login, and nothing is stored that may be sent to it at {}",
        closed.address()
    );
    assert!(ran.stderr.contains(&failed), "{ran}");
    let given_none = "given none: nothing is stored that may be sent to it";
    let told = ran
        .stdout
        .lines()
        .find(|line| line.starts_with(&closed.address()));
    assert!(told.is_some_and(|line| line.ends_with(given_none)), "{ran}");
}

#[support::test(needs("containerd"))]
fn hosts_that_shared_in_serving_are_named_with_what_each_gave() {
    let first = with_image(ProgrammableRegistry::basic(&accounts()));
    first.when(
        |request| request.path.contains("/blobs/"),
        Reply::status(404),
    );
    let second = with_image(ProgrammableRegistry::open());
    let site = Site::new(&[&first, &second]);
    site.log_in(&first, "alice", "wonder");
    let ran = site.pull();
    let told = format!(
        "\nfrom {}: manifest\nfrom {}: config, 2 layers\n",
        first.address(),
        second.address()
    );
    assert!(ran.assert_success().stdout.contains(&told), "{ran}");
}

#[support::test(needs("containerd"))]
fn content_that_was_there_before_is_not_said_to_come_from_a_host() {
    let mirror = with_image(ProgrammableRegistry::open());
    let site = Site::new(&[&mirror]);
    site.pull().assert_success();
    mirror.forget_requests();
    let told = format!(
        "\nresolved at {}; containerd had all of it\n",
        mirror.address()
    );
    // On a busy machine containerd now and then calls an item complete that it has not fetched: one
    // that it looks at between its being begun and its being seen to be there.
    let mut pulls = (0..10).map(|_| site.pull());
    let ran = pulls.find(|ran| !ran.assert_success().stderr.contains("\ndone "));
    let ran = ran.expect("once in ten times it tells what it had");
    assert!(ran.stdout.contains(&told), "{ran}");
    let mut asked = mirror.requests().into_iter();
    assert!(!asked.any(|request| request.path.contains("/blobs/")));
}

#[support::test(needs("containerd"))]
fn a_failure_tells_of_each_host_and_names_the_next_command() {
    let closed = || with_image(ProgrammableRegistry::basic(&accounts()));
    let login = |host: &str| format!("portunus login --registry-namespace reg-a.test {host}");
    let probe = format!("portunus resolve --probe {IMAGE}");
    // A probe finds this host well.
    let locally = format!("portunus pull --local {IMAGE}");

    let mirror = closed();
    let ran = Site::new(&[&mirror]).pull();
    let given = "given none: nothing is stored that may be sent to it";
    assert_fails(
        &ran,
        3,
        &[given, "  containerd: ", &login(&mirror.address())],
    );

    let mirror = closed();
    let site = Site::new(&[&mirror]);
    site.log_in(&mirror, "alice", "wonder");
    mirror.answer_with(|request| {
        request
            .basic()
            .map(|_| Reply::challenge("Basic realm=\"r\""))
    });
    // The daemon is not sent there.
    let rejected = format!("it rejected `{}?ns=reg-a.test`", mirror.address());
    assert_fails(&site.pull(), 3, &[&rejected, &login(&mirror.address())]);

    let empty = ProgrammableRegistry::open();
    assert_fails(
        &Site::new(&[&empty]).pull(),
        6,
        &["no host has it", "  containerd: ", &probe],
    );

    let mirror = with_image(ProgrammableRegistry::open());
    mirror.when(
        |request| request.path.contains("/blobs/"),
        Reply::status(500),
    );
    assert_fails(
        &Site::new(&[&mirror]).pull(),
        1,
        &[": 500 ", "  containerd: ", &locally],
    );

    // A redirect target that asks for a login gets none, whatever is stored for it.
    let (mirror, target) = (ProgrammableRegistry::open(), closed());
    let site = Site::new(&[&mirror]);
    let elsewhere = target.url().replace("127.0.0.1", "localhost");
    mirror
        .answer_with(move |request| Some(Reply::redirect(&format!("{elsewhere}{}", request.path))));
    let ran = site.pull();
    let unasked = "given none: it is not among the hosts of this image";
    assert!(!ran.status.success(), "{ran}");
    for told in [unasked, "help: "] {
        assert!(ran.stderr.contains(told), "{told:?} in {ran}");
    }
}

fn assert_fails(ran: &Ran, code: i32, told: &[&str]) {
    ran.assert_code(code);
    for told in told {
        assert!(ran.stderr.contains(told), "{told:?} in {ran}");
    }
    assert!(ran.stderr.contains("\nhelp: "), "{ran}");
}

fn with_image(registry: ProgrammableRegistry) -> ProgrammableRegistry {
    registry.put_image("team/app", "v1", &Image::of_sizes("one", &[1000, 2000]));
    registry
}
