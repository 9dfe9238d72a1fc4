//! A login as docker and a kubelet ask for it, a process for each question: ours, and the helpers of
//! docker's own.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use support::home::Home;
use support::keyring::Keyring;
use support::password_store::PasswordStore;
use support::{abilities, process, program, tools};

use crate::inputs::{own_file, write};
use crate::report::{Report, millis};
use crate::turns::{Program, in_turn};

const HOST: &str = "reg-7.test:5000";
const MANY: usize = 10_000;

pub(crate) fn measure() -> Report {
    let homes = [10, MANY].map(|entries| (entries, home_with(entries)));
    let mut secret_service = Home::new();
    let in_keyring = [
        "docker-credential-secretservice",
        "dbus-daemon",
        "gnome-keyring-daemon",
        "secret-tool",
    ];
    let in_keyring = abilities::first_lack(&in_keyring).is_none();
    let _keyring = in_keyring.then(|| Keyring::unlocked(&mut secret_service));
    let mut pass = Home::new();
    let in_pass = ["docker-credential-pass", "pass", "gpg"];
    let in_pass = abilities::first_lack(&in_pass).is_none();
    let store = in_pass.then(|| PasswordStore::new(&mut pass));
    let mut programs = Vec::new();
    for (entries, home) in &homes {
        let get = || {
            asking(
                home,
                &home.bin_dir().join("docker-credential-portunus"),
                "get",
            )
        };
        let what = format!("docker-credential-portunus get, {entries} entries");
        programs.push(Program::new(what, get));
        let provide = || asking(home, &program::portunus(), "credential-provider");
        let what = format!("portunus credential-provider, {entries} entries");
        programs.push(Program::new(what, provide));
    }
    if in_keyring {
        programs.push(peer(&secret_service, "docker-credential-secretservice"));
    }
    if let Some(store) = &store {
        programs.push(peer(store.home(), "docker-credential-pass"));
    }
    let mut report = Report::new("one login asked for by whole processes, in turn");
    let took = in_turn(&mut report, &programs);
    for (at, name) in [
        (2, "docker-credential-portunus get"),
        (3, "portunus credential-provider"),
    ] {
        let what = format!("{name}, {MANY} entries, best processor");
        let processor = millis(took[at].processor.min());
        report.bound(what, processor, 10.0, " ms");
    }
    report
}

/// Our own file with so many hosts.
fn home_with(entries: usize) -> Home {
    let home = Home::new();
    let keys = (0..entries).map(|at| format!("reg-{at}.test:5000"));
    write(&home.credentials_file(), &own_file(keys));
    home.link(&program::portunus(), "docker-credential-portunus");
    let request = format!(
        r#"{{"kind":"CredentialProviderRequest","image":"{HOST}/team/app",
            "apiVersion":"credentialprovider.kubelet.k8s.io/v1"}}"#
    );
    fs::write(home.path().join("credential-provider"), request).unwrap();
    fs::write(home.path().join("get"), HOST).unwrap();
    home
}

/// A helper of docker's, with one login.
fn peer<'a>(home: &'a Home, name: &'static str) -> Program<'a> {
    let login = format!(r#"{{"ServerURL": "{HOST}", "Username": "alice", "Secret": "wonder"}}"#);
    let path = tools::program(name);
    let mut store = home.command(&path);
    process::run(store.arg("store"), login.as_bytes()).assert_success();
    fs::write(home.path().join("get"), HOST).unwrap();
    Program::new(format!("{name} get, 1 entry"), move || {
        asking(home, &path, "get")
    })
}

/// The question is in a file of the verb's name.
fn asking(home: &Home, program: &Path, verb: &str) -> Command {
    let mut command = home.command(program);
    let question = File::open(home.path().join(verb)).unwrap();
    command.arg(verb).stdin(Stdio::from(question));
    command
}
