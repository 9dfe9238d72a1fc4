//! A pull by each client in turn, and what each host was asked.

use support::containerd::Containerd;
use support::home::Home;
use support::http::Request;
use support::process;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;

const IMAGE: &str = "reg.test/team/app:v1";
pub(crate) const PASSWORD: &str = "canary-pw-90fe";

/// A daemon, and somebody with one image to pull.
pub(crate) struct World {
    home: Home,
    daemon: Containerd,
    /// The hosts that somebody is logged in to.
    logins: Vec<String>,
    /// How many hosts of the plan are one registry.
    entries: usize,
}

impl World {
    /// The last registry is the server, those before it are mirrors.
    pub(crate) fn new(registries: &[&ProgrammableRegistry]) -> Self {
        let (server, mirrors) = registries.split_last().unwrap();
        let mut text = format!("server = \"{}\"\n", server.url());
        for mirror in mirrors {
            let url = mirror.url();
            text += &format!("[host.\"{url}\"]\ncapabilities = [\"pull\", \"resolve\"]\n");
        }
        Self::of_file(&text)
    }

    /// The hosts are those of a `hosts.toml`.
    pub(crate) fn of_file(text: &str) -> Self {
        let home = Home::new();
        home.write_hosts_toml("reg.test", text);
        Self {
            home,
            daemon: Containerd::start(),
            logins: Vec::new(),
            entries: 1,
        }
    }

    /// Each registry is so many hosts of the plan.
    pub(crate) fn with_entries(mut self, entries: usize) -> Self {
        self.entries = entries;
        self
    }

    /// Without asking the registry.
    pub(crate) fn logged_in_to(self, registry: &ProgrammableRegistry, password: &str) -> Self {
        self.logged_in(registry, password, &[])
    }

    pub(crate) fn logged_in_for(
        self,
        repository: &str,
        registry: &ProgrammableRegistry,
        password: &str,
    ) -> Self {
        self.logged_in(registry, password, &["--repository", repository])
    }

    fn logged_in(mut self, registry: &ProgrammableRegistry, password: &str, more: &[&str]) -> Self {
        let address = registry.address();
        let scope = [
            "login",
            "--no-verify",
            "--registry-namespace",
            "reg.test",
            &address,
        ];
        let account = ["--store", "file", "-u", "alice", "--password-stdin"];
        let login = [&scope[..], &account, more].concat();
        let ran = self.home.portunus(&login).input(password).run();
        ran.assert_success();
        self.logins.push(address);
        self
    }

    /// Pulls with everybody in turn, and compares what each registry was asked. A host with a stored
    /// login is asked once without, and once with it where it asks back.
    pub(crate) fn assert_counts(&self, registries: &[&ProgrammableRegistry]) {
        self.assert_counts_within(registries, |theirs| 1 + usize::from(theirs.challenges > 0));
    }

    /// The same where a host with a stored login may be asked `more` often than ctr asks it.
    pub(crate) fn assert_counts_within(
        &self,
        registries: &[&ProgrammableRegistry],
        more: impl Fn(Count) -> usize,
    ) {
        let counted = |pull: &dyn Fn() -> Ran| -> Vec<Count> {
            registries.iter().for_each(|it| it.forget_requests());
            pull().assert_success();
            self.forget();
            registries
                .iter()
                .map(|it| Count::of(&it.requests()))
                .collect()
        };
        let transferred = counted(&|| self.ctr(&[]));
        let fetched = counted(&|| self.ctr(&["--local", "--skip-metadata"]));
        let pulled = counted(&|| self.portunus());
        let laid_out = counted(&|| self.portunus_into_layout());
        for at in 0..registries.len() {
            let (theirs, ours) = (transferred[at], pulled[at]);
            let all = format!(
                "host {at}: ctr {theirs:?}, ctr --local {:?}, ours {ours:?}, into a layout {:?}",
                fetched[at], laid_out[at]
            );
            println!("{all}");
            for theirs in [transferred[at], fetched[at]] {
                assert!(laid_out[at].requests <= theirs.requests, "{all}");
                assert!(laid_out[at].tokens <= theirs.tokens, "{all}");
            }
            assert!(laid_out[at].challenges <= self.entries, "{all}");
            // Nobody knows before that it lets anybody in.
            let stored = self.logins.contains(&registries[at].address());
            let more = if stored { more(theirs) } else { 0 };
            assert!(ours.requests <= theirs.requests + more, "{all}");
            assert!(ours.tokens <= theirs.tokens + usize::from(stored), "{all}");
        }
    }

    pub(crate) fn portunus(&self) -> Ran {
        let socket = self.daemon.socket().to_str().unwrap();
        let pull = ["pull", IMAGE, "--no-unpack", "--address", socket];
        self.home.portunus(&pull).run()
    }

    fn portunus_into_layout(&self) -> Ran {
        self.home
            .portunus(&["pull", IMAGE, "--oci-layout", "layout"])
            .run()
    }

    fn ctr(&self, flags: &[&str]) -> Ran {
        let account = format!("alice:{PASSWORD}");
        let mut command = self.daemon.ctr_command();
        command
            .args([
                "images",
                "pull",
                "--snapshotter",
                "native",
                "--user",
                &account,
            ])
            .args(flags)
            .arg("--hosts-dir")
            .arg(self.home.hosts_dir())
            .arg(IMAGE);
        process::run(&mut command, b"")
    }

    /// Has the daemon forget the image and what it is made of.
    fn forget(&self) {
        self.daemon.ctr(&["images", "rm", "--sync", IMAGE]);
    }
}

/// What one registry was asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    /// Requests to the registry itself.
    requests: usize,
    /// Those of them that it answered with a challenge.
    challenges: usize,
    /// Requests for a token.
    tokens: usize,
}

impl Count {
    fn of(requests: &[Request]) -> Self {
        let (tokens, requests): (Vec<_>, Vec<_>) = requests
            .iter()
            .partition(|request| request.path == "/token");
        let bare = requests
            .iter()
            .filter(|it| it.header("Authorization").is_none());
        let shown = requests
            .iter()
            .any(|it| it.header("Authorization").is_some());
        Self {
            requests: requests.len(),
            // A host that is shown nothing asks for nothing.
            challenges: if shown { bare.count() } else { 0 },
            tokens: tokens.len(),
        }
    }
}
