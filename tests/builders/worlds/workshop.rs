//! One builder for two people, who log in where it is not seen.

use std::fs;
use std::path::Path;
use std::process::Command;

use portunus::credential::Credential;
use support::account::Account;
use support::buildkit_daemon::BuildKitDaemon;
use support::docker_daemon::DockerDaemon;
use support::home::Home;
use support::image::Image;
use support::process::{self, Ran};
use support::program;
use worlds::http::World;

/// Who builds.
enum Builder {
    Docker(DockerDaemon),
    BuildKit(BuildKitDaemon),
}

/// A builder, and a home in which ann and ben are profiles that are logged in to a registry.
pub(crate) struct Workshop {
    pub(crate) home: Home,
    builder: Builder,
    registry: String,
    /// Where the tokens come from, where that is not the registry itself.
    realm: Option<String>,
}

/// What each may do, with this password of ann's.
pub(crate) fn accounts(of_ann: &str) -> [Account; 3] {
    [
        Account::new("ann", of_ann).only("proj-a").only("base"),
        Account::new("ben", "canary-ben")
            .only("proj-b")
            .only("base"),
        Account::new("admin", "canary-admin"),
    ]
}

impl Workshop {
    /// Puts an image that both may read into a registry with those accounts; dockerd builds.
    pub(crate) fn new(registry: &str, realm: Option<String>) -> Self {
        Self::with(Builder::Docker(DockerDaemon::start()), registry, realm)
    }

    /// The same where buildkitd does.
    pub(crate) fn of_buildkitd(registry: &str) -> Self {
        Self::with(Builder::BuildKit(BuildKitDaemon::start()), registry, None)
    }

    fn with(builder: Builder, registry: &str, realm: Option<String>) -> Self {
        put_image(registry, realm.as_deref(), "base/img:v1");
        let workshop = Self {
            home: Home::new(),
            builder,
            registry: registry.to_owned(),
            realm,
        };
        workshop.log_in("ann", "canary-ann");
        workshop.log_in("ben", "canary-ben");
        workshop
    }

    /// Logs in to a profile of that name: with the password itself where nobody is asked, else with
    /// what the realm gives in its place.
    pub(crate) fn log_in(&self, user: &str, password: &str) {
        self.log_in_to(user, user, password);
    }

    /// The same to another profile.
    pub(crate) fn log_in_to(&self, profile: &str, user: &str, password: &str) {
        let who = ["--profile", profile, "--username", user, "--password-stdin"];
        let how = match &self.realm {
            Some(realm) => vec!["--trust-realm", realm],
            None => vec!["--no-verify"],
        };
        let login = [
            &["login", "--store", "file"],
            &who[..],
            &how,
            &[&self.registry],
        ]
        .concat();
        let portunus = self.home.portunus(&login).input(password);
        portunus.run().assert_success();
    }

    /// Puts an image there.
    pub(crate) fn put_image(&self, image: &str) {
        put_image(&self.registry, self.realm.as_deref(), image);
    }

    /// The socket of the daemon.
    pub(crate) fn socket(&self) -> &Path {
        match &self.builder {
            Builder::Docker(docker) => docker.socket(),
            Builder::BuildKit(buildkit) => buildkit.socket(),
        }
    }

    /// A folder with a Dockerfile on the common image, and one file.
    pub(crate) fn context(&self, name: &str, text: &str) -> String {
        self.context_on(name, "base/img:v1", text)
    }

    /// The same on another image.
    pub(crate) fn context_on(&self, name: &str, base: &str, text: &str) -> String {
        let folder = self.home.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        let dockerfile = format!("FROM {}/{base}\nCOPY file /file\n", self.registry);
        fs::write(folder.join("Dockerfile"), dockerfile).unwrap();
        fs::write(folder.join("file"), text).unwrap();
        folder.display().to_string()
    }

    /// Builds and pushes with a session of ours.
    pub(crate) fn build(&self, user: &str, repository: &str, context: &str) -> Ran {
        self.build_with(&[], user, repository, context)
    }

    /// The same with more to be said.
    pub(crate) fn build_with(
        &self,
        more: &[&str],
        user: &str,
        repository: &str,
        context: &str,
    ) -> Ran {
        let scheme = match &self.builder {
            Builder::Docker(_) => "docker",
            Builder::BuildKit(_) => "unix",
        };
        let address = format!("{scheme}://{}", self.socket().display());
        let builder = [&["--addr", &*address], more].concat();
        self.build_at(&builder, user, repository, context)
    }

    /// The same at another address.
    pub(crate) fn build_at(
        &self,
        builder: &[&str],
        user: &str,
        repository: &str,
        context: &str,
    ) -> Ran {
        let image = format!("{}/{repository}", self.registry);
        let mut build: Command = self.home.command(program::example("build"));
        build.args(builder).args(["--profile", user]);
        build.args(["-t", &image, context]);
        let ran = process::run(&mut build, b"");
        assert!(!ran.output().contains("canary"), "{ran}");
        ran
    }
}

fn put_image(registry: &str, realm: Option<&str>, image: &str) {
    let world = World::new().with_hosts(registry, &[&format!("http://{registry}")]);
    let admin = Credential::password("admin", "canary-admin");
    world.store_under(registry, &admin, |note| {
        note.realm = realm.map(str::to_owned)
    });
    world.write_layout(&Image::of_sizes(image, &[2000, 3000]), "v1");
    world.push(&format!("{registry}/{image}")).unwrap();
}
