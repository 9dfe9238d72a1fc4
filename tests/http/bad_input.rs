//! What a registry may send that is false, endless or hostile: a clear error, soon, in little
//! memory.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use portunus_http::ErrorKind;
use serde_json::json;
use support::home::Home;
use support::http::Reply;
use support::image::Blob;
use support::programmable_registry::ProgrammableRegistry;
use support::{process, program};
use worlds::http::World;

use crate::worlds::{good_registry, impatient};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test]
fn false_manifests_are_refused() {
    let (registry, _) = good_registry();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let manifest = |reply: Reply| {
        registry.forget_rules();
        registry.when(
            |it| it.method == "GET" && it.path.contains("/manifests/"),
            reply,
        );
    };
    let big = vec![b' '; (4 << 20) + 1];
    let secret_json = br#"{"config":"canary-7c1f"}"#.to_vec();
    for (reply, expected) in [
        (Reply::status(200).body(big), "larger than 4 MiB"),
        (Reply::endless(), "larger than 4 MiB"),
        (Reply::status(200).body("{}"), "has the digest sha256:"),
        (
            Reply::status(200).body(secret_json),
            "has the digest sha256:",
        ),
        (Reply::cut_short("{", 100), "broke off"),
    ] {
        manifest(reply);
        let error = world.pull(IMAGE).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(expected) && !text.contains("canary"),
            "{text}"
        );
    }
    for (body, expected) in [
        ("[", "no JSON"),
        ("{}", "answered with other JSON instead of a manifest"),
        (
            r#"{"config":{"digest":"../../etc","size":1}}"#,
            "no sha256 or sha512 digest",
        ),
        (r#"{"manifests":7}"#, "a list in the manifest is none"),
        (r#"{"fsLayers":[]}"#, "schema version 1"),
    ] {
        let blob = Blob::new("application/vnd.oci.image.manifest.v1+json", body.into());
        registry.forget_rules();
        registry.put_manifest("team/app", "v2", &blob);
        let error = world.pull("reg-a.test/team/app:v2").unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[support::test(waits)]
fn false_blobs_are_refused_by_digest() {
    let (registry, image) = good_registry();
    let layer = &image.layers[1];
    let false_bytes = vec![b'x'; layer.bytes.len()];
    for (reply, expected) in [
        (
            Reply::status(200).body(false_bytes),
            "has the digest sha256:",
        ),
        (
            Reply::status(200).body("short"),
            "is announced with 5 bytes instead of",
        ),
        (
            Reply::cut_short("abc", layer.bytes.len() as u64),
            "broke off after 3 bytes",
        ),
        (Reply::endless(), "is larger than its"),
        (Reply::silence(), "no answer in time"),
    ] {
        let digest = layer.digest.clone();
        registry.forget_rules();
        registry.when(move |it| it.path.contains(&digest), reply);
        let world = impatient(World::new().with_hosts("reg-a.test", &[&registry.url()]));
        let error = world.pull(IMAGE).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(expected), "{text}");
        let blob = layer.digest.replace(':', "/");
        assert!(
            !world.layout().join("blobs").join(blob).exists(),
            "{expected}"
        );
        assert!(!world.layout().join("index.json").exists(), "{expected}");
    }
}

#[support::test(long)]
fn an_image_that_names_too_much_is_refused_before_its_blobs_are_asked_for() {
    const LAYERS: usize = 40_000;
    let registry = ProgrammableRegistry::open();
    let mut images = Vec::new();
    for at in 0..3 {
        let layers: Vec<_> = (0..LAYERS)
            .map(|layer| {
                format!(
                    r#"{{"digest":"sha256:{:064x}","size":1}}"#,
                    at * LAYERS + layer
                )
            })
            .collect();
        let config = &layers[0];
        let text = format!(r#"{{"config":{config},"layers":[{}]}}"#, layers.join(","));
        let image = Blob::new("application/vnd.oci.image.manifest.v1+json", text.into());
        registry.put_manifest("team/app", &format!("image-{at}"), &image);
        images.push(image.descriptor());
    }
    let text = json!({ "schemaVersion": 2, "manifests": images }).to_string();
    let index = Blob::new("application/vnd.oci.image.index.v1+json", text.into());
    registry.put_manifest("team/app", "v1", &index);
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let error = world.pull(IMAGE).unwrap_err();
    let expected = "the image names more than 100000 blobs and manifests";
    assert!(error.to_string().contains(expected), "{error}");
    let asked = |part: &str| {
        let requests = registry.requests();
        requests.iter().filter(|it| it.path.contains(part)).count()
    };
    assert_eq!(asked("/blobs/"), 0);
    // A layout may hold as much.
    let folder = world.layout();
    let listed = json!({
        "mediaType": index.media_type,
        "digest": index.digest,
        "size": index.bytes.len(),
        "annotations": { "org.opencontainers.image.ref.name": "v1" },
    });
    let listed = json!({ "schemaVersion": 2, "manifests": [listed] });
    fs::write(folder.join("index.json"), listed.to_string()).unwrap();
    registry.forget_requests();
    let error = world.push(IMAGE).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    assert_eq!(asked("/"), 0);
}

/// This many bytes of nothing, compressed.
fn bomb(bytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; bytes]).unwrap();
    encoder.finish().unwrap()
}

#[support::test]
fn token_answers_are_bounded() {
    let registry = ProgrammableRegistry::bearer(&[]);
    let world = impatient(World::new().with_hosts("reg-a.test", &[&registry.url()]));
    let packed = |body: Vec<u8>| {
        Reply::status(200)
            .header("Content-Encoding", "gzip")
            .body(body)
    };
    for (reply, expected) in [
        (
            Reply::status(200).body(vec![b'x'; (1 << 20) + 1]),
            "larger than 1 MiB",
        ),
        (packed(vec![b'x'; 3 << 20]), "larger than 1 MiB"),
        (Reply::endless(), "larger than 1 MiB"),
        // 64 MiB in 64 KiB, which nobody asked for and nobody unpacks.
        (packed(bomb(64 << 20)), "realm http://127.0.0.1"),
        (
            Reply::status(200).body(vec![b'x'; 1 << 20]),
            "realm http://127.0.0.1",
        ),
        (Reply::cut_short("{", 100), "realm http://127.0.0.1"),
        (Reply::silence(), "no answer in time"),
    ] {
        registry.forget_rules();
        registry.when(|it| it.path == "/token", reply);
        let started = Instant::now();
        let error = world.pull(IMAGE).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(started.elapsed() < Duration::from_secs(5), "{error}");
    }
    for request in registry.requests() {
        assert!(request.header("accept-encoding").is_none(), "{request:?}");
    }
}

#[support::test]
fn heads_of_64_kib_are_read_and_much_larger_ones_refused() {
    let (registry, _) = good_registry();
    let world = impatient(World::new().with_hosts("reg-a.test", &[&registry.url()]));
    let large = "x".repeat(64 << 10);
    registry.always(Reply::status(404).header("x-large", &large));
    assert_eq!(world.pull(IMAGE).unwrap_err().kind, ErrorKind::NotFound);
    registry.always(Reply::challenge(&format!("Basic realm=\"{large}\"")));
    assert_eq!(world.pull(IMAGE).unwrap_err().kind, ErrorKind::NotLoggedIn);
    let realm = format!("Bearer realm=\"https://127.0.0.1:1/{large}\"");
    for reply in [
        Reply::redirect(&format!("/{large}")),
        Reply::challenge(&realm),
        Reply::status(404).header("x-larger", &"x".repeat(4 << 20)),
    ] {
        registry.always(reply);
        let error = world.pull(IMAGE).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Network, "{:.200}", error.to_string());
        assert!(
            error.to_string().len() < 1000,
            "{}",
            error.to_string().len()
        );
    }
}

