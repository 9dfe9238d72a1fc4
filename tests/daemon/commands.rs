//! `portunus pull` and `portunus push` against real daemons of every version.

use portunus_containerd::ReportedVersion;
use serde_json::json;
use support::containerd::Containerd;
use support::docker_registry::{Auth, DockerRegistry};
use support::home::Home;
use support::image::{Blob, Image, architecture};
use support::nginx::{NamespaceAccount, Nginx};
use support::programmable_registry::ProgrammableRegistry;
use support::registry_client::{self, Login};

const PASSWORD: &str = "canary-pw-51c0";

fn log_in(home: &Home, arguments: &[&str], user: &str) {
    let arguments = [&["login", "-u", user, "--password-stdin"], arguments].concat();
    home.portunus(&arguments)
        .env("PORTUNUS_STORE", "file")
        .input(PASSWORD)
        .run()
        .assert_success();
}

#[support::test(needs(
    "containerd",
    "containerd-1.7/containerd",
    "containerd-1.6/containerd",
    "nginx",
    "htpasswd",
    "docker-registry"
))]
fn a_local_pull_uses_the_mirror_and_its_account_on_every_version() {
    let registry = DockerRegistry::start(&Auth::Anybody);
    let image = Image::small("a");
    registry_client::push(
        registry.address(),
        "team/app",
        "v1",
        &image,
        &Login::Anonymous,
    );
    let alice = NamespaceAccount {
        registry_namespace: "reg-a.test",
        user: "alice",
        password: PASSWORD,
    };
    let mirror = Nginx::per_registry_namespace(registry.address(), &[alice]);
    let home = Home::new();
    let text = format!(
        "server = \"https://127.0.0.1:1\"\n[host.\"http://{}\"]\n",
        mirror.address()
    );
    home.write_hosts_toml("reg-a.test", &text);
    log_in(
        &home,
        &["--registry-namespace", "reg-a.test", mirror.address()],
        "alice",
    );
    for (program, flag) in [
        ("containerd", Some("--local")),
        ("containerd-1.7/containerd", None),
        ("containerd-1.6/containerd", None),
    ] {
        let containerd = Containerd::settings().program(program).start();
        let socket = containerd.socket().display().to_string();
        let mut arguments = vec![
            "pull",
            "reg-a.test/team/app:v1",
            "--no-unpack",
            "--address",
            &socket,
        ];
        arguments.extend(flag);
        let ran = home.portunus(&arguments).run();
        ran.assert_success();
        assert!(ran.stdout.contains(image.digest()), "{ran}");
        assert_eq!(
            flag.is_none(),
            ran.stderr.contains("pulling from our side"),
            "{ran}"
        );
        let listed = containerd.ctr(&["images", "check", "name==reg-a.test/team/app:v1"]);
        assert!(listed.stdout.contains("complete"), "{listed}");
    }
}

#[support::test(needs("containerd", "htpasswd", "docker-registry"))]
fn a_push_goes_to_the_first_host_that_may_be_pushed_to() {
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", PASSWORD)]));
    let alice = Login::Basic("alice".to_owned(), PASSWORD.to_owned());
    registry_client::push(
        registry.address(),
        "team/app",
        "v1",
        &Image::small("a"),
        &alice,
    );
    let home = Home::new();
    let address = registry.address();
    let text = format!(
        "server = \"http://{address}\"\n[host.\"http://127.0.0.1:1\"]\ncapabilities = [\"pull\"]\n"
    );
    home.write_hosts_toml("reg.test", &text);
    log_in(
        &home,
        &["--registry-namespace", "reg.test", address],
        "alice",
    );
    let containerd = Containerd::start();
    let socket = containerd.socket().display().to_string();
    let pull = [
        "pull",
        "reg.test/team/app:v1",
        "--no-unpack",
        "--address",
        &socket,
    ];
    home.portunus(&pull).run().assert_success();
    containerd
        .ctr(&[
            "images",
            "tag",
            "reg.test/team/app:v1",
            "reg.test/team/app:v2",
        ])
        .assert_success();
    let ran = home
        .portunus(&["push", "reg.test/team/app:v2", "--address", &socket])
        .run();
    ran.assert_success();
    let warned = ran.stderr.contains("sends no ?ns= on a push");
    let version = ReportedVersion::new(containerd.version());
    assert_eq!(warned, !version.sends_ns_on_push(), "{ran}");
    assert!(!ran.output().contains("canary-"), "{ran}");
    let layout = home.path().join("layout").display().to_string();
    home.portunus(&["pull", "reg.test/team/app:v2", "--oci-layout", &layout])
        .run()
        .assert_success();
}

