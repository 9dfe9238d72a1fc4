//! A home and a daemon, and the program that pulls with both.

use support::containerd::Containerd;
use support::home::Home;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;

pub(crate) const IMAGE: &str = "reg-a.test/team/app:v1";

/// A daemon, and a home whose hosts are these.
pub(crate) struct Site {
    pub(crate) home: Home,
    pub(crate) daemon: Containerd,
}

impl Site {
    pub(crate) fn new(hosts: &[&ProgrammableRegistry]) -> Self {
        let (server, mirrors) = hosts.split_last().unwrap();
        let mut text = format!("server = \"{}\"\n", server.url());
        for mirror in mirrors {
            text += &format!("[host.\"{}\"]\n", mirror.url());
        }
        Self::of_file(&text)
    }

    pub(crate) fn of_file(text: &str) -> Self {
        let home = Home::new();
        home.write_hosts_toml("reg-a.test", text);
        Self {
            home,
            daemon: Containerd::start(),
        }
    }

    pub(crate) fn log_in(&self, registry: &ProgrammableRegistry, user: &str, password: &str) {
        let address = registry.address();
        let login = [
            "login",
            "--store",
            "file",
            "--registry-namespace",
            "reg-a.test",
        ];
        let login = [&login[..], &["-u", user, "--password-stdin", &address]].concat();
        self.home
            .portunus(&login)
            .input(password)
            .run()
            .assert_success();
    }

    pub(crate) fn pull(&self) -> Ran {
        self.run("pull", &["--no-unpack"])
    }

    pub(crate) fn run(&self, verb: &str, options: &[&str]) -> Ran {
        let socket = self.daemon.socket().to_str().unwrap();
        let command = [verb, IMAGE, "--address", socket];
        self.home.portunus(&[&command[..], options].concat()).run()
    }
}
