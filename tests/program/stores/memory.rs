//! While a login waits for a registry, its memory is nobody's: no core is dumped, nobody but root
//! may look in, and the password is there once.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use support::home::Home;
use support::http::{HttpServer, Reply};
use support::{process, program};

const PASSWORD: &str = "canary-in-memory-5d01";

/// A login that has sent its password to a registry that says no more.
struct Waiting {
    child: Child,
    _registry: HttpServer,
    _home: Home,
}

impl Waiting {
    fn start() -> Self {
        let registry = HttpServer::start(|request| match request.header("authorization") {
            None => Reply::challenge("Basic realm=\"r\""),
            Some(_) => Reply::silence(),
        });
        let home = Home::new();
        let mut command = home.command(program::portunus());
        command.args([
            "login",
            "-u",
            "alice",
            "--password-stdin",
            &registry.address(),
        ]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(PASSWORD.as_bytes()).unwrap();
        drop(stdin);
        let end = Instant::now() + Duration::from_secs(30);
        while registry.requests_with(PASSWORD).is_empty() {
            assert!(Instant::now() < end, "no login came");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self {
            child,
            _registry: registry,
            _home: home,
        }
    }

    fn of_proc(&self, name: &str) -> std::path::PathBuf {
        format!("/proc/{}/{name}", self.child.id()).into()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[support::test]
fn no_core_of_a_login_is_dumped() {
    let waiting = Waiting::start();
    let limits = fs::read_to_string(waiting.of_proc("limits")).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let soft = core.unwrap().split_whitespace().nth(4);
    assert_eq!(soft, Some("0"), "{limits}");
    // What is not dumpable belongs to root, whoever runs it.
    assert_eq!(fs::metadata(waiting.of_proc("mem")).unwrap().uid(), 0);
    assert_eq!(fs::metadata(waiting.of_proc("environ")).unwrap().uid(), 0);
}

#[support::test(needs("root?"))]
fn the_password_of_a_login_is_in_memory_once() {
    let waiting = Waiting::start();
    let maps = fs::read_to_string(waiting.of_proc("maps")).unwrap();
    let memory = fs::File::open(waiting.of_proc("mem")).unwrap();
    let mut places = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (start, rest) = line.split_once('-').unwrap();
        let end = rest.split(' ').next().unwrap();
        let [start, end] = [start, end].map(|it| u64::from_str_radix(it, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        // Some regions cannot be read.
        if memory.read_exact_at(&mut bytes, start).is_ok() {
            let mut grep = Command::new("grep");
            let found = process::run(grep.args(["-aoF", PASSWORD]), &bytes);
            places.extend(found.stdout.lines().map(|_| line.to_owned()));
        }
    }
    assert_eq!(places.len(), 1, "{places:#?}");
}
