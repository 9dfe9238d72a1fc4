//! A 200 that is no registry's answer is that host's failure.

use portunus_http::Outcome;
use support::http::{HttpServer, Reply};
use support::image::{Blob, Image};
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

const IMAGE: &str = "reg-a.test/team/app:v1";

/// A host that answers everything like this.
fn answers(media_type: &'static str, body: &'static str) -> HttpServer {
    HttpServer::start(move |_| {
        Reply::status(200)
            .header("Content-Type", media_type)
            .body(body)
    })
}

const ANSWERS: [(&str, &str, &str); 5] = [
    ("text/html", "<html>sign in</html>", "a web page"),
    (
        "application/json",
        r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#,
        "an error",
    ),
    ("application/json", r#"{"status":"ok"}"#, "other JSON"),
    ("application/vnd.oci.image.manifest.v1+json", "", "nothing"),
    ("text/plain", "ok", "something that is no JSON"),
];

#[support::test]
fn what_is_no_manifest_is_that_host_s_failure_and_the_next_is_asked() {
    let good = ProgrammableRegistry::open();
    good.put_image("team/app", "v1", &Image::small("one"));
    for (media_type, body, _) in ANSWERS {
        let mirror = answers(media_type, body);
        let world = World::new().with_hosts("reg-a.test", &[&mirror.url(), &good.url()]);
        let pulled = world.pull(IMAGE).unwrap();
        assert!(!mirror.requests().is_empty());
        assert_eq!(
            pulled.manifest.digest,
            Image::small("one").digest(),
            "{body}"
        );
    }
}

#[support::test]
fn a_page_that_the_host_sends_us_to_is_told_with_who_has_it() {
    let portal = answers("text/html", "<html>accept the terms</html>");
    let target = portal.url().replace("127.0.0.1", "localhost");
    let registry = HttpServer::start(move |_| Reply::redirect(&target));
    for image in [
        IMAGE.to_owned(),
        format!("reg-a.test/app@sha256:{}", "0".repeat(64)),
    ] {
        let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
        let error = world.pull(&image).unwrap_err().to_string();
        assert!(error.contains(", by way of http://localhost:"), "{error}");
    }
}

#[support::test]
fn a_page_in_place_of_a_blob_is_that_host_s_failure_and_the_next_is_asked() {
    let good = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[10, 2000]);
    good.put_image("team/app", "v1", &image);
    for body in ["<html>sign in</html>", ""] {
        let mirror = ProgrammableRegistry::open();
        mirror.put_image("team/app", "v1", &image);
        let page = Reply::status(200).header("Content-Type", "text/html");
        mirror.when(|it| it.path.contains("/blobs/"), page.body(body));
        let world = World::new().with_hosts("reg-a.test", &[&mirror.url(), &good.url()]);
        world.pull(IMAGE).unwrap();
        let served = good.requests();
        let blobs = served.iter().filter(|it| it.path.contains("/blobs/"));
        assert_eq!(blobs.count(), image.blobs().count(), "{body}");
        let world = World::new().with_hosts("reg-a.test", &[&mirror.url()]);
        let error = world.pull(IMAGE).unwrap_err().to_string();
        assert!(error.contains(&mirror.url()), "{error}");
        good.forget_requests();
    }
}

#[support::test]
fn where_there_is_no_other_host_the_failure_names_it() {
    for (media_type, body, what) in ANSWERS {
        let only = answers(media_type, body);
        let world = World::new().with_hosts("reg-a.test", &[&only.url()]);
        let error = world.pull(IMAGE).unwrap_err();
        assert!(
            matches!(error.hosts[0].outcome, Outcome::BadContent { .. }),
            "{error}"
        );
        let said = format!(
            "{} (resolve): answered with {what} instead of a manifest",
            only.url()
        );
        assert!(error.to_string().contains(&said), "{said}\n{error}");
    }
}

