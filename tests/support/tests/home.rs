//! The scratch home and the process guard hold what the other tests rely on.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use support::home::Home;
use support::port;
use support::process::{self, Process};

#[support::test]
fn a_home_is_gone_after_its_test() {
    let home = Home::new();
    let path = home.path().to_owned();
    home.write_hosts_toml("reg-a.test", "server = \"https://reg-a.test\"\n");
    assert!(path.join("certs.d/reg-a.test/hosts.toml").is_file());
    drop(home);
    assert!(!path.exists());
}

#[support::test]
fn a_program_sees_only_the_home_s_environment() {
    let mut home = Home::new();
    home.set_env("PORTUNUS_PROFILE", "work");
    let ran = process::run(&mut home.command("/usr/bin/env"), b"");
    ran.assert_success();
    let names: Vec<&str> = ran
        .stdout
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    let expected: Vec<&str> = home.env().keys().map(String::as_str).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
}

#[support::test]
fn the_program_is_the_one_that_was_just_built() {
    let ran = Home::new().portunus(&["--version"]).run();
    assert_eq!(
        ran.assert_success().stdout.trim(),
        concat!("portunus ", env!("CARGO_PKG_VERSION"))
    );
}

#[support::test]
fn a_server_dies_with_a_panicking_test() {
    let home = Home::new();
    let log = home.path().join("log");
    let outcome = std::thread::spawn(move || {
        let server = Process::start(Command::new("sleep").arg("600"), &log);
        let id = server.id();
        assert!(Path::new(&format!("/proc/{id}")).exists());
        // Unlike `panic!`, prints nothing.
        std::panic::resume_unwind(Box::new(id));
    })
    .join();
    let id = outcome.unwrap_err().downcast::<u32>().unwrap();
    assert!(!Path::new(&format!("/proc/{id}")).exists());
}

#[support::test]
fn a_port_is_given_once() {
    let (first, second) = (port::free(), port::free());
    assert_ne!(first, second);
    assert!(TcpStream::connect(("127.0.0.1", first)).is_err());
    TcpListener::bind(("127.0.0.1", first)).unwrap();
}
