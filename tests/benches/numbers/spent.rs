use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What a program took from start to end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    pub(crate) wall: Duration,
    /// Of the processor, in user mode and in the kernel.
    pub(crate) processor: Duration,
    /// How often its threads waited, as last seen: what one waited that ended before is not in it.
    pub(crate) switches: u64,
    /// Of memory at most, in bytes.
    pub(crate) resident: u64,
}

/// How often a program is looked at while it runs.
const LOOK: Duration = Duration::from_millis(10);

/// Linux tells programs of processor time in hundredths of a second, on every processor.
const TICK: Duration = Duration::from_millis(10);

impl Spent {
    /// Runs a program that is to succeed, and that starts no other.
    pub(crate) fn by(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let before = of_children();
        let started = Instant::now();
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let (mut switches, mut resident) = (0, 0);
        let status = loop {
            switches = switches.max(switches_of(&child));
            resident = resident.max(resident_of(&child));
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None => sleep(LOOK),
            }
        };
        let wall = started.elapsed();
        assert!(status.success(), "{command:?}: {status}");
        Self {
            wall,
            processor: of_children() - before,
            switches,
            resident,
        }
    }
}

/// The processor time of every child that was waited for (proc_pid_stat(5), `cutime` and `cstime`).
pub(crate) fn of_children() -> Duration {
    two_of_stat("self", 13)
}

/// The processor time of another process that is running (`utime` and `stime`).
pub(crate) fn of_process(id: u32) -> Duration {
    two_of_stat(&id.to_string(), 11)
}

/// The sum of two times of a process, of which the first is at that place behind its name.
fn two_of_stat(process: &str, at: usize) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks = fields.split(' ').skip(at).take(2);
    TICK * ticks.map(|it| it.parse::<u32>().unwrap()).sum::<u32>()
}

fn switches_of(child: &Child) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{}/task", child.id()));
    let tasks = tasks.into_iter().flatten().flatten();
    let switches =
        tasks.map(|task| number_in(&task.path().join("status"), "voluntary_ctxt_switches:"));
    switches.sum()
}

fn resident_of(child: &Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    number_in(status.as_ref(), "VmHWM:") * 1024
}

/// The number behind that word; 0 where the process has ended.
fn number_in(status: &std::path::Path, word: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(word));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.map_or(0, |number| number.parse().unwrap())
}
