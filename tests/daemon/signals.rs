//! A signal ends the program in order.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use support::http::Reply;

use crate::worlds::download::{Download, Machine, wait_until};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test(needs("containerd"))]
fn ctrl_c_ends_the_program_in_order_and_the_next_call_resumes() {
    let download = Download::new();
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &[]);
    download.wait_for_the_middle();
    machine.assert_nobody_else_reads_the_folders();
    program.interrupt();
    let status = program.wait();
    assert_eq!(status.code(), Some(1), "{}", program.log());
    for told in [
        "pull of reg-a.test/team/app:v1: cancelled",
        "help: run the same command again",
    ] {
        assert!(program.log().contains(told), "{}", program.log());
    }
    machine.world.assert_only_remains_of(IMAGE);
    machine.assert_no_folder_is_left();

    download.go_on();
    let mut program = machine.pull(IMAGE, &[]);
    assert!(program.wait().success(), "{}", program.log());
    download.assert_resumed();
    machine.world.assert_no_lease();
    machine.assert_no_folder_is_left();
}

#[support::test(needs("containerd"))]
fn ctrl_c_ends_a_local_pull_in_order() {
    let download = Download::new();
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &["--local"]);
    download.wait_for_the_middle();
    machine.assert_nobody_else_reads_the_folders();
    program.interrupt();
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    assert!(program.log().contains("cancelled"), "{}", program.log());
    machine.world.assert_no_lease();
    machine.assert_no_folder_is_left();

    // What was fetched went with the folder: from zero.
    download.go_on();
    let mut program = machine.pull(IMAGE, &["--local"]);
    assert!(program.wait().success(), "{}", program.log());
    assert!(machine.world.has(IMAGE));
    machine.world.assert_no_lease();
}

#[support::test(needs("containerd"))]
fn other_signals_end_the_program_in_order_as_well() {
    let download = Download::new();
    let machine = Machine::new(&download);
    for signal in [Signal::TERM, Signal::HUP] {
        for options in [&[][..], &["--local"]] {
            download.registry.forget_requests();
            let mut program = machine.pull_with_hangup(IMAGE, options);
            download.wait_for_the_middle();
            program.signal(signal);
            assert_eq!(program.wait().code(), Some(1), "{signal:?} {options:?}");
            assert!(program.log().contains("cancelled"), "{}", program.log());
            machine.assert_no_folder_is_left();
            machine.world.assert_only_remains_of(IMAGE);
        }
    }
}

#[support::test(needs("containerd"))]
fn a_hangup_that_is_ignored_from_the_start_stays_so() {
    let download = Download::new();
    let machine = Machine::new(&download);
    let mut program = machine.pull_without_hangup(IMAGE, &["--local"]);
    download.wait_for_the_middle();
    program.signal(Signal::HUP);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(machine.folders().len(), 1, "{}", program.log());
    program.signal(Signal::TERM);
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    machine.assert_no_folder_is_left();
}

/// Before containerd is called, while a mirror does not answer us.
#[support::test(needs("containerd"))]
fn ctrl_c_ends_the_asking_of_hosts_in_order() {
    let download = Download::new();
    download.registry.always(Reply::silence());
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &[]);
    wait_until("the mirror is asked", || {
        !download.registry.requests().is_empty()
    });
    let pressed = Instant::now();
    program.interrupt();
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    assert!(pressed.elapsed() < Duration::from_secs(2));
    assert!(program.log().contains("cancelled"), "{}", program.log());
    machine.assert_no_folder_is_left();
    machine.world.assert_no_lease();
}
