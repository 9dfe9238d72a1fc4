//! Debian's package client with lists and downloads of its own: nothing is installed, the
//! machine's own lists stay as they are, and no root is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::sources::Source;

/// A private apt in a folder of its own.
pub(crate) struct Apt {
    folder: PathBuf,
    own_suite: String,
}

impl Apt {
    /// Reads the package lists of the machine's own release and of the others named.
    pub(crate) fn update(
        folder: PathBuf,
        source: &Source,
        releases: &[&str],
    ) -> Result<Self, String> {
        for sub in ["lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(sub))
                .map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let own_suite = source.own_suite().to_owned();
        let mut suites = vec![own_suite.as_str()];
        suites.extend(releases.iter().filter(|release| **release != own_suite));
        let list = folder.join("tests.sources");
        fs::write(&list, source.with_suites(&suites))
            .map_err(|error| format!("{}: {error}", list.display()))?;
        let apt = Self { folder, own_suite };
        // A release that the mirror does not have is told by the download that wants it.
        let output = apt.output(apt.command().arg("update"))?;
        if !output.status.success() {
            eprintln!("tools: {}", last_words(&output));
        }
        Ok(apt)
    }

    /// Downloads the packages from the machine's own release, and what they depend on as far as the
    /// machine does not have it, and unpacks them into `root`.
    pub(crate) fn unpack_with_dependencies(
        &self,
        packages: &[&str],
        root: &Path,
    ) -> Result<(), String> {
        let archives = self.folder.join("cache/archives");
        let mut command = self.command();
        command.args([
            "--yes",
            "--no-install-recommends",
            "--download-only",
            "-t",
            &self.own_suite,
        ]);
        self.succeed(command.arg("install").args(packages))?;
        unpack_all(&archives, root)
    }

    /// Downloads one package from a release, without what it depends on, and unpacks it into `root`.
    pub(crate) fn unpack_alone(
        &self,
        package: &str,
        release: &str,
        root: &Path,
    ) -> Result<(), String> {
        let folder = self.folder.join(format!("{package}-{release}"));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut command = self.command();
        command
            .current_dir(&folder)
            .args(["download", &format!("{package}/{release}")]);
        self.succeed(&mut command)?;
        unpack_all(&folder, root)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("apt-get");
        command.args(["-qq", "-o", "Dir::Etc::sourceparts=-"]);
        for (option, path) in [
            ("Dir::Etc::sourcelist", "tests.sources"),
            ("Dir::State::lists", "lists"),
            ("Dir::Cache", "cache"),
            ("Dir::Cache::archives", "cache/archives"),
        ] {
            command.args([
                "-o",
                &format!("{option}={}", self.folder.join(path).display()),
            ]);
        }
        for option in [
            // The machine's lock and the user `_apt` are for what belongs to the machine.
            "Debug::NoLocking=true",
            "APT::Sandbox::User=root",
            // A frozen mirror has lists whose time is over. Their signatures are checked all the same.
            "Acquire::Check-Valid-Until=false",
            "Acquire::Check-Date=false",
            "Acquire::Languages=none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
            "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false",
            "Acquire::Retries=2",
            "Acquire::http::Timeout=30",
        ] {
            command.args(["-o", option]);
        }
        command
    }

    fn output(&self, command: &mut Command) -> Result<Output, String> {
        command
            .output()
            .map_err(|error| format!("cannot run apt-get: {error}"))
    }

    fn succeed(&self, command: &mut Command) -> Result<(), String> {
        let output = self.output(command)?;
        if output.status.success() {
            Ok(())
        } else {
            Err(last_words(&output))
        }
    }
}

fn unpack_all(folder: &Path, root: &Path) -> Result<(), String> {
    fs::create_dir_all(root).map_err(|error| format!("{}: {error}", root.display()))?;
    let files = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for file in files.flatten().map(|file| file.path()) {
        if file.extension().is_some_and(|extension| extension == "deb") {
            let output = Command::new("dpkg").arg("-x").arg(&file).arg(root).output();
            let output = output.map_err(|error| format!("cannot run dpkg: {error}"))?;
            if !output.status.success() {
                return Err(format!("{}: {}", file.display(), last_words(&output)));
            }
        }
    }
    Ok(())
}

/// The last two lines that a failed program wrote, as one.
fn last_words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    lines[lines.len().saturating_sub(2)..].join("; ")
}