#[support::test(needs("containerd-1.7/containerd"))]
fn a_push_through_an_old_daemon_names_the_way_around() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("a"));
    let home = Home::new();
    home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
    let old = Containerd::settings().program("containerd-1.7/containerd");
    let containerd = old.start();
    let socket = containerd.socket().to_str().unwrap();
    let image = ["reg.test/team/app:v1", "--address", socket];
    let pull = [&["pull", "--no-unpack"], &image[..]].concat();
    home.portunus(&pull).run().assert_success();
    let ran = home.portunus(&[&["push"], &image[..]].concat()).run();
    ran.assert_code(1);
    assert!(ran.stderr.contains("ignores host directories"), "{ran}");
    assert!(
        ran.stderr
            .contains("help: push it from an OCI layout, with --oci-layout\n"),
        "{ran}"
    );
    let left = containerd.ctr(&["leases", "ls", "--quiet"]);
    assert_eq!(left.assert_success().stdout, "");
}

#[support::test(needs("containerd"))]
fn only_the_platform_asked_for_is_pulled() {
    let registry = ProgrammableRegistry::open();
    let [ours, other] = ["ours", "other"].map(Image::small);
    for image in [&ours, &other] {
        registry.put_image("team/app", image.digest(), image);
    }
    let platforms = [(&ours, architecture()), (&other, "s390x")];
    let manifests = platforms.map(|(image, architecture)| {
        let mut descriptor = image.manifest.descriptor();
        descriptor["platform"] = json!({ "os": "linux", "architecture": architecture });
        descriptor
    });
    let media_type = "application/vnd.oci.image.index.v1+json";
    let index = json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": manifests });
    let index = Blob::new(media_type, index.to_string().into_bytes());
    registry.put_manifest("team/app", "v1", &index);
    let home = Home::new();
    home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
    for (options, wanted, unwanted) in [
        (&[][..], &ours, &other),
        (&["--platform", "linux/s390x"], &other, &ours),
        (&["--platform", "linux/s390x", "--local"], &other, &ours),
    ] {
        let containerd = Containerd::start();
        let socket = containerd.socket().to_str().unwrap();
        let pull = [
            "pull",
            "reg.test/team/app:v1",
            "--no-unpack",
            "--address",
            socket,
        ];
        let ran = home.portunus(&[&pull[..], options].concat()).run();
        ran.assert_success();
        assert!(ran.stdout.contains(&index.digest), "{ran}");
        let content = containerd.ctr(&["content", "ls", "--quiet"]);
        assert!(
            content.stdout.contains(&wanted.layers[0].digest),
            "{content}"
        );
        assert!(
            !content.stdout.contains(&unwanted.layers[0].digest),
            "{content}"
        );
    }
    let containerd = Containerd::start();
    let socket = containerd.socket().to_str().unwrap();
    let pull = [
        "pull",
        "reg.test/team/app:v1",
        "--address",
        socket,
        "--platform",
        "beos",
    ];
    home.portunus(&pull).run().assert_code(2);
}

#[support::test]
fn a_push_does_not_land_on_a_mirror_by_accident() {
    let home = Home::new();
    let file = home.write_hosts_toml("reg.test", "[host.\"http://127.0.0.1:1\"]\n");
    let ran = home
        .portunus(&["push", "reg.test/app:v1", "--oci-layout", "none"])
        .run();
    ran.assert_code(4);
    for told in [
        "the mirror 127.0.0.1:1",
        &format!("{}:1", file.display()),
        "--push-to-mirror",
    ] {
        assert!(ran.stderr.contains(told), "{told} is not told in\n{ran}");
    }
}

#[support::test(needs("htpasswd", "docker-registry"))]
fn an_image_goes_from_a_layout_to_a_registry_and_back() {
    let registry = DockerRegistry::start(&Auth::Users(&[("alice", PASSWORD)]));
    let home = Home::new();
    log_in(&home, &[registry.address()], "alice");
    let image = Image::of_sizes("layers", &[1_000, 200_000, 3_000_000]);
    let name = format!("{}/team/app:v1", registry.address());
    let (there, back) = (home.path().join("there"), home.path().join("back"));
    image.write_oci_layout(&there, &name);
    let (there, back) = (there.display().to_string(), back.display().to_string());
    let pushed = home
        .portunus(&["push", &name, "--oci-layout", &there])
        .run();
    pushed.assert_success();
    assert!(pushed.stdout.contains(image.digest()), "{pushed}");
    let pulled = home.portunus(&["pull", &name, "--oci-layout", &back]).run();
    pulled.assert_success();
    for blob in image.blobs() {
        let (_, hex) = blob.digest.split_once(':').unwrap();
        let stored = std::fs::read(format!("{back}/blobs/sha256/{hex}")).unwrap();
        assert!(stored == blob.bytes, "{}", blob.digest);
    }
}
