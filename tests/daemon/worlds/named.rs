//! Hosts with names and ports of their own, which a daemon and the program look up in the same file.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use support::account::Account;
use support::containerd::Containerd;
use support::home::Home;
use support::http::{HttpServer, Reply, Request};
use support::pki::CertificateAuthority;
use support::process::{self, Ran};
use support::programmable_registry::ProgrammableRegistry;
use support::{port, program, tools};

pub(crate) const VICTIM: &str = "victim.test";
pub(crate) const MIRROR: &str = "mirror.test:5000";
pub(crate) const IMAGE: &str = "victim.test/app:v1";
pub(crate) const PASSWORD: &str = "CANARYPW";

/// A registry over TLS, a mirror without, and a daemon that knows their names. Needs `low-ports?` and
/// `namespaces?`.
pub(crate) struct NamedSite {
    address: Ipv4Addr,
    authority: CertificateAuthority,
    pub(crate) home: Home,
    pub(crate) daemon: Containerd,
    pub(crate) victim: ProgrammableRegistry,
    pub(crate) mirror: ProgrammableRegistry,
}

impl NamedSite {
    /// Somebody is logged in to the registry, which has the image.
    pub(crate) fn new(image: &support::image::Image) -> Self {
        let (address, authority, home) = (
            port::own_address(),
            CertificateAuthority::new(),
            Home::new(),
        );
        let names = ["victim.test", "sub.victim.test", "mirror.test", "evil.test"];
        let table = format!("127.0.0.1 localhost\n{address} {}\n", names.join(" "));
        let file = home.path().join("hosts");
        std::fs::write(&file, table).unwrap();
        let daemon = Containerd::settings()
            .with_mount(&file, Path::new("/etc/hosts"))
            .start();
        let identity = authority.server(&["victim.test", "sub.victim.test"]);
        let alice = [Account::new("alice", PASSWORD)];
        let victim = ProgrammableRegistry::settings_basic(&alice)
            .tls(identity.server_config(None))
            .at(SocketAddr::from((address, 443)))
            .start();
        victim.put_image("app", "v1", image);
        let mirror = ProgrammableRegistry::settings_open();
        let mirror = mirror.at(SocketAddr::from((address, 5000))).start();
        let ca = home.path().join("ca.pem");
        std::fs::write(&ca, authority.certificate_pem()).unwrap();
        let text = format!(
            "server = \"https://{VICTIM}\"\nca = \"{}\"\n\
             [host.\"http://{MIRROR}\"]\ncapabilities = [\"pull\", \"resolve\"]\n",
            ca.display()
        );
        home.write_hosts_toml(VICTIM, &text);
        let site = Self {
            address,
            authority,
            home,
            daemon,
            victim,
            mirror,
        };
        let login = ["login", VICTIM, "-u", "alice", "--password-stdin"];
        site.run_with(&login, PASSWORD).assert_success();
        site
    }

    /// Somebody who waits for secrets at this port, with TLS or without.
    pub(crate) fn attacker(&self, port: u16, tls: bool, answer: Reply) -> HttpServer {
        let names = ["victim.test", "sub.victim.test", "evil.test"];
        let identity = tls.then(|| self.authority.server(&names));
        let tls = identity.map(|identity| identity.server_config(None));
        let address = SocketAddr::from((self.address, port));
        HttpServer::start_at(address, tls, move |_: &Request| answer.clone())
    }

    pub(crate) fn run(&self, verb: &str, options: &[&str]) -> Ran {
        let socket = self.daemon.socket().to_str().unwrap();
        let command = [verb, IMAGE, "--address", socket];
        self.run_with(&[&command[..], options].concat(), "")
    }

    /// Without the daemon.
    pub(crate) fn run_alone(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    /// Where the daemon is, so that it sees the same files.
    fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.home.command(tools::program("nsenter"));
        let place = format!("/proc/{}", self.daemon.id());
        // In a chroot the namespace's own root is not the one that the daemon and this process see.
        command
            .arg(format!("--mount={place}/ns/mnt"))
            .arg(format!("--root={place}/root"))
            .arg("--")
            .arg(program::portunus());
        process::run(command.args(arguments), input.as_bytes())
    }
}

pub(crate) fn asks_for_password() -> Reply {
    Reply::challenge("Basic realm=\"r\"")
}

pub(crate) fn asks_for_token(realm: &str) -> Reply {
    Reply::challenge(&format!("Bearer realm=\"{realm}\",service=\"s\""))
}

/// What the servers that wait for secrets have received of them.
pub(crate) fn received(attackers: &[&HttpServer]) -> Vec<Request> {
    let received = attackers.iter().map(|it| it.requests_with(PASSWORD));
    received.flatten().collect()
}

/// Has a mirror send everybody there, from now on.
pub(crate) fn lead(mirror: &ProgrammableRegistry, target: &str) {
    let target = target.to_owned();
    mirror.answer_with(move |request| Some(Reply::redirect(&format!("{target}{}", request.path))));
}
