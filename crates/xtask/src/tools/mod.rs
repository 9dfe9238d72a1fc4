//! `cargo xtask tools`: finds the programs that the tests need, and unpacks those that the machine
//! does not have into `target/tools`.
//!
//! On Debian-like machines they come from Debian's packages, through the mirror that the machine
//! itself uses. Nothing is installed. Elsewhere it tells what is missing.

mod apt;
mod sources;
mod wanted;
mod wrapper;

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::variable;
use apt::Apt;
use wanted::{COMPANIONS, CONTAINERDS, Containerd, NEWER, Newer, PEERS, PROGRAMS};

/// Raised when what lies in `target/tools` must be made anew.
const RECIPE: &str = "2";

/// Where the packages of the machine's own release are unpacked, below `target/tools`.
const PROGRAMS_ROOT: &str = "root/programs";

/// What no program reads that lies here, and is a quarter of what is unpacked.
const UNREAD: [&str; 6] = [
    "usr/lib/cni",
    "usr/libexec/podman",
    "usr/share/doc",
    "usr/share/icons",
    "usr/share/locale",
    "usr/share/man",
];

/// Makes sure that every wanted program is there.
///
/// Two at once wait for each other, and the second finds everything done.
pub(crate) fn run(target: &Path) -> Result<(), String> {
    fetch(target, NEWER.iter().collect())
}

/// As [`run`], and of those that ours is measured beside, too.
pub(crate) fn run_with_peers(target: &Path) -> Result<(), String> {
    fetch(target, NEWER.iter().chain([&PEERS]).collect())
}

fn fetch(target: &Path, newer: Vec<&'static Newer>) -> Result<(), String> {
    let tools = Tools {
        folder: target.join("tools"),
        newer,
    };
    let _lock = tools.prepare().map_err(|error| tools.explain(&error))?;
    let mut missing = tools.missing();
    if !missing.is_empty() {
        let trouble = tools.unpack(&missing);
        missing = tools.missing();
        for line in trouble {
            eprintln!("tools: {line}");
        }
    }
    match missing.as_slice() {
        [] => Ok(()),
        missing => Err(format!(
            "tools: not found: {}\nhelp: install them (Debian's packages: containerd {}) and run `cargo xtask tools` again; \
             a test that needs one of them is skipped",
            missing
                .iter()
                .map(Missing::name)
                .collect::<Vec<_>>()
                .join(", "),
            packages(missing).join(" "),
        )),
    }
}

struct Tools {
    folder: PathBuf,
    newer: Vec<&'static Newer>,
}

