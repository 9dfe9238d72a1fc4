//! Fifty processes that log in, log out and list at once leave what each of them did.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};

use support::home::Home;
use support::{process, program};

use super::writing::{file_of, hosts_in, login};

#[support::test]
fn fifty_processes_of_mixed_verbs_lose_nothing_in_our_file() {
    fifty_processes("file");
}

#[support::test]
fn fifty_processes_of_mixed_verbs_lose_nothing_in_docker_s_file() {
    fifty_processes("docker");
}

fn fifty_processes(store: &str) {
    let home = Home::new();
    let names = |kind: &str, count: usize| -> BTreeSet<String> {
        (0..count).map(|at| format!("{kind}{at}.test")).collect()
    };
    let (stays, goes, comes) = (names("stays", 5), names("goes", 12), names("comes", 18));
    for host in stays.iter().chain(&goes) {
        process::run(&mut login(&home, store, host, "before"), b"").assert_success();
    }
    let portunus = |arguments: &[&str]| {
        let mut command = home.command(program::portunus());
        command.args(arguments);
        command
    };
    let mut commands: Vec<Command> = Vec::new();
    commands.extend(comes.iter().map(|host| login(&home, store, host, "new")));
    commands.extend(goes.iter().map(|host| portunus(&["logout", host])));
    // The password of one is changed while others come and go.
    commands.extend(stays.iter().map(|host| login(&home, store, host, "after")));
    commands.extend((0..15).map(|_| portunus(&["list", "--json"])));
    assert_eq!(commands.len(), 50);
    // In an order that has nothing of the verbs.
    let mut order: Vec<usize> = (0..50).map(|at| at * 37 % 50).collect();
    let mut running: Vec<Child> = Vec::new();
    for at in order.drain(..) {
        let command = &mut commands[at];
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        running.push(command.spawn().unwrap());
    }
    for child in &mut running {
        assert!(child.wait().unwrap().success());
    }
    let expected: BTreeSet<String> = stays.union(&comes).cloned().collect();
    assert_eq!(hosts_in(&file_of(&home, store)), expected);
}
