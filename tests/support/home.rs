//! A scratch home: all the places that the program reads and writes, gone at the end of the test.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{self, Process, Ran};
use crate::program;

/// A home of its own for one test, removed when dropped.
///
/// Programs started through it see nothing of the machine's environment: `PATH` holds only
/// [`Home::bin_dir`], so no credential helper of the machine is found by accident.
#[derive(Debug)]
pub struct Home {
    dir: TempDir,
    environment: BTreeMap<String, String>,
}

impl Home {
    /// An empty home with its folders made.
    pub fn new() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("portunus-")
            .tempdir()
            .unwrap();
        let mut home = Self {
            dir,
            environment: BTreeMap::new(),
        };
        for folder in [
            home.config_dir(),
            home.hosts_dir(),
            home.docker_dir(),
            home.bin_dir(),
        ] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::create_dir(home.runtime_dir()).unwrap();
        fs::set_permissions(home.runtime_dir(), fs::Permissions::from_mode(0o700)).unwrap();
        for (name, path) in [
            ("HOME", home.path().to_owned()),
            ("XDG_CONFIG_HOME", home.path().join(".config")),
            ("XDG_DATA_HOME", home.path().join(".local/share")),
            ("XDG_RUNTIME_DIR", home.runtime_dir()),
            ("DOCKER_CONFIG", home.docker_dir()),
            ("PORTUNUS_HOSTS_DIR", home.hosts_dir()),
            ("PATH", home.bin_dir()),
        ] {
            home.set_env(name, path.to_str().unwrap());
        }
        home.set_env("LANG", "C.UTF-8");
        home
    }

    /// The home directory itself.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// `~/.config/portunus`.
    pub fn config_dir(&self) -> PathBuf {
        self.path().join(".config/portunus")
    }

    /// Our own file of credentials.
    pub fn credentials_file(&self) -> PathBuf {
        self.config_dir().join("credentials.json")
    }

    /// The folder that plays `/etc/containerd/certs.d`.
    pub fn hosts_dir(&self) -> PathBuf {
        self.path().join("certs.d")
    }

    /// `~/.docker`.
    pub fn docker_dir(&self) -> PathBuf {
        self.path().join(".docker")
    }

    /// docker's `config.json`.
    pub fn docker_config(&self) -> PathBuf {
        self.docker_dir().join("config.json")
    }

    /// `$XDG_RUNTIME_DIR`, mode 0700.
    pub fn runtime_dir(&self) -> PathBuf {
        self.path().join("run")
    }

    /// The only folder on `PATH`: put links to, or scripts of, credential helpers here.
    pub fn bin_dir(&self) -> PathBuf {
        self.path().join("bin")
    }

    /// Writes `hosts.toml` for one registry namespace and gives its path.
    pub fn write_hosts_toml(&self, registry_namespace: &str, text: &str) -> PathBuf {
        let folder = self.hosts_dir().join(registry_namespace);
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("hosts.toml");
        fs::write(&file, text).unwrap();
        file
    }

    /// Puts an executable into [`Home::bin_dir`]: a shell script that begins with `#!/bin/sh`. It
    /// has to set its own `PATH` when it calls other programs.
    pub fn write_script(&self, name: &str, text: &str) -> PathBuf {
        let file = self.bin_dir().join(name);
        // Another process writes it. Were it open here, a program that another test starts at this
        // moment would have it open, too, and nobody could run it (`ETXTBSY`).
        let mut writer = Command::new("/bin/sh");
        writer
            .args(["-c", "cat > \"$1\" && chmod 755 \"$1\"", "sh"])
            .arg(&file);
        process::run(&mut writer, text.as_bytes()).assert_success();
        file
    }

    /// Puts a link to a program into [`Home::bin_dir`], under another name if need be.
    pub fn link(&self, program: &Path, name: &str) -> PathBuf {
        let link = self.bin_dir().join(name);
        std::os::unix::fs::symlink(program, &link).unwrap();
        link
    }

    /// Sets a variable for everything that is started from now on.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Takes a variable away.
    pub fn remove_env(&mut self, name: &str) {
        self.environment.remove(name);
    }

    /// The whole environment that programs get.
    pub fn env(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    /// A program with this home's environment, and the home as its working directory.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.path());
        command
    }

    /// `portunus` with these arguments, to be run with [`Portunus::run`].
    pub fn portunus(&self, arguments: &[&str]) -> Portunus {
        let mut command = self.command(program::portunus());
        command.args(arguments);
        Portunus {
            command,
            input: Vec::new(),
        }
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

/// One call of the program.
#[derive(Debug)]
pub struct Portunus {
    command: Command,
    input: Vec<u8>,
}

impl Portunus {
    /// What the program reads on standard input.
    pub fn input(mut self, text: &str) -> Self {
        self.input = text.into();
        self
    }

    /// One more environment variable, for this call only.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Starts it in the background, with its output in a file of this name in the home.
    pub fn start(mut self, home: &Home, log: &str) -> Process {
        Process::start(&mut self.command, &home.path().join(log))
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(mut self) -> Ran {
        process::run(&mut self.command, &self.input)
    }
}