/// The program with at most 64 MiB of data: who collects what never ends is stopped by that.
fn pull_in_little_memory(home: &Home, image: &str) -> process::Ran {
    let layout = home.path().join("layout");
    let mut command = home.command("/bin/sh");
    command.args(["-c", "ulimit -d 65536 && exec \"$@\"", "sh"]);
    command
        .arg(program::portunus())
        .args(["pull", image, "--oci-layout"])
        .arg(layout);
    process::run(&mut command, b"")
}

#[support::test]
fn what_never_ends_costs_neither_memory_nor_time() {
    let (registry, image) = good_registry();
    let realm = format!("{}/token", registry.url());
    let home = Home::new();
    home.write_hosts_toml("reg-a.test", &format!("server = \"{}\"\n", registry.url()));
    pull_in_little_memory(&home, IMAGE).assert_success();
    fs::remove_dir_all(home.path().join("layout")).unwrap();
    let layer = image.layers[1].digest.clone();
    type Matches = Box<dyn Fn(&str, &str) -> bool + Send + Sync>;
    let cases: [(Matches, Reply, &str); 5] = [
        (
            Box::new(|method, path| method == "GET" && path.contains("/manifests/")),
            Reply::endless(),
            "larger than 4 MiB",
        ),
        (
            Box::new(move |_, path| path.contains(&layer)),
            Reply::endless(),
            "is larger than its",
        ),
        (
            Box::new(|_, path| path == "/token"),
            Reply::endless(),
            "larger than 1 MiB",
        ),
        (
            Box::new(|_, path| path == "/token"),
            Reply::status(200)
                .header("Content-Encoding", "gzip")
                .body(bomb(64 << 20)),
            "realm http://",
        ),
        (
            Box::new(|_, path| path.contains("/manifests/")),
            Reply::status(200).header("x-larger", &"x".repeat(16 << 20)),
            "unreachable",
        ),
    ];
    for (matches, reply, expected) in cases {
        registry.forget_rules();
        if expected.contains("1 MiB") || expected.contains("realm") {
            let challenge = format!("Bearer realm=\"{realm}\"");
            registry.always(Reply::challenge(&challenge));
        }
        registry.when(move |it| matches(&it.method, &it.path), reply);
        let started = Instant::now();
        let ran = pull_in_little_memory(&home, IMAGE);
        ran.assert_code(1);
        assert!(
            ran.stderr.contains(expected),
            "{expected} is not said in\n{ran}"
        );
        assert!(started.elapsed() < Duration::from_secs(20), "{expected}");
    }
}

