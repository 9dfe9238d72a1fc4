//! What the program does differently for containerd 2.1, 2.2 and 2.3. The newer two are played by a
//! daemon of ours: what they can do was read in their source.

use support::account::Account;
use support::home::Home;
use support::image::Image;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::fake_daemon::{FakeDaemon, Script, Step};

const PASSWORD: &str = "canary-pw-77aa";
const IMAGE: &str = "reg-a.test/team/app:v1";

/// `referrers` is a capability since 2.2 (`core/remotes/docker/registry.go`); before that it made
/// containerd drop the whole file.
#[support::test]
fn hosts_are_rendered_with_what_the_version_understands() {
    let machine = Machine::new();
    for (version, understands_referrers) in [
        ("2.0.4", false),
        ("2.1.9", false),
        ("2.2.0", true),
        ("2.3.1", true),
    ] {
        let daemon = FakeDaemon::start(Script::of(version));
        machine.run("pull", &daemon).assert_success();
        let files = daemon.seen().hosts_tomls;
        let [(path, text)] = &files[..] else {
            panic!("not one file: {files:?}")
        };
        assert!(
            text.contains(&machine.registry.address()),
            "{version}: {text}"
        );
        assert!(!text.contains(PASSWORD), "{version}: {text}");
        let names_referrers = text.contains("referrers");
        assert_eq!(names_referrers, understands_referrers, "{version}: {text}");
        assert!(!path.starts_with(machine.home.hosts_dir()), "{version}");
        assert!(!path.exists(), "{version}: {} is left", path.display());
    }
}

/// `?ns=` is sent on a push since 2.3.0 (`core/remotes/docker/pusher.go`).
#[support::test]
fn a_push_warns_only_where_the_version_sends_no_ns() {
    let machine = Machine::new();
    for (version, warns) in [
        ("2.1.9", true),
        ("2.2.0", true),
        ("2.3.0", false),
        ("2.4.1", false),
    ] {
        let daemon = FakeDaemon::start(Script::of(version));
        let ran = machine.run("push", &daemon);
        ran.assert_success();
        assert_eq!(
            ran.stderr.contains("sends no ?ns= on a push"),
            warns,
            "{ran}"
        );
        let help = ran.stderr.contains("portunus push --oci-layout sends it");
        assert_eq!(help, warns, "{ran}");
    }
}

#[support::test]
fn a_login_of_a_registry_namespace_is_answered_to_every_version() {
    let machine = Machine::new();
    for version in ["2.0.0", "2.1.9", "2.2.0", "2.3.0", "1f0a2b3.m"] {
        for command in ["pull", "push"] {
            let steps = [
                Step::Ask(machine.registry.address()),
                Step::Ask("other.test".into()),
            ];
            let daemon = FakeDaemon::start(Script::of(version).transfer(steps));
            machine.run(command, &daemon).assert_success();
            let answers = daemon.seen().answers;
            let answers: Vec<(&str, &str)> = answers
                .iter()
                .map(|answer| (&*answer.username, &*answer.secret))
                .collect();
            let expected = [("alice", PASSWORD), ("", "")];
            assert_eq!(answers, expected, "{command} through {version}");
            assert_eq!(daemon.seen().leases, [], "{command} through {version}");
        }
    }
}

/// A home with a login for `reg-a.test` at a registry.
struct Machine {
    home: Home,
    registry: ProgrammableRegistry,
}

impl Machine {
    fn new() -> Self {
        let account = Account::new("alice", PASSWORD).in_registry_namespace("reg-a.test");
        let registry = ProgrammableRegistry::basic(&[account]);
        registry.put_image("team/app", "v1", &Image::small("one"));
        let home = Home::new();
        let text = format!(
            "server = \"https://127.0.0.1:1\"\n[host.\"{}\"]\n\
             capabilities = [\"pull\", \"resolve\", \"push\", \"referrers\"]\n",
            registry.url()
        );
        home.write_hosts_toml("reg-a.test", &text);
        let address = registry.address();
        let login = ["login", "--registry-namespace", "reg-a.test", "-u", "alice"];
        let login = [&login[..], &["--password-stdin", &address]].concat();
        home.portunus(&login)
            .env("PORTUNUS_STORE", "file")
            .input(PASSWORD)
            .run()
            .assert_success();
        Self { home, registry }
    }

    fn run(&self, command: &str, daemon: &FakeDaemon) -> Ran {
        let socket = daemon.socket();
        let arguments = [command, IMAGE, "--address", socket.to_str().unwrap()];
        self.home.portunus(&arguments).run()
    }
}