enum Missing {
    Program(&'static wanted::Program),
    Containerd(&'static Containerd),
    Newer(&'static Newer),
}

impl Missing {
    fn name(&self) -> String {
        match self {
            Self::Program(program) => program.name.to_owned(),
            Self::Containerd(containerd) => containerd.name(),
            Self::Newer(newer) => newer.programs.join(", "),
        }
    }
}

impl Tools {
    /// Takes the lock, throws away what an older recipe made, and links again what was moved.
    fn prepare(&self) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        let lock = File::create(self.folder.join("lock"))?;
        lock.lock()?;
        let stamp = self.folder.join("stamp");
        let wanted = format!("{RECIPE} {}", self.folder.display());
        let found = fs::read_to_string(&stamp).unwrap_or_default();
        if found == wanted {
            return Ok(lock);
        }
        let moved = found.split(' ').next() == Some(RECIPE);
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.is_dir() && !(moved && path.ends_with("root")) {
                fs::remove_dir_all(path)?;
            }
        }
        // The scripts and links name the folder.
        if moved {
            self.wrap_programs()?;
            for containerd in &CONTAINERDS {
                self.link_containerd(containerd)?;
            }
            for newer in &self.newer {
                self.link_newer(newer)?;
            }
        }
        fs::write(stamp, wanted)?;
        Ok(lock)
    }

    fn missing(&self) -> Vec<Missing> {
        let programs = PROGRAMS
            .iter()
            .filter(|program| self.find(program.name).is_none());
        let containerds = CONTAINERDS
            .iter()
            .filter(|containerd| !self.has_containerd(containerd));
        let newer = self.newer.iter().copied();
        let newer = newer.filter(|newer| !self.has_newer(newer));
        programs
            .map(Missing::Program)
            .chain(containerds.map(Missing::Containerd))
            .chain(newer.map(Missing::Newer))
            .collect()
    }

    /// Where a program is: here, else on `PATH`.
    fn find(&self, name: &str) -> Option<PathBuf> {
        let path = variable("PATH").unwrap_or_default();
        let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
        [self.folder.join("bin")]
            .into_iter()
            .chain(env::split_paths(&path))
            .chain(system)
            .map(|folder| folder.join(name))
            .find(|path| path.is_file())
    }

    fn has_containerd(&self, wanted: &Containerd) -> bool {
        let path = if wanted.folder.is_empty() {
            self.find("containerd")
        } else {
            Some(self.folder.join(wanted.folder).join("bin/containerd"))
        };
        let Some(Ok(output)) = path.map(|path| Command::new(path).arg("--version").output()) else {
            return false;
        };
        wanted.accepts(&String::from_utf8_lossy(&output.stdout))
    }

    /// Unpacks what is missing as far as it goes, and gives the reasons for what is not.
    fn unpack(&self, missing: &[Missing]) -> Vec<String> {
        eprintln!("tools: reading package lists, signed ones of whatever age");
        let apt = match self.apt() {
            Ok(apt) => apt,
            Err(trouble) => return vec![trouble],
        };
        let mut trouble = Vec::new();
        let programs = packages(missing);
        if !programs.is_empty() {
            eprintln!("tools: unpacking {}", programs.join(" "));
            trouble.extend(self.unpack_programs(&apt, &programs).err());
        }
        for missing in missing {
            let told = missing.name();
            match missing {
                Missing::Program(_) => {}
                Missing::Containerd(containerd) => {
                    eprintln!("tools: unpacking {told} of {}", containerd.release);
                    trouble.extend(self.unpack_containerd(&apt, containerd).err());
                }
                Missing::Newer(newer) => {
                    eprintln!("tools: unpacking {told} of {}", newer.release);
                    trouble.extend(self.unpack_newer(&apt, newer).err());
                }
            }
        }
        // The packages take as much room again as what was in them.
        trouble.extend(
            fs::remove_dir_all(self.folder.join("apt"))
                .err()
                .map(|error| self.explain(&error)),
        );
        trouble
    }

    fn apt(&self) -> Result<Apt, String> {
        let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let codename = system
            .lines()
            .find_map(|line| line.strip_prefix("VERSION_CODENAME="));
        let codename = codename.unwrap_or_default().trim_matches('"');
        let source = sources::of_machine(Path::new("/etc/apt"), codename)
            .ok_or("this machine has no apt sources, so nothing can be unpacked")?;
        let containerds = CONTAINERDS.iter().map(|containerd| containerd.release);
        let newer = self.newer.iter().map(|newer| newer.release);
        let mut releases: Vec<&str> = containerds.chain(newer).collect();
        releases.sort_unstable();
        releases.dedup();
        Apt::update(self.folder.join("apt"), &source, &releases)
    }

    fn unpack_programs(&self, apt: &Apt, packages: &[&str]) -> Result<(), String> {
        let root = self.folder.join(PROGRAMS_ROOT);
        apt.unpack_with_dependencies(packages, &root)?;
        for unread in UNREAD {
            // Not every release has it.
            let _ = fs::remove_dir_all(root.join(unread));
        }
        self.wrap_programs().map_err(|error| self.explain(&error))
    }

    fn wrap_programs(&self) -> io::Result<()> {
        let names: Vec<&str> = PROGRAMS
            .iter()
            .map(|program| program.name)
            .chain(COMPANIONS.iter().copied())
            .collect();
        let root = self.folder.join(PROGRAMS_ROOT);
        wrapper::wrap(&names, &root, &self.folder.join("bin"))
    }

    fn unpack_containerd(&self, apt: &Apt, wanted: &Containerd) -> Result<(), String> {
        let root = self.folder.join("root").join(wanted.release);
        apt.unpack_alone("containerd", wanted.release, &root)?;
        self.link_containerd(wanted)
            .map_err(|error| self.explain(&error))?;
        if self.has_containerd(wanted) {
            Ok(())
        } else {
            Err(format!(
                "{} of {} does not run here, or is another version",
                wanted.name(),
                wanted.release
            ))
        }
    }

    fn link_containerd(&self, wanted: &Containerd) -> io::Result<()> {
        let root = self.folder.join("root").join(wanted.release);
        wrapper::link_all(&root, &self.folder.join(wanted.folder).join("bin"))
    }

    fn has_newer(&self, wanted: &Newer) -> bool {
        let bin = self.folder.join(wanted.folder).join("bin");
        let mut programs = wanted.programs.iter();
        programs.all(|program| bin.join(program).is_file())
    }

    fn unpack_newer(&self, apt: &Apt, wanted: &Newer) -> Result<(), String> {
        for package in wanted.packages {
            apt.unpack_alone(package, wanted.release, &self.root_of(wanted))?;
        }
        self.link_newer(wanted)
            .map_err(|error| self.explain(&error))
    }

    fn link_newer(&self, wanted: &Newer) -> io::Result<()> {
        let bin = self.folder.join(wanted.folder).join("bin");
        wrapper::link_all(&self.root_of(wanted), &bin)
    }

    fn root_of(&self, wanted: &Newer) -> PathBuf {
        let name = format!("{}-{}", wanted.folder, wanted.release);
        self.folder.join("root").join(name)
    }

    fn explain(&self, error: &io::Error) -> String {
        format!("{}: {error}", self.folder.display())
    }
}

/// The packages that have the missing programs, each once.
fn packages(missing: &[Missing]) -> Vec<&'static str> {
    let mut packages: Vec<&str> = missing
        .iter()
        .flat_map(|missing| match missing {
            Missing::Program(program) => program.packages,
            Missing::Containerd(_) | Missing::Newer(_) => &[],
        })
        .copied()
        .collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}
