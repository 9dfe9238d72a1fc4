//! A daemon that is another user, or sees other files, is handed hosts that it can read.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use portunus::hosts::DaemonVersion;
use portunus_containerd::ReportedVersion;
use support::account::Account;
use support::containerd::Containerd;
use support::home::Home;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::{process, program};
use tempfile::TempDir;

const IMAGE: &str = "reg-a.test/team/app:v1";
const PASSWORD: &str = "canary-pw-20c7";

/// The daemon finds another hosts.toml at the same path, and so another registry.
#[support::test(needs("containerd", "namespaces?"))]
fn a_daemon_in_another_mount_namespace_reads_the_original_files() {
    let (ours, theirs) = (Site::new("ours"), Site::new("theirs"));
    let daemon = Containerd::settings()
        .with_mount(&theirs.home.hosts_dir(), &ours.home.hosts_dir())
        .start();
    let relative = ours.home.hosts_dir();
    let relative = relative.strip_prefix(ours.home.path()).unwrap();
    let options = ["--hosts-dir", relative.to_str().unwrap()];
    let ran = ours.pull(&daemon, &options);
    ran.assert_success();
    assert!(ran.stdout.contains(theirs.image.digest()), "{ran}");
    let told = format!(
        "containerd reads {} itself, because the daemon lives in another mount namespace",
        ours.home.hosts_dir().display()
    );
    assert!(ran.stderr.contains(&told), "{ran}");
}

/// It asks all of them in one transfer, so that one could lead it to another.
#[support::test(needs("containerd", "namespaces?"))]
fn a_daemon_that_reads_several_hosts_itself_is_told_no_secret() {
    let account = Account::new("alice", PASSWORD);
    let server = ProgrammableRegistry::basic(&[account]);
    server.put_image("team/app", "v1", &Image::small("one"));
    let mirror = ProgrammableRegistry::open();
    let elsewhere = tempfile::tempdir().unwrap();
    for (hosts, is_told) in [(vec![&server], true), (vec![&mirror, &server], false)] {
        let site = crate::worlds::site::Site::new(&hosts);
        site.log_in(&server, "alice", PASSWORD);
        let folder = site.home.path().join("unlike");
        fs::create_dir(&folder).unwrap();
        let daemon = Containerd::settings()
            .with_mount(elsewhere.path(), &folder)
            .start();
        server.forget_requests();
        let arguments = arguments(daemon.socket().to_str().unwrap());
        let ran = site.home.portunus(&arguments).run();
        let by_daemon = server.requests_with(PASSWORD);
        let by_daemon = by_daemon.iter().any(|request| {
            let agent = request.header("User-Agent").unwrap_or_default();
            agent.starts_with("containerd")
        });
        assert_eq!(by_daemon, is_told, "{ran}");
        assert_eq!(ran.status.success(), is_told, "{ran}");
        if !is_told {
            let why = "containerd reads its own hosts, and another of them may lead it there";
            assert!(ran.stderr.contains(why), "{ran}");
            assert!(ran.stderr.contains("--local"), "{ran}");
            ran.assert_code(4);
            let around = [&arguments[..], &["--local"]].concat();
            site.home.portunus(&around).run().assert_success();
        }
    }
}

/// `referrers` makes 2.1 drop the whole file, which it would not tell.
#[support::test(needs("containerd", "namespaces?"))]
fn original_files_are_held_to_the_rules_of_the_version() {
    let (ours, theirs) = (Site::new("ours"), Site::new("theirs"));
    let daemon = Containerd::settings()
        .with_mount(&theirs.home.hosts_dir(), &ours.home.hosts_dir())
        .start();
    let text = format!(
        "[host.\"{}\"]\ncapabilities = [\"pull\", \"resolve\", \"referrers\"]\n",
        ours.registry.url()
    );
    let file = ours.home.write_hosts_toml("reg-a.test", &text);
    let ran = ours.pull(&daemon, &[]);
    if ReportedVersion::new(daemon.version()).daemon_version() > DaemonVersion::V2_1 {
        ran.assert_success();
        return;
    }
    ran.assert_code(5);
    let place = format!("{}:2:", file.display());
    assert!(ran.stderr.contains(&place), "{ran}");
    assert!(theirs.registry.requests().is_empty());
}

/// From another pid namespace the kernel does not tell who listens.
#[support::test(needs("containerd", "namespaces?"))]
fn a_daemon_whose_files_cannot_be_told_reads_the_original_ones() {
    let site = Site::new("one");
    let daemon = Containerd::start();
    let mut command = site.home.command("unshare");
    command
        .args(["--pid", "--fork"])
        .arg(program::portunus())
        .args(["pull", IMAGE, "--no-unpack", "--address"])
        .arg(daemon.socket())
        .env("PATH", "/usr/bin:/bin");
    let ran = process::run(&mut command, b"");
    ran.assert_success();
    assert!(ran.stdout.contains(site.image.digest()), "{ran}");
    let told = "itself, because whether the daemon sees the same files cannot be told";
    assert!(ran.stderr.contains(told), "{ran}");
}

/// It cannot read the original files, which lie in a closed home.
#[support::test(needs("containerd", "root?"))]
fn a_daemon_of_another_user_is_given_files_that_it_can_read() {
    let site = Site::new("one");
    let daemon = Containerd::settings().unprivileged().start();
    let folder = open_folder();
    let socket = daemon.socket();
    let ran = site
        .home
        .portunus(&arguments(socket.to_str().unwrap()))
        .env("TMPDIR", folder.path().to_str().unwrap())
        .run();
    ran.assert_success();
    assert!(ran.stdout.contains(site.image.digest()), "{ran}");
    assert!(!ran.stderr.contains("itself, because"), "{ran}");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "a folder is left"
    );
}

#[support::test(needs("containerd", "root?"))]
fn a_daemon_that_we_may_not_talk_to_is_named() {
    let daemon = Containerd::start();
    let folder = open_folder();
    let copy = folder.path().join("portunus");
    fs::copy(program::portunus(), &copy).unwrap();
    let mut command = Command::new(&copy);
    command
        .env_clear()
        .env("HOME", folder.path())
        .args(["pull", IMAGE, "--address"])
        .arg(daemon.socket())
        .current_dir(folder.path())
        .uid(65_534)
        .gid(65_534);
    let ran = process::run(&mut command, b"");
    ran.assert_code(1);
    let told = format!("{}: permission denied", daemon.socket().display());
    assert!(ran.stderr.contains(&told), "{ran}");
    assert!(ran.stderr.contains("help: run as root or"), "{ran}");
}

/// A home whose hosts lead to a registry of its own, and nowhere else.
struct Site {
    home: Home,
    registry: ProgrammableRegistry,
    image: Image,
}

impl Site {
    fn new(content: &str) -> Self {
        let registry = ProgrammableRegistry::open();
        let image = Image::small(content);
        registry.put_image("team/app", "v1", &image);
        let home = Home::new();
        let server = format!("server = \"{}\"\n", registry.url());
        home.write_hosts_toml("reg-a.test", &server);
        Self {
            home,
            registry,
            image,
        }
    }

    fn pull(&self, daemon: &Containerd, options: &[&str]) -> process::Ran {
        let arguments = arguments(daemon.socket().to_str().unwrap());
        self.home
            .portunus(&[&arguments[..], options].concat())
            .run()
    }
}

fn arguments(socket: &str) -> [&str; 5] {
    ["pull", IMAGE, "--no-unpack", "--address", socket]
}

/// A folder that everybody can enter.
fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}
