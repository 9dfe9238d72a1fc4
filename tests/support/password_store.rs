//! A real `pass` with a key of its own, for `docker-credential-pass`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::home::Home;
use crate::process;
use crate::tools;

/// A password store in a home, readable without a passphrase.
///
/// Needs `pass`, `gpg` and `docker-credential-pass`, which is put on the home's `PATH` together with
/// the system's own folders, because `pass` is a shell script. gpg's agent is ended when dropped.
#[derive(Debug)]
pub struct PasswordStore<'a> {
    home: &'a Home,
}

impl<'a> PasswordStore<'a> {
    /// Makes the key and the store.
    pub fn new(home: &'a mut Home) -> Self {
        for (program, needed) in [
            ("pass", true),
            ("gpg", true),
            ("docker-credential-pass", true),
            ("tree", false),
        ] {
            match tools::find(program) {
                Some(path) => drop(home.link(&path, program)),
                None => assert!(!needed, "{program} not found"),
            }
        }
        let path = format!("{}:/usr/bin:/bin", home.bin_dir().display());
        home.set_env("PATH", &path);
        // Short, for the path of the agent's socket is limited.
        let keys = home.path().join("gpg");
        fs::create_dir(&keys).unwrap();
        fs::set_permissions(&keys, Permissions::from_mode(0o700)).unwrap();
        // It looks for its agent only where a package would put it.
        if let Some(agent) = tools::find("gpg-agent") {
            let setting = format!("agent-program {}\n", agent.display());
            fs::write(keys.join("gpg.conf"), setting).unwrap();
        }
        home.set_env("GNUPGHOME", keys.to_str().unwrap());
        let store = home.path().join("password-store");
        home.set_env("PASSWORD_STORE_DIR", store.to_str().unwrap());
        let password_store = Self { home };
        let key = password_store.make_key();
        let mut init = home.command(tools::program("pass"));
        process::run(init.args(["init", &key]), b"").assert_success();
        password_store
    }

    /// The home, for the time of the store.
    pub fn home(&self) -> &Home {
        self.home
    }

    /// A signing key and, since it cannot encrypt, one that can.
    fn make_key(&self) -> String {
        self.gpg(&[
            "--quick-gen-key",
            "Test <test@example.invalid>",
            "ed25519",
            "default",
            "never",
        ]);
        let listed = self.gpg(&["--list-keys", "--with-colons"]);
        let line = listed
            .lines()
            .find(|line| line.starts_with("fpr:"))
            .unwrap();
        let fingerprint = line.split(':').nth(9).unwrap().to_owned();
        self.gpg(&["--quick-add-key", &fingerprint, "cv25519", "encr", "never"]);
        fingerprint
    }

    fn gpg(&self, arguments: &[&str]) -> String {
        let mut gpg = self.home.command(tools::program("gpg"));
        gpg.args([
            "--batch",
            "--quiet",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
        ]);
        process::run(gpg.args(arguments), b"")
            .assert_success()
            .stdout
            .clone()
    }
}

impl Drop for PasswordStore<'_> {
    fn drop(&mut self) {
        // gpgconf would look for this only where a package puts it.
        if let Some(program) = tools::find("gpg-connect-agent") {
            let mut connect = self.home.command(program);
            connect.args(["--no-autostart", "KILLAGENT", "/bye"]);
            // The agent also ends by itself when its folder is gone.
            let _ = connect.stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
    }
}
