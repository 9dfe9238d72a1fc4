//! Whatever a system call of a write answers, no login is lost: the file holds what it held, or that
//! and the new one, and what the program says of it is true.

use std::fs;

use support::home::Home;
use support::{process, tools};

use super::writing::{STORES, calls_of_the_write, file_of, hosts_in, login};

const CALLS: &str = "openat,write,flock,fchmod,chmod,fchown,fsync,fdatasync,rename,renameat,renameat2,link,linkat,\
                     unlink,unlinkat,ftruncate,fallocate,fstat,statx,lseek,read";

#[support::test(needs("strace", "root?"))]
fn a_disk_that_is_full_at_any_system_call_loses_no_login() {
    at_each_call("ENOSPC");
}

#[support::test(needs("strace", "root?"))]
fn a_disk_that_fails_at_any_system_call_loses_no_login() {
    at_each_call("EIO");
}

#[support::test(needs("strace", "root?"))]
fn a_disk_that_becomes_read_only_at_any_system_call_loses_no_login() {
    at_each_call("EROFS");
}

/// What is only interrupted is done all the same, or nothing is.
#[support::test(needs("strace", "root?"))]
fn an_interruption_at_any_system_call_loses_no_login() {
    at_each_call("EINTR");
}

fn at_each_call(error: &str) {
    for store in STORES {
        let home = Home::new();
        process::run(&mut login(&home, store, "old.test", "first"), b"").assert_success();
        let file = file_of(&home, store);
        let old = fs::read(&file).unwrap();
        let log = home.path().join("strace.log");
        let strace = |injected: Option<String>| {
            let command = login(&home, store, "new.test", "second");
            let mut strace = home.command(tools::program("strace"));
            strace.args(["-f", "-qq", "-o"]).arg(&log);
            strace.args(["-e", &format!("trace={CALLS}")]);
            strace.args(injected.iter().flat_map(|injected| ["-e", injected]));
            strace.arg(command.get_program()).args(command.get_args());
            process::run(&mut strace, b"")
        };
        strace(None).assert_success();
        let trace = fs::read_to_string(&log).unwrap();
        let (mut tried, mut failed) = (0, 0);
        for (call, count) in calls_of_the_write(&trace) {
            fs::write(&file, &old).unwrap();
            let ran = strace(Some(format!("inject={call}:error={error}:when={count}")));
            let case = format!("{store}, {error} at {call} number {count}");
            let hosts = hosts_in(&file);
            assert!(hosts.contains("old.test"), "{case}: lost after\n{ran}");
            let stored = hosts.contains("new.test");
            let told = !ran.status.success() && !ran.stderr.is_empty();
            assert!(stored || told, "{case}: nothing stored, and\n{ran}");
            assert!(!ran.output().contains("panicked"), "{case}\n{ran}");
            assert!(
                !ran.output().contains("second"),
                "{case}: the secret in\n{ran}"
            );
            tried += 1;
            failed += u32::from(!stored);
        }
        println!("{store}: {error} at {tried} calls, {failed} of them without the new login");
        assert!(tried > 10, "{store}: {tried}");
        // Nothing that was left stands in the way.
        process::run(&mut login(&home, store, "new.test", "third"), b"").assert_success();
        assert_eq!(hosts_in(&file).len(), 2);
    }
}
