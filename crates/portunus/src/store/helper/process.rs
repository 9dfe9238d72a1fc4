use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::programs::HelperPrograms;
use crate::printable::system_words;

/// A helper that prints more than this is not believed, in bytes.
const LONGEST_OUTPUT: u64 = 1024 * 1024;
const PAUSE: Duration = Duration::from_millis(2);

/// What a helper printed and how it ended.
pub(super) struct HelperOutput {
    pub(super) succeeded: bool,
    pub(super) output: Zeroizing<Vec<u8>>,
}

/// Runs `program verb` with `input` on its stdin, without a shell and without a terminal.
///
/// # Errors
/// In words: not started, too slow, too much output.
pub(super) fn run(
    programs: &HelperPrograms,
    program: &Path,
    verb: &str,
    input: Zeroizing<Vec<u8>>,
) -> Result<HelperOutput, String> {
    let patience = programs.patience();
    let deadline = Instant::now() + patience;
    let mut command = Command::new(program);
    command
        .arg(verb)
        .env_clear()
        .envs(programs.environment())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    // A group of its own, so that its children can be killed with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let child = command.spawn().map_err(|error| match error.kind() {
        // It was found: what is not there is what would run it.
        ErrorKind::NotFound => {
            "it cannot be started: the interpreter or loader that it names is not there".to_owned()
        }
        _ => format!("it cannot be started: {}", system_words(&error)),
    })?;
    let mut running = Running { child: Some(child) };
    let outcome = running.converse(input, deadline, patience);
    if outcome.is_err() {
        running.kill();
    }
    outcome
}

/// In seconds, to a tenth.
fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 10.0).round() / 10.0
}

/// A started helper; killed with its children when it is dropped before its end.
struct Running {
    child: Option<Child>,
}

impl Running {
    fn converse(
        &mut self,
        input: Zeroizing<Vec<u8>>,
        deadline: Instant,
        patience: Duration,
    ) -> Result<HelperOutput, String> {
        let too_slow = || match patience.is_zero() {
            true => "there was no time left in which to ask it".to_owned(),
            false => format!("it gave no answer within {} s", rounded(patience)),
        };
        let child = self.child.as_mut().ok_or_else(too_slow)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        // Threads, because a helper may print before it has read everything. A helper that does
        // not read its input is no failure.
        thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
        let (sender, receiver) = mpsc::sync_channel(1);
        thread::spawn(move || {
            let mut output = Zeroizing::new(Vec::with_capacity(64 * 1024));
            let read =
                stdout.map(|stdout| stdout.take(LONGEST_OUTPUT + 1).read_to_end(&mut output));
            let _ = sender.send((read, output));
        });
        let left = deadline.saturating_duration_since(Instant::now());
        let (read, output) = receiver.recv_timeout(left).map_err(|_| too_slow())?;
        if output.len() as u64 > LONGEST_OUTPUT {
            return Err("it printed more than 1 MiB".to_owned());
        }
        if let Some(Err(error)) = read
            && error.kind() != ErrorKind::BrokenPipe
        {
            return Err(format!(
                "its output cannot be read: {}",
                system_words(&error)
            ));
        }
        let status = self.wait(deadline).ok_or_else(too_slow)?;
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Err(format!("it was ended by signal {signal}"));
        }
        Ok(HelperOutput {
            succeeded: status.success(),
            output,
        })
    }

    fn wait(&mut self, deadline: Instant) -> Option<ExitStatus> {
        let child = self.child.as_mut()?;
        loop {
            match child.try_wait() {
                Ok(Some(status)) => {
                    self.child = None;
                    return Some(status);
                }
                Ok(None) if Instant::now() < deadline => thread::sleep(PAUSE),
                Ok(None) | Err(_) => return None,
            }
        }
    }

    fn kill(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process_group};
            let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            if let Some(id) = id {
                let _ = kill_process_group(id, Signal::KILL);
            }
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
