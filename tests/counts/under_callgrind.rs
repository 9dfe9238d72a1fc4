//! What this binary does when it calls itself under callgrind: one piece of work, of which alone the
//! instructions count.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use portunus::hosts::HostsTree;
use portunus::name::{Authority, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::{CredentialsFile, DockerConfig, HelperPrograms, Source};

/// The function within which callgrind counts.
pub(crate) const COUNTED: &str = "counted_by_callgrind";

/// A piece of work.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// A plan by the hosts of a folder, by a resolver that has read nothing.
    NewPlan,
    /// The same by one that has made it before.
    KeptPlan,
    /// A look into our own file.
    OwnFile,
    /// A look into docker's.
    DockerConfig,
}

const ALL: [Work; 4] = [
    Work::NewPlan,
    Work::KeptPlan,
    Work::OwnFile,
    Work::DockerConfig,
];

impl Work {
    /// How it is asked for, before the path of its input.
    pub(crate) fn flag(self) -> &'static str {
        match self {
            Self::NewPlan => "--new-plan",
            Self::KeptPlan => "--kept-plan",
            Self::OwnFile => "--own-file",
            Self::DockerConfig => "--docker-config",
        }
    }

    fn run(self, input: PathBuf) {
        match self {
            Self::NewPlan => counted_by_callgrind(|| plan(&resolver(input))),
            Self::KeptPlan => {
                let kept = resolver(input);
                plan(&kept);
                // So that nothing that was read is too young to be believed.
                sleep(Duration::from_millis(20));
                plan(&kept);
                counted_by_callgrind(|| plan(&kept));
            }
            Self::OwnFile => counted_by_callgrind(|| look(&CredentialsFile::new(input))),
            Self::DockerConfig => counted_by_callgrind(|| {
                look(&DockerConfig::new(input, HelperPrograms::new([])));
            }),
        }
    }
}

/// Does what the command line asks for, if it does.
pub(crate) fn serve() -> bool {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [flag, input] = &arguments[..] else {
        return false;
    };
    let Some(work) = ALL.into_iter().find(|work| *flag == *work.flag()) else {
        return false;
    };
    work.run(Path::new(input).to_owned());
    true
}

#[inline(never)]
fn counted_by_callgrind(work: impl FnOnce()) {
    work();
}

fn resolver(hosts: PathBuf) -> Resolver {
    Resolver::new(HostsTree::new(vec![hosts]))
}

fn plan(resolver: &Resolver) {
    let image = "docker.io/library/alpine:3".parse().unwrap();
    let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT);
    assert!(!plan.unwrap().attempts.is_empty());
}

fn look(source: &dyn Source) {
    let host = Authority::parse("reg-7.test:5000").unwrap();
    assert_eq!(source.entries(&host).unwrap().entries.len(), 1);
}
