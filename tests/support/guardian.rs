//! A second process that clears up after the tests, whatever ends them: a signal, too.

use std::env;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::getppid;

use crate::scratch::{self, Scratch};
use crate::{processes, run_folder, tools};

/// Makes a test binary the guardian of the folder that it names.
const ROLE: &str = "PORTUNUS_TESTS_GUARDIAN";

/// What is to be removed from `/run` as well, separated by colons.
const MADE_IN_RUN: &str = "PORTUNUS_TESTS_MADE_IN_RUN";

/// What the tests say when they have come to their end by themselves.
const END: &[u8] = b"end";

/// How long what was told to end, or has lost what it serves, may take to do it.
const GRACE: Duration = Duration::from_secs(5);

/// The guardian of this process's scratch folder.
#[derive(Debug)]
pub(crate) struct Guardian {
    child: Child,
    lifeline: ChildStdin,
    scratch: Scratch,
}

impl Guardian {
    /// Starts it. It is this binary again, in a process group of its own, where Ctrl-C does not
    /// reach it.
    pub(crate) fn start(scratch: Scratch) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .env(ROLE, scratch.folder())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let made = env::join_paths(run_folder::absent()).expect("no colon in them");
        command.env(MADE_IN_RUN, made);
        let mut child = command.spawn().unwrap();
        let lifeline = child.stdin.take().expect("piped");
        end_with_parent();
        Self {
            child,
            lifeline,
            scratch,
        }
    }

    /// Lets it clear up, and gives whether there was nothing that a test should have ended.
    pub(crate) fn finish(self) -> bool {
        let Self {
            mut child,
            mut lifeline,
            scratch,
        } = self;
        let told = lifeline.write_all(END);
        drop((lifeline, scratch));
        told.is_ok() && child.wait().is_ok_and(|status| status.success())
    }
}

/// The whole life of the guardian; `None` in the process that runs the tests.
pub(crate) fn serve() -> Option<ExitCode> {
    let folder = PathBuf::from(tools::env_var(ROLE)?);
    let mut said = Vec::new();
    // Nothing but the end comes through.
    let _ = io::stdin().read_to_end(&mut said);
    let by_itself = said == END;
    if by_itself {
        let start = Instant::now();
        while start.elapsed() < GRACE && !processes::that_name(&folder).is_empty() {
            thread::sleep(Duration::from_millis(20));
        }
    }
    let files = files(&folder);
    let killed = scratch::clear(&folder);
    let made = tools::env_var(MADE_IN_RUN).unwrap_or_default();
    for place in env::split_paths(&made) {
        run_folder::remove(&place);
    }
    let clean = files.is_empty() && killed.is_empty();
    if by_itself && !clean {
        for left in files.iter().chain(&killed) {
            // Nobody may listen any more.
            let _ = writeln!(io::stderr(), "left behind by a test: {left}");
        }
        return Some(ExitCode::FAILURE);
    }
    Some(ExitCode::SUCCESS)
}

fn files(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = files.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name != "lock").collect()
}

/// Ends this process when cargo is killed: nobody waits for it then.
#[expect(clippy::exit, reason = "tests that run cannot be asked to stop")]
fn end_with_parent() {
    let parent = getppid();
    thread::spawn(move || {
        while getppid() == parent {
            thread::sleep(Duration::from_millis(200));
        }
        std::process::exit(1);
    });
}