const CONFIG: &str = r#""mediaType":"application/vnd.oci.image.config.v1+json""#;
const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[support::test]
fn a_manifest_that_cannot_be_followed_is_that_host_s_failure_too() {
    let good = ProgrammableRegistry::open();
    good.put_image("team/app", "v1", &Image::small("one"));
    let oci = "application/vnd.oci.image.manifest.v1+json";
    let index = "application/vnd.oci.image.index.v1+json";
    for (media_type, body, problem) in [
        (
            "application/vnd.docker.distribution.manifest.v1+prettyjws",
            format!(r#"{{"schemaVersion":1,"fsLayers":[{{"blobSum":"{DIGEST}"}}]}}"#),
            "the manifest has schema version 1, which is not supported",
        ),
        (
            oci,
            format!(r#"{{"config":{{{CONFIG},"digest":"sha256:../../etc/passwd","size":5}}}}"#),
            "a descriptor in the manifest has no sha256 or sha512 digest",
        ),
        (
            oci,
            format!(r#"{{"config":{{{CONFIG},"digest":"{DIGEST}","size":-1}},"layers":[]}}"#),
            "a descriptor in the manifest has no size",
        ),
        (
            oci,
            r#"{"config":{},"layers":[]}"#.to_owned(),
            "a descriptor in the manifest has no sha256 or sha512 digest",
        ),
        (
            oci,
            r#"{"config":null,"layers":null}"#.to_owned(),
            "a descriptor in the manifest has no sha256 or sha512 digest",
        ),
        (
            oci,
            r#"{"layers":[],"errors":[{"code":"X"}]}"#.to_owned(),
            "answered with an error instead of a manifest, though with status 200",
        ),
        (
            index,
            r#"{"manifests":[{"digest":"sha256:zz","size":1}]}"#.to_owned(),
            "a descriptor in the manifest has no sha256 or sha512 digest",
        ),
        (
            index,
            r#"{"schemaVersion":2,"manifests":[]}"#.to_owned(),
            "answered with an index of no image",
        ),
    ] {
        let digest = Blob::new(media_type, body.clone().into_bytes()).digest;
        let told = body.clone();
        let mirror = HttpServer::start(move |_| {
            Reply::status(200)
                .header("Content-Type", media_type)
                .header("Docker-Content-Digest", &digest)
                .body(told.clone())
        });
        let only = World::new().with_hosts("reg-a.test", &[&mirror.url()]);
        let error = only.pull(IMAGE).unwrap_err();
        let said = format!("{} (fetch): {problem}", mirror.url());
        assert!(error.to_string().contains(&said), "{body}: {error}");
        // By its digest another host may have it; what is meant by the tag is told by the first.
        let silent = HttpServer::start(move |_| {
            Reply::status(200)
                .header("Content-Type", media_type)
                .body(body.clone())
        });
        let world = World::new().with_hosts("reg-a.test", &[&silent.url(), &good.url()]);
        let pulled = world.pull(IMAGE).unwrap();
        assert_eq!(
            pulled.manifest.digest,
            Image::small("one").digest(),
            "{problem}"
        );
    }
}

#[support::test]
fn a_login_at_a_web_page_says_that_it_is_no_registry() {
    let page = answers("text/html; charset=utf-8", "<html>sign in</html>");
    let at = page.address();
    let world = World::new().with_hosts("reg-a.test", &[&page.url()]);
    let error = world
        .log_in("reg-a.test", &at, "alice", "wonder")
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is no registry: it answers with a web page"),
        "{error}"
    );
    let registry = HttpServer::start(|_| {
        Reply::status(200)
            .header("Content-Type", "text/html")
            .header("Docker-Distribution-Api-Version", "registry/2.0")
    });
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    world
        .log_in("reg-a.test", &registry.address(), "alice", "wonder")
        .unwrap();
}

#[support::test]
fn a_push_to_a_web_page_is_no_push() {
    let page = answers("text/html", "<html>sign in</html>");
    let world = World::new().with_hosts("reg-a.test", &[&page.url()]);
    world.write_layout(&Image::small("one"), "v1");
    let error = world.push(IMAGE).unwrap_err();
    let said = "is no registry: it answers a manifest with a web page";
    assert!(error.to_string().contains(said), "{error}");
}
