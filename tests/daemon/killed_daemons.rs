//! A containerd that is killed at each step of a pull and of a push, by what it asks a registry: the
//! program names it, and once it runs again the same command does all of it and leaves no lease.

use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Pid, Signal, kill_process};
use support::account::Account;
use support::containerd::Containerd;
use support::http::Reply;
use support::image::Image;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::daemon::DaemonWorld;

const SECRET: &str = "wonder";

#[support::test(needs("containerd"))]
fn at_each_step_of_a_pull_it_is_named_and_the_next_pull_is_whole() {
    let mut site = Site::new();
    for step in 0.. {
        let image = Image::of_sizes(&format!("step {step}"), &[100, 2000]);
        site.registry
            .put_image("team/app", &format!("v{step}"), &image);
        let reference = format!("reg-a.test/team/app:v{step}");
        if site.lived(step, "pull", &reference, &["--no-unpack"]) {
            assert!(step > 4, "{step}");
            break;
        }
        assert!(site.world.has(&reference), "{step}");
    }
}

#[support::test(long, needs("containerd"))]
fn at_each_step_of_a_push_it_is_named_and_the_next_push_is_whole() {
    let mut site = Site::new();
    for step in 0.. {
        let image = Image::of_sizes(&format!("step {step}"), &[100, 2000]);
        let source = ProgrammableRegistry::open();
        let tag = format!("v{step}");
        source.put_image("team/app", &tag, &image);
        let from = format!("{}/team/app:{tag}", source.address());
        let reference = format!("reg-a.test/team/app:{tag}");
        site.run("pull", &from, &["--no-unpack"]).assert_success();
        let tagged = site.world.daemon.ctr(&["images", "tag", &from, &reference]);
        tagged.assert_success();
        let lived = site.lived(step, "push", &reference, &[]);
        let held = site.registry.manifest("team/app", &tag);
        assert_eq!(held.as_ref(), Some(&image.manifest), "{step}");
        if lived {
            assert!(step > 6, "{step}");
            break;
        }
    }
}

struct Site {
    world: DaemonWorld,
    registry: ProgrammableRegistry,
}

impl Site {
    fn new() -> Self {
        let registry = ProgrammableRegistry::basic(&[Account::new("alice", SECRET)]);
        let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
        let world = DaemonWorld::with(world, Containerd::settings());
        let home = &world.world.home;
        let login = ["login", "--no-verify", "--plain-http", "-u", "alice"];
        let address = registry.address();
        let login = [&login[..], &["--password-stdin", &address]].concat();
        home.portunus(&login).input(SECRET).run().assert_success();
        Self { world, registry }
    }

    fn run(&self, verb: &str, reference: &str, options: &[&str]) -> Ran {
        let socket = self.world.daemon.socket().to_str().unwrap();
        let arguments = [&[verb, reference, "--address", socket], options].concat();
        self.world.world.home.portunus(&arguments).run()
    }

    /// Runs it with a daemon that is killed when the registry is asked for the first time after so many
    /// requests, and again with one that lives. Whether there were no more requests.
    fn lived(&mut self, step: usize, verb: &str, reference: &str, options: &[&str]) -> bool {
        self.registry.forget_requests();
        let (asked, daemon) = (AtomicUsize::new(0), self.world.daemon.id());
        let dies = move |_: &_| {
            let dies = asked.fetch_add(1, Ordering::SeqCst) == step;
            if dies {
                let daemon = Pid::from_raw(i32::try_from(daemon).unwrap()).unwrap();
                kill_process(daemon, Signal::KILL).unwrap();
            }
            dies
        };
        self.registry.when(dies, Reply::reset());
        let ran = self.run(verb, reference, options);
        self.registry.forget_rules();
        if self.registry.requests().len() <= step {
            ran.assert_success();
            return true;
        }
        ran.assert_code(1);
        assert!(ran.stderr.contains("containerd"), "{step}: {ran}");
        assert!(ran.stderr.contains("help: "), "{step}: {ran}");
        assert!(!ran.output().contains(SECRET), "{step}: {ran}");
        self.world.daemon.kill();
        self.world.daemon.start_again();
        self.run(verb, reference, options).assert_success();
        self.world.assert_no_lease();
        false
    }
}
