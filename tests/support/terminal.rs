//! A terminal of the test's own, for what the program does only on one.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::process::DEADLINE;

/// Runs a program with a terminal as its standard input and error, and gives what was on the
/// screen besides how it ended and what it said on standard output.
///
/// Each question that appears is answered with what belongs to it, in this order.
pub fn run_at_terminal(command: &mut Command, answers: &[(&str, &str)]) -> (Output, String) {
    let (mut screen, terminal) = open();
    command
        .env("TERM", "xterm")
        .stdin(Stdio::from(terminal.try_clone().unwrap()))
        .stdout(Stdio::piped())
        .stderr(Stdio::from(terminal));
    let mut child = command.spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    // The command holds the terminal, too; the screen ends when nobody does.
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let reading = thread::spawn(move || {
        let mut stdout = Vec::new();
        output.read_to_end(&mut stdout).unwrap();
        stdout
    });
    let waiting = thread::spawn(move || ended_in_time(child));
    let (mut shown, mut piece) = (String::new(), [0; 4096]);
    let (mut answers, mut answered) = (answers.iter(), 0);
    let mut next = answers.next();
    // The end of a terminal is an error.
    while let Ok(read @ 1..) = screen.read(&mut piece) {
        shown += &String::from_utf8_lossy(&piece[..read]);
        if let Some((question, answer)) = next
            && shown[answered..].contains(question)
        {
            answered = shown.len();
            // The echo is turned off after the question, and nobody types that fast.
            thread::sleep(Duration::from_millis(300));
            screen.write_all(format!("{answer}\n").as_bytes()).unwrap();
            next = answers.next();
        }
    }
    let output = Output {
        status: waiting.join().unwrap(),
        stdout: reading.join().unwrap(),
        stderr: Vec::new(),
    };
    (output, shown)
}

/// How it ended; it is killed where it does not.
fn ended_in_time(mut child: Child) -> ExitStatus {
    let begin = Instant::now();
    while begin.elapsed() < DEADLINE {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap()
}

/// A terminal: what a person sees of it and types into, and what a program has of it.
fn open() -> (File, File) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let terminal = PathBuf::from(name.into_string().unwrap());
    let terminal = File::options().read(true).write(true).open(terminal);
    (File::from(screen), terminal.unwrap())
}
