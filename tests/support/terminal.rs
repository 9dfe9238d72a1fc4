//! A terminal of the test's own, for what the program does only on one.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Runs a program with a terminal as its standard error, and gives what was on the screen besides
/// how it ended and what it said on standard output.
pub fn run_at_terminal(command: &mut Command) -> (Output, String) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let terminal = File::options()
        .read(true)
        .write(true)
        .open(PathBuf::from(name.into_string().unwrap()))
        .unwrap();
    command
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::from(terminal));
    let child = command.spawn().unwrap();
    // The command holds the terminal, too; the screen ends when nobody does.
    command.stderr(Stdio::null());
    let mut screen = File::from(screen);
    let watching = thread::spawn(move || {
        let mut shown = Vec::new();
        let mut piece = [0; 4096];
        // The end of a terminal is an error.
        while let Ok(read @ 1..) = screen.read(&mut piece) {
            shown.extend_from_slice(&piece[..read]);
        }
        String::from_utf8_lossy(&shown).into_owned()
    });
    let output = child.wait_with_output().unwrap();
    (output, watching.join().unwrap())
}
