//! How tests end that do not end well, and what is left of a run that was killed.

use std::env;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use support::home::Home;
use support::http::{HttpServer, Reply};
use support::process::Process;
use support::threads;

/// Where the run that is to be killed writes its place.
const TOLD: &str = "TESTS_PLACE_TOLD_IN";

const SOON: Duration = Duration::from_secs(20);

#[support::test(waits)]
fn a_test_without_an_end_has_failed_after_its_deadline() {
    let waiting = || {
        TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .accept()
            .map(drop)
    };
    let outcome = threads::run_within("waiting", move || waiting().unwrap(), SOON / 20);
    assert_eq!(outcome.unwrap_err(), "has not ended after 1s");
}

#[support::test]
fn a_panic_in_a_thread_of_its_own_ends_the_test_that_waits() {
    let waiting = || {
        let (_held, nothing) = mpsc::channel::<()>();
        // Unlike `panic!`, prints nothing.
        threads::spawn(|| std::panic::resume_unwind(Box::new("no such account")));
        let _ = nothing.recv();
    };
    let outcome = threads::run_within("waiting", waiting, SOON);
    assert_eq!(outcome.unwrap_err(), "test panicked: no such account");
}

#[support::test]
fn a_panic_of_a_server_that_answers_is_the_test_s() {
    let asking = || {
        let server = HttpServer::start(|_| std::panic::resume_unwind(Box::new("asked for that")));
        let _ = ureq::get(server.url()).call();
        thread::sleep(SOON);
    };
    let outcome = threads::run_within("asking", asking, SOON);
    assert_eq!(outcome.unwrap_err(), "test panicked: asked for that");
}

#[support::test]
fn a_server_is_stopped_while_nobody_asks() {
    let server = HttpServer::start(|_| Reply::status(200));
    let start = Instant::now();
    drop(server);
    assert!(start.elapsed() < SOON);
}

/// Runs this binary again, with this very test, which then waits to be killed.
#[support::test]
fn a_run_that_is_killed_leaves_no_process_and_no_file() {
    let home = Home::new();
    if let Some(told) = support::tools::env_var(TOLD) {
        let server = Process::start(Command::new("sleep").arg("600"), &home.path().join("log"));
        let place = format!("{} {}", server.id(), home.path().display());
        fs::write(&told, place).unwrap();
        thread::sleep(SOON);
        return;
    }
    let told = home.path().join("told");
    let mut again = Command::new(env::current_exe().unwrap());
    again
        .args([
            "--exact",
            "endings::a_run_that_is_killed_leaves_no_process_and_no_file",
        ])
        .env(TOLD, &told);
    let mut again = Process::start(&mut again, &home.path().join("log"));
    let place = || fs::read_to_string(&told).unwrap_or_default();
    again.wait_until(|_| place().contains('/'));
    let place = place();
    let (server, folder) = place.split_once(' ').unwrap();
    again.kill();
    let start = Instant::now();
    // One that has ended, and that nobody has asked for its status, has no words any more.
    let words = || fs::read(format!("/proc/{server}/cmdline")).unwrap_or_default();
    while !words().is_empty() || Path::new(folder).exists() {
        assert!(start.elapsed() < SOON, "{server} or {folder} is left");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Where temporary files lie that no other place is named for.
#[support::test]
fn a_folder_whose_maker_was_killed_before_it_was_locked_is_cleared_away() {
    let home = Home::new();
    let new = || {
        tempfile::Builder::new()
            .prefix("portunus-new-")
            .tempdir_in("/tmp")
            .unwrap()
    };
    let (old, young) = (new(), new());
    let long_ago = SystemTime::UNIX_EPOCH;
    File::open(old.path())
        .and_then(|it| it.set_modified(long_ago))
        .unwrap();
    let mut again = Command::new(env::current_exe().unwrap());
    again
        .args(["--exact", "endings::a_server_is_stopped_while_nobody_asks"])
        .env("TMPDIR", "/tmp");
    Process::start(&mut again, &home.path().join("log")).wait_until(|_| !old.path().exists());
    assert!(young.path().exists());
}
