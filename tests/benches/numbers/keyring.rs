//! A plan of many hosts with a keyring on the bus. How many calls and messages that takes is counted by
//! `tests/counts`.

use std::process::Stdio;

use support::home::Home;
use support::keyring::Keyring;
use support::program;

use crate::inputs::{Shape, hosts_toml, mirror};
use crate::report::Report;
use crate::turns::{Program, in_turn};

pub(crate) fn measure() -> Report {
    let homes = [3, 1_000].map(|hosts| {
        let mut home = Home::new();
        home.write_hosts_toml("docker.io", &hosts_toml(hosts - 1, Shape::Plain));
        let keyring = Keyring::unlocked(&mut home);
        let login = ["login", "--no-verify", "--store", "keyring", "-u", "alice"];
        let rest = ["--password-stdin", "--registry-namespace", "docker.io"];
        home.portunus(&[&login[..], &rest, &[&mirror(1)]].concat())
            .input("wonder")
            .run()
            .assert_success();
        (hosts, home, keyring)
    });
    let programs = homes.iter().map(|(hosts, home, _)| {
        Program::new(format!("portunus resolve, {hosts} hosts"), || {
            let mut command = home.command(program::portunus());
            command.args(["resolve", "docker.io/library/alpine"]);
            command.stdin(Stdio::null());
            command
        })
    });
    let mut report = Report::new("whole processes, with a keyring that holds one login, in turn");
    in_turn(&mut report, &programs.collect::<Vec<_>>());
    report
}
