//! The daemon is sent to one host at a time: that one alone is answered, and what became of each is
//! known.

use support::account::Account;
use support::http::{Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::site::{IMAGE, Site};

const PASSWORD: &str = "canary-pw-77ab";

/// The mirror could be anybody on the way to it.
#[support::test(needs("containerd"))]
fn a_redirect_to_another_host_of_the_plan_sees_no_secret() {
    let (mirror, server) = (ProgrammableRegistry::open(), closed());
    let target = server.url();
    mirror.answer_with(move |request| {
        let path = &request.path;
        Some(Reply::redirect(&format!("{target}{path}?led=1")))
    });
    let site = Site::new(&[&mirror, &server]);
    site.log_in(&server, "alice", PASSWORD);
    let ran = site.pull();
    let told = format!("\nfrom {}\n", server.address());
    assert!(ran.assert_success().stdout.contains(&told), "{ran}");
    let (led, own): (Vec<Request>, Vec<Request>) = server
        .requests()
        .into_iter()
        .partition(|request| request.query.contains("led=1"));
    assert!(led.iter().any(by_daemon), "the daemon was led there");
    for request in led {
        assert_eq!(request.header("Authorization"), None);
    }
    assert!(own.iter().any(|it| it.header("Authorization").is_some()));
}

/// What stays open: containerd's client carries the header along to the same name, and asks nobody.
#[support::test(needs("containerd"))]
fn a_redirect_to_the_same_name_is_told_before_and_local_sends_nothing_there() {
    let (elsewhere, mirror) = (ProgrammableRegistry::open(), closed());
    elsewhere.put_image("team/app", "v1", &image());
    let target = elsewhere.url();
    mirror.answer_with(move |request| {
        request.basic()?;
        let is_ping = request.path == "/v2/";
        (!is_ping).then(|| Reply::redirect(&format!("{target}{}", request.path)))
    });
    let site = Site::new(&[&mirror]);
    site.log_in(&mirror, "alice", PASSWORD);
    let ran = site.pull();
    let told = format!("{} redirects to {}", mirror.address(), elsewhere.url());
    assert!(ran.assert_success().stderr.contains(&told), "{ran}");
    assert!(ran.stderr.contains("--local does not"), "{ran}");
    let carried = elsewhere.requests_with(PASSWORD);
    assert!(!carried.is_empty() && carried.iter().all(by_daemon));
    elsewhere.forget_requests();
    site.run("pull", &["--no-unpack", "--local"])
        .assert_success();
    assert!(elsewhere.requests_with(PASSWORD).is_empty());
    assert!(!elsewhere.requests().is_empty());
}

#[support::test(needs("containerd"))]
fn a_page_is_not_stored_as_an_image() {
    let manifest = "application/vnd.oci.image.manifest.v1+json";
    let error = r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#;
    for (page, media_type) in [
        ("<html>welcome</html>", "text/html"),
        ("<html>welcome</html>", manifest),
        (error, "application/json"),
        (error, manifest),
        ("", manifest),
        ("", "text/plain"),
        (r#"{"hello":1}"#, manifest),
        ("welcome", "application/octet-stream"),
    ] {
        let (mirror, server) = (ProgrammableRegistry::open(), with_image());
        let answer = Reply::status(200).header("Content-Type", media_type);
        mirror.always(answer.body(page));
        let ran = Site::new(&[&mirror, &server]).pull();
        let told = format!(
            "pulled {IMAGE} {}\nfrom {}\n",
            image().digest(),
            server.address()
        );
        assert!(ran.assert_success().stdout.contains(&told), "{ran}");
        assert!(ran.stderr.contains("failed "), "{ran}");

        let site = Site::new(&[&mirror]);
        let ran = site.pull();
        ran.assert_code(1);
        assert!(!ran.output().contains("pulled "), "{ran}");
        assert!(ran.stderr.contains(&mirror.address()), "{ran}");
        assert_eq!(names(&site), "", "{ran}");
    }
}

#[support::test(needs("containerd"))]
fn a_page_takes_the_name_from_no_image() {
    let mirror = with_image();
    let site = Site::new(&[&mirror]);
    site.pull().assert_success();
    let before = site.daemon.ctr(&["images", "ls"]).stdout;
    let answer = Reply::status(200).header("Content-Type", "text/html");
    mirror.always(answer.body("<html>welcome</html>"));
    site.pull().assert_code(1);
    let after = site.daemon.ctr(&["images", "ls"]).stdout;
    assert!(after.contains(image().digest()), "{before}{after}");
    let checked = site
        .daemon
        .ctr(&["images", "check", "--snapshotter", "native"]);
    let told = &checked.assert_success().stdout;
    assert!(told.contains("complete ("), "{checked}");
}

#[support::test(needs("containerd"))]
fn an_image_of_another_digest_is_not_mixed_in() {
    let (first, second) = (closed(), closed());
    first.when(is_blob, Reply::status(404));
    second.put_image("team/app", "v1", &Image::of_sizes("another", &[10]));
    let site = Site::new(&[&first, &second]);
    for host in [&first, &second] {
        site.log_in(host, "alice", PASSWORD);
    }
    let ran = site.pull();
    assert!(!ran.status.success(), "{ran}");
    let told = format!("{}: has another image under the tag: sha256:", second.url());
    assert!(ran.stderr.contains(&told), "{ran}");
    assert_eq!(names(&site), "", "{ran}");
    assert!(!second.requests().iter().any(by_daemon), "it was asked");
}

#[support::test(needs("containerd"))]
fn what_a_host_lacks_comes_from_the_next_one_with_its_own_login() {
    let (first, second) = (closed(), closed());
    first.when(is_blob, Reply::status(404));
    let site = Site::new(&[&first, &second]);
    site.log_in(&first, "alice", PASSWORD);
    site.log_in(&second, "alice", PASSWORD);
    let ran = site.run("pull", &["--no-unpack", "--progress", "json"]);
    let told = format!(
        "\nfrom {}: manifest\nfrom {}: config, 2 layers\n",
        first.address(),
        second.address()
    );
    assert!(ran.assert_success().stdout.contains(&told), "{ran}");
    for (host, moved) in [(&first, "manifest"), (&second, "config, 2 layers")] {
        let served = serde_json::json!({
            "state": "served", "what": moved, "host": host.address(),
        });
        let lines = ran
            .stderr
            .lines()
            .filter_map(|it| serde_json::from_str(it).ok());
        let lines: Vec<serde_json::Value> = lines.collect();
        assert!(lines.contains(&served), "{ran}");
    }
    let leases = site.daemon.ctr(&["leases", "ls", "--quiet"]);
    assert_eq!(leases.stdout.trim(), "");
}

#[support::test(needs("containerd"))]
fn a_host_that_changes_its_mind_or_leads_in_a_circle_is_passed_over() {
    let turncoat = closed();
    turncoat.answer_with(|request| by_daemon(request).then(|| Reply::status(404)));
    let circle = closed();
    let own = circle.url();
    circle.answer_with(move |request| {
        let leads = request.basic().is_some() && request.path != "/v2/";
        leads.then(|| Reply::redirect(&format!("{own}{}", request.path)))
    });
    let server = closed();
    let site = Site::new(&[&turncoat, &circle, &server]);
    for host in [&turncoat, &circle, &server] {
        site.log_in(host, "alice", PASSWORD);
    }
    let ran = site.pull();
    let told = format!("\nfrom {}\n", server.address());
    assert!(ran.assert_success().stdout.contains(&told), "{ran}");
    for host in [&turncoat, &circle] {
        let failed = |line: &str| line.contains("failed ") && line.ends_with(&host.address());
        assert!(ran.stderr.lines().any(failed), "{ran}");
    }
    let leases = site.daemon.ctr(&["leases", "ls", "--quiet"]);
    assert_eq!(leases.stdout.trim(), "");
}

#[support::test(needs("containerd"))]
fn kubernetes_finds_an_image_by_its_digest() {
    for options in [&[][..], &["--local"]] {
        let mirror = with_image();
        let site = Site::new(&[&mirror]);
        let in_kubernetes = [&["--no-unpack", "-n", "k8s.io"], options].concat();
        site.run("pull", &in_kubernetes).assert_success();
        let listed = site
            .daemon
            .ctr(&["--namespace", "k8s.io", "images", "ls", "--quiet"]);
        let by_digest = format!("reg-a.test/team/app@{}", image().digest());
        let listed: Vec<&str> = listed.assert_success().stdout.lines().collect();
        assert_eq!(listed, [IMAGE, &by_digest]);
    }
}

/// The names of the images that the daemon has.
fn names(site: &Site) -> String {
    let listed = site.daemon.ctr(&["images", "ls", "--quiet"]);
    listed.assert_success().stdout.trim().to_owned()
}

fn by_daemon(request: &Request) -> bool {
    let agent = request.header("User-Agent");
    agent.is_some_and(|agent| agent.starts_with("containerd"))
}

fn is_blob(request: &Request) -> bool {
    request.path.contains("/blobs/")
}

fn closed() -> ProgrammableRegistry {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", PASSWORD)]);
    registry.put_image("team/app", "v1", &image());
    registry
}

fn with_image() -> ProgrammableRegistry {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &image());
    registry
}

fn image() -> Image {
    Image::of_sizes("one", &[1000, 2000])
}
