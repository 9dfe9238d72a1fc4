//! One mirror, two registry namespaces, two accounts: logins, the plan, and pulls through a real
//! containerd, seen by a real nginx in front of a real docker-registry.

use std::fs;

use support::containerd::Containerd;
use support::docker_registry::{Auth, DockerRegistry};
use support::home::Home;
use support::image::Image;
use support::nginx::{NamespaceAccount, Nginx};
use support::process::Ran;
use support::registry_client::{self, Login};

const ALICE: &str = "canary-alice-7d1f";
const BOB: &str = "canary-bob-93ac";

/// The mirror with its two images, and the home of somebody who has configured it.
struct World {
    home: Home,
    mirror: Nginx,
    _registry: DockerRegistry,
}

impl World {
    fn new() -> Self {
        let registry = DockerRegistry::start(&Auth::Anybody);
        for (repository, seed) in [("team/app", "a"), ("team/tool", "b")] {
            let image = Image::small(seed);
            registry_client::push(
                registry.address(),
                repository,
                "v1",
                &image,
                &Login::Anonymous,
            );
        }
        let account = |registry_namespace, user, password| NamespaceAccount {
            registry_namespace,
            user,
            password,
        };
        let accounts = [
            account("reg-a.test", "alice", ALICE),
            account("reg-b.test", "bob", BOB),
        ];
        let mirror = Nginx::per_registry_namespace(registry.address(), &accounts);
        let home = Home::new();
        for registry_namespace in ["reg-a.test", "reg-b.test"] {
            // The upstream is a port where nobody listens.
            let text = format!(
                "server = \"https://127.0.0.1:1\"\n\n[host.\"http://{}\"]\ncapabilities = [\"pull\", \"resolve\"]\n",
                mirror.address()
            );
            home.write_hosts_toml(registry_namespace, &text);
        }
        Self {
            home,
            mirror,
            _registry: registry,
        }
    }

    fn login(&self, registry_namespace: &str, user: &str, password: &str) -> Ran {
        let arguments = [
            "login",
            "--registry-namespace",
            registry_namespace,
            self.mirror.address(),
            "-u",
            user,
            "--password-stdin",
        ];
        self.home
            .portunus(&arguments)
            .env("PORTUNUS_STORE", "file")
            .input(&format!("{password}\n"))
            .run()
    }

    fn pull(&self, image: &str, containerd: &Containerd) -> Ran {
        let socket = containerd.socket().display().to_string();
        self.home
            .portunus(&["pull", image, "--address", &socket, "--no-unpack"])
            .run()
    }

    /// Who was seen at the mirror with which registry namespace, each pair once.
    fn seen(&self) -> Vec<(String, String)> {
        let mut seen: Vec<(String, String)> = Vec::new();
        for access in self.mirror.access_log() {
            let Some(user) = access.user else { continue };
            let pair = (user, access.registry_namespace.unwrap_or_default());
            if !seen.contains(&pair) {
                seen.push(pair);
            }
        }
        seen.sort();
        seen
    }
}

#[support::test(needs("containerd", "nginx", "htpasswd", "docker-registry"))]
fn each_registry_namespace_is_pulled_with_its_own_account() {
    let world = World::new();
    let containerd = Containerd::start();
    let mut ran = vec![
        world.login("reg-a.test", "alice", ALICE),
        world.login("reg-b.test", "bob", BOB),
    ];
    let mirror = world.mirror.address();
    for (image, user, registry_namespace) in [
        ("reg-a.test/team/app:v1", "alice", "reg-a.test"),
        ("reg-b.test/team/tool:v1", "bob", "reg-b.test"),
    ] {
        let plan = world.home.portunus(&["resolve", image]).run();
        let key = format!("{mirror}?ns={registry_namespace}");
        assert!(
            plan.stdout.contains(&format!("{user}, key {key}, file ")),
            "{plan}"
        );
        let first = plan.stdout.find(mirror).unwrap();
        assert!(
            first < plan.stdout.find("https://127.0.0.1:1?ns=").unwrap(),
            "{plan}"
        );
        ran.push(plan);
        ran.push(world.pull(image, &containerd));
        let listed = containerd.ctr(&["images", "check", &format!("name=={image}")]);
        assert!(listed.stdout.contains("complete"), "{listed}");
    }
    for ran in &ran {
        ran.assert_success();
        assert!(!ran.output().contains("canary-"), "{ran}");
    }
    let pair = |user: &str, ns: &str| (user.to_owned(), ns.to_owned());
    assert_eq!(
        world.seen(),
        [pair("alice", "reg-a.test"), pair("bob", "reg-b.test")]
    );
}

