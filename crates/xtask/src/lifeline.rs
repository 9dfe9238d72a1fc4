//! A process that ends what we have started when we end, also by a signal that nobody can catch.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// Reads process groups until we are gone, then ends the last one and removes the folder. The
/// harness of the tests clears its own folder, which is waited for. Ctrl-Z reaches us alone; where
/// the system tells that we stand still, the group does so, too.
const SCRIPT: &str = r#"
follow() {
    stopped=
    while sleep 1 && read -r _ _ state _ < "/proc/$PPID/stat"; do
        case $state$stopped in
            T) stopped=yes; kill -s STOP -- "-$group" ;;
            Tyes) ;;
            *yes) stopped=; kill -s CONT -- "-$group" ;;
        esac
    done
}
group= follower=
while read -r line; do
    [ -z "$follower" ] || kill "$follower"
    group=$line follower=
    if [ -n "$group" ]; then
        follow &
        follower=$!
    fi
done
[ -z "$follower" ] || kill "$follower"
if [ -n "$group" ]; then
    kill -s TERM -- "-$group"
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        kill -s 0 -- "-$group" || break
        sleep 0.2
    done
    kill -s KILL -- "-$group"
fi
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    ls -d "$1"/run-* && sleep 0.2 || break
done
rm -rf -- "$1"
"#;

/// It waits for the end of whoever holds this.
#[derive(Debug)]
pub(crate) struct Lifeline {
    shell: Child,
}

impl Lifeline {
    /// Starts it, in a process group of its own, where Ctrl-C does not reach it.
    pub(crate) fn start(folder: &Path) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "sh"])
            .arg(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let shell = command.spawn()?;
        Ok(Self { shell })
    }

    /// Runs a program to its end. It and what it starts are one process group, which Ctrl-C does not
    /// reach either: we end, and then all of it does.
    pub(crate) fn run(&mut self, command: &mut Command) -> io::Result<ExitStatus> {
        let mut child = command.process_group(0).spawn()?;
        self.tell(&child.id().to_string());
        let status = child.wait()?;
        // One that was killed has left others behind.
        if status.code().is_some() {
            self.tell("");
        }
        Ok(status)
    }

    fn tell(&mut self, group: &str) {
        if let Some(stdin) = &mut self.shell.stdin {
            // It was killed where this fails, and what it is for does not come to pass.
            let _ = writeln!(stdin, "{group}");
        }
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Nothing more can be done about a shell that cannot be waited for.
        let _ = self.shell.wait();
    }
}
