//! Children that do not outlive their test, and programs run to their end with a deadline.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take to get ready, and a program to end.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// How long a build may take on a cold target directory.
pub(crate) const BUILD_DEADLINE: Duration = Duration::from_secs(20 * 60);

const PAUSE: Duration = Duration::from_millis(2);

/// A server in the background: killed and reaped when dropped, its output in a log file that is
/// shown when the test fails.
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
    log: PathBuf,
}

impl Process {
    /// Starts the program with standard output and error in the file `log`.
    ///
    /// It stays in our process group, so that Ctrl-C ends it as well.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let output = File::create(log).unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        // By this it is found where it outlives us, and those that it starts.
        command.env("TESTS_SCRATCH", tempfile::env::temp_dir());
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        Self {
            child,
            name,
            log: log.to_owned(),
        }
    }

    /// Waits until `ready` says yes.
    ///
    /// # Panics
    ///
    /// When the program ends before that, or after [`DEADLINE`], with its log in the message.
    #[track_caller]
    pub fn wait_until(&mut self, ready: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !ready(self) {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!(
                    "{} ended before it was ready: {status}\n{}",
                    self.name,
                    self.log()
                );
            }
            assert!(
                start.elapsed() < DEADLINE,
                "{} is not ready\n{}",
                self.name,
                self.log()
            );
            thread::sleep(PAUSE);
        }
    }

    /// Everything that the program has written so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it the signal of Ctrl-C.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until the program ends by itself.
    ///
    /// # Panics
    ///
    /// After [`DEADLINE`].
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < DEADLINE, "{} does not end", self.name);
            thread::sleep(PAUSE);
        }
    }

    /// Asks the program to end, and kills it where it does not.
    pub fn terminate(&mut self) {
        let start = Instant::now();
        // It may have ended already.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        while start.elapsed() < DEADLINE && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(PAUSE);
        }
        self.kill();
    }

    /// Kills the program now and reaps it.
    pub fn kill(&mut self) {
        // Both fail only for a child that has ended and been reaped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let tail = lines[lines.len().saturating_sub(40)..].join("\n");
            eprintln!("--- end of the log of {} ---\n{tail}\n---", self.name);
        }
    }
}

/// What a program that has ended left behind.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The command line, for messages.
    pub command: String,
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// Checks the exit code.
    ///
    /// # Panics
    ///
    /// When it is another one, with both outputs in the message.
    #[track_caller]
    pub fn assert_code(&self, code: i32) -> &Self {
        assert!(
            self.status.code() == Some(code),
            "expected exit code {code}\n{self}"
        );
        self
    }

    /// Checks that the program ended well.
    ///
    /// # Panics
    ///
    /// When it did not, with both outputs in the message.
    #[track_caller]
    pub fn assert_success(&self) -> &Self {
        self.assert_code(0)
    }

    /// Both outputs, for a search over everything that a user sees.
    pub fn output(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            command,
            status,
            stdout,
            stderr,
        } = self;
        write!(
            f,
            "{command}: {status}\n--- stdout ---\n{stdout}\n--- stderr ---\n{stderr}\n---"
        )
    }
}

/// Runs a program to its end, with `input` on standard input.
///
/// # Panics
///
/// When it cannot be started, or has not ended after [`DEADLINE`].
#[track_caller]
pub fn run(command: &mut Command, input: &[u8]) -> Ran {
    run_within(command, input, DEADLINE)
}

#[track_caller]
pub(crate) fn run_within(command: &mut Command, input: &[u8], deadline: Duration) -> Ran {
    let line = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {line}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that does not read its input closes the pipe: no mistake of ours.
    thread::spawn(move || stdin.write_all(&input));
    let stdout = read_to_end(child.stdout.take().unwrap());
    let stderr = read_to_end(child.stderr.take().unwrap());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!(
                "{line} has not ended after {deadline:?}\n{}",
                stderr.join().unwrap()
            );
        }
        thread::sleep(PAUSE);
    };
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    Ran {
        command: line,
        status,
        stdout,
        stderr,
    }
}

fn read_to_end(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