#[support::test(needs("containerd", "nginx", "htpasswd", "docker-registry"))]
fn swapped_passwords_fail_with_the_key_and_what_to_run() {
    let world = World::new();
    let containerd = Containerd::start();
    world.login("reg-a.test", "alice", ALICE).assert_success();
    world.login("reg-b.test", "bob", BOB).assert_success();
    let file = world.home.credentials_file();
    let stored = fs::read_to_string(&file).unwrap();
    let swapped = stored
        .replace(ALICE, "swap")
        .replace(BOB, ALICE)
        .replace("swap", BOB);
    assert_ne!(stored, swapped);
    fs::write(&file, swapped).unwrap();
    let mirror = world.mirror.address();
    for (image, registry_namespace) in [
        ("reg-a.test/team/app:v1", "reg-a.test"),
        ("reg-b.test/team/tool:v1", "reg-b.test"),
    ] {
        let ran = world.pull(image, &containerd);
        ran.assert_code(3);
        for told in [
            mirror,
            &format!("`{mirror}?ns={registry_namespace}`"),
            &file.display().to_string(),
            &format!("help: portunus login --registry-namespace {registry_namespace} {mirror}"),
        ] {
            assert!(ran.stderr.contains(told), "{told} is not told in\n{ran}");
        }
        assert!(!ran.output().contains("canary-"), "{ran}");
    }
}

#[support::test(needs("nginx", "htpasswd", "docker-registry"))]
fn a_wrong_password_is_not_stored() {
    let world = World::new();
    let ran = world.login("reg-a.test", "alice", BOB);
    ran.assert_code(3);
    assert!(ran.stderr.contains("nothing was stored"), "{ran}");
    assert!(!world.home.credentials_file().exists());
    let tried = world
        .mirror
        .access_log()
        .into_iter()
        .filter(|access| access.user.is_some());
    assert_eq!(tried.count(), 1, "a wrong password is tried once");
}

#[support::test(needs("nginx", "htpasswd", "docker-registry"))]
fn a_broken_hosts_toml_stops_before_anybody_is_asked() {
    let world = World::new();
    let containerd_address = world.home.path().join("none.sock").display().to_string();
    let mirror = world.mirror.address().to_owned();
    let text = format!("[host.\"http://{mirror}\"]\ncapabilities = [\"pull\", \"reslove\"]\n");
    let file = world.home.write_hosts_toml("reg-a.test", &text);
    let layout = world.home.path().join("layout").display().to_string();
    for arguments in [
        vec!["pull", "reg-a.test/team/app:v1", "--oci-layout", &layout],
        vec![
            "pull",
            "reg-a.test/team/app:v1",
            "--address",
            &containerd_address,
        ],
        vec!["resolve", "reg-a.test/team/app:v1"],
        vec![
            "login",
            "--registry-namespace",
            "reg-a.test",
            &mirror,
            "-u",
            "a",
            "-p",
            "b",
        ],
    ] {
        let ran = world.home.portunus(&arguments).run();
        ran.assert_code(5);
        let place = format!("{}:2:", file.display());
        assert!(
            ran.stderr.contains(&place) && ran.stderr.contains("reslove"),
            "{ran}"
        );
    }
    assert_eq!(world.mirror.access_log(), []);
}
