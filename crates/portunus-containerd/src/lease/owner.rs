use std::fs;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// This process, as no other is ever called on this machine and in this pid namespace: `BOOT
/// PID-NAMESPACE PID START`. `None` where the kernel does not tell.
pub(super) fn this_process() -> Option<String> {
    let pid = std::process::id();
    let start = start_of("self")?;
    Some(format!("{} {pid} {start}", pid_namespace()?))
}

/// Whether a process has ended. One of another pid namespace, or of before the machine was
/// started, cannot be told about, and is taken for one that runs.
pub(super) fn is_gone(process: &str) -> bool {
    let mut words = process.rsplitn(3, ' ');
    let (Some(start), Some(pid), Some(namespace)) = (words.next(), words.next(), words.next())
    else {
        return false;
    };
    if pid_namespace().as_deref() != Some(namespace) {
        return false;
    }
    let Some(id) = pid.parse().ok().and_then(Pid::from_raw) else {
        return false;
    };
    // What /proc hides from us may run all the same.
    test_kill_process(id) == Err(Errno::SRCH) || start_of(pid).is_some_and(|other| other != start)
}

/// What process ids mean something in: this start of the machine, and our pid namespace. `None`
/// where /proc shows the processes of another one.
fn pid_namespace() -> Option<String> {
    let shown = fs::read_link("/proc/self").ok()?;
    if shown.to_str() != Some(&std::process::id().to_string()) {
        return None;
    }
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), namespace.display()))
}

/// When a process was started, in ticks of the clock since the machine was (`proc_pid_stat(5)`).
fn start_of(process: &str) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the name of the program, in brackets, and may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(19).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_that_is_known_to_have_ended_is_gone() {
        let ours = this_process().unwrap();
        let (namespace, pid, start) = {
            let mut words = ours.rsplitn(3, ' ');
            let (start, pid) = (words.next().unwrap(), words.next().unwrap());
            (words.next().unwrap(), pid, start)
        };
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let ended = child.id();
        child.wait().unwrap();
        for (process, gone) in [
            (ours.clone(), false),
            (format!("{namespace} {pid} {start}1"), true),
            (format!("{namespace} {ended} {start}"), true),
            (format!("other-boot pid:[1] {ended} {start}"), false),
            (format!("{namespace} 0 {start}"), false),
            (format!("{namespace} nonsense {start}"), false),
            (String::new(), false),
        ] {
            assert_eq!(is_gone(&process), gone, "{process:?}");
        }
    }
}
