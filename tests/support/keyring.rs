//! A real Secret Service: gnome-keyring on a message bus of its own, without a screen.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::home::Home;
use crate::process::{self, DEADLINE, Process, Ran};
use crate::tools;

/// What unlocks the login collection; the daemon makes none for an empty one.
const PASSWORD: &[u8] = b"unlock";

/// A message bus for one home, with a keyring on it or without.
///
/// The bus is killed when dropped, and the keyring's daemon ends with its bus. Needs `dbus-daemon`,
/// and `gnome-keyring-daemon` and `secret-tool` for a keyring. Programs find it through the home's
/// environment (`DBUS_SESSION_BUS_ADDRESS`).
#[derive(Debug)]
pub struct Keyring {
    // Held for its end.
    _bus: Process,
}

impl Keyring {
    /// A bus with an empty, unlocked keyring.
    pub fn unlocked(home: &mut Home) -> Self {
        Self::start(home, PASSWORD)
    }

    /// A bus with a keyring that is locked, and nobody to ask for the password. It holds what `fill`
    /// puts into it while it is open, in another home.
    pub fn locked(home: &mut Home, fill: impl FnOnce(&Self, &Home)) -> Self {
        let mut other = Home::new();
        let keyring = Self::unlocked(&mut other);
        fill(&keyring, &other);
        fs::create_dir_all(keyrings(home)).unwrap();
        for file in fs::read_dir(keyrings(&other)).unwrap().flatten() {
            fs::copy(file.path(), keyrings(home).join(file.file_name())).unwrap();
        }
        // The daemon starts all the same, and leaves the keyring locked.
        Self::start(home, b"not the password")
    }

    /// A bus on which nobody offers secrets.
    pub fn bus_alone(home: &mut Home) -> Self {
        let socket = home.runtime_dir().join("bus");
        let config = home.path().join("bus.conf");
        fs::write(&config, bus_config(&socket)).unwrap();
        let mut command = home.command(tools::program("dbus-daemon"));
        command
            .args(["--nofork", "--nopidfile"])
            .arg(format!("--config-file={}", config.display()));
        let mut bus = Process::start(&mut command, &home.path().join("bus.log"));
        bus.wait_until(|_| std::os::unix::net::UnixStream::connect(&socket).is_ok());
        home.set_env(
            "DBUS_SESSION_BUS_ADDRESS",
            &format!("unix:path={}", socket.display()),
        );
        Self { _bus: bus }
    }

    /// Runs `secret-tool`, another program's view of the same keyring.
    #[track_caller]
    pub fn secret_tool(&self, home: &Home, arguments: &[&str], input: &str) -> Ran {
        let mut command: Command = home.command(tools::program("secret-tool"));
        process::run(command.args(arguments), input.as_bytes())
    }

    fn start(home: &mut Home, password: &[u8]) -> Self {
        let keyring = Self::bus_alone(home);
        let mut daemon = home.command(tools::program("gnome-keyring-daemon"));
        daemon.args(["--unlock", "--components=secrets"]);
        // It hides its environment: by this it is found where it outlives us.
        let control = home.runtime_dir().join("keyring");
        daemon.arg(format!("--control-directory={}", control.display()));
        process::run(&mut daemon, password).assert_success();
        // The daemon that it leaves behind takes its name on the bus a moment later.
        let start = Instant::now();
        while !keyring.answers(home) {
            assert!(
                start.elapsed() < DEADLINE,
                "gnome-keyring-daemon is not ready"
            );
            thread::sleep(Duration::from_millis(5));
        }
        keyring
    }

    /// Looks for what is not there: a keyring that answers says nothing at all.
    fn answers(&self, home: &Home) -> bool {
        self.secret_tool(home, &["lookup", "key", "of nothing"], "")
            .output()
            .is_empty()
    }
}

fn keyrings(home: &Home) -> PathBuf {
    home.path().join(".local/share/keyrings")
}

/// Without the system's folder of services, so that nothing is started on demand.
fn bus_config(socket: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        socket.display()
    )
}