#[support::test]
fn names_that_are_none_reach_no_registry() {
    let registry = ProgrammableRegistry::open();
    let at = registry.address();
    let home = Home::new();
    let long = "a".repeat(300);
    // Building it is none of its time.
    program::portunus();
    for name in [
        "Team/App",
        "team/../app",
        "../app",
        "team/./app",
        "team/a\u{7}b",
        "team/a\nb",
        "team//app",
        &long,
    ] {
        let image = format!("{at}/{name}:v1");
        let tag = format!("{at}/app:{}", name.replace('/', "+"));
        for arguments in [
            vec!["pull", &image, "--oci-layout", "layout"],
            vec!["push", &image, "--oci-layout", "layout"],
            vec![
                "push",
                "reg.test/app",
                "--oci-layout",
                ".",
                "--mount-from",
                name,
            ],
            vec!["resolve", &image],
            vec!["pull", &tag, "--oci-layout", "layout"],
            vec![
                "login",
                "-u",
                "alice",
                "--password-stdin",
                "--repository",
                name,
                &at,
            ],
        ] {
            let started = Instant::now();
            let ran = home.portunus(&arguments).input("canary").run();
            ran.assert_code(2);
            let said = ran.stderr.lines().next().unwrap_or_default();
            assert!(
                said.starts_with("error: invalid") && !said.contains('\u{7}'),
                "{ran}"
            );
            assert!(
                ran.stderr.len() < 1000 && started.elapsed() < Duration::from_secs(5),
                "{ran}"
            );
        }
    }
    assert!(registry.requests().is_empty());
}
