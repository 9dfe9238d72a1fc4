//! What is said for one run is said again in the commands that it tells to run next: they would be of
//! other directories, or of another account.

use std::fs;

use support::home::Home;
use worlds::login::{ALICE, assert_says, basic};

#[support::test]
fn a_command_to_run_next_is_of_the_same_directories_and_profile() {
    let home = Home::new();
    let (config, hosts) = (home.path().join("alt"), home.path().join("my hosts"));
    fs::create_dir_all(&config).unwrap();
    let registry = basic();
    let at = registry.address();
    fs::create_dir_all(hosts.join("reg.test")).unwrap();
    let text = format!("server = \"{}\"\n", registry.url());
    fs::write(hosts.join("reg.test/hosts.toml"), text).unwrap();
    let (config, hosts) = (config.to_str().unwrap(), hosts.to_str().unwrap());
    let of_config = format!("--config-dir {config}");
    let of_hosts = format!("--hosts-dir '{hosts}'");
    let log_in = [
        "--config-dir",
        config,
        "--profile",
        "ci",
        "login",
        "m.test",
        "-u",
        "alice",
        "--password-stdin",
        "--no-verify",
        "--store",
        "file",
    ];
    home.portunus(&log_in).input(ALICE).run().assert_success();
    for (arguments, help) in [
        (
            vec!["--config-dir", config, "logout", "--all", "--profile", "ci"],
            format!("portunus {of_config} logout --all --yes --profile ci"),
        ),
        (
            vec!["--config-dir", config, "logout", "m.test"],
            format!("portunus {of_config} logout --profile ci m.test"),
        ),
        (
            vec![
                "logout",
                "x.test",
                "--config-dir",
                config,
                "--profile",
                "ci",
            ],
            format!("`portunus {of_config} --profile ci list` shows what is stored"),
        ),
        (
            vec![
                "--hosts-dir",
                hosts,
                "pull",
                "reg.test/team/app",
                "--oci-layout",
                "l",
            ],
            format!("portunus {of_hosts} login --registry-namespace reg.test {at}"),
        ),
        (
            vec![
                "--hosts-dir",
                hosts,
                "--profile",
                "ci",
                "pull",
                "reg.test/team/app",
                "--oci-layout",
                "l",
            ],
            format!("portunus {of_hosts} login --profile ci --registry-namespace reg.test {at}"),
        ),
        (
            vec![
                "--hosts-dir",
                hosts,
                "login",
                "--registry-namespace",
                "reg.test",
                "other.test",
                "-u",
                "a",
                "-p",
                "b",
            ],
            format!("portunus {of_hosts} login --registry-namespace reg.test {at}"),
        ),
        // The help is the same for all of them.
        (
            vec!["--config-dir", config, "resolve"],
            "portunus resolve --help".to_owned(),
        ),
    ] {
        let ran = home.portunus(&arguments).run();
        assert_says(&ran, &[&format!("help: {help}\n")]);
    }
}

#[support::test]
fn the_command_that_is_told_succeeds() {
    let home = Home::new();
    let registry = basic();
    let hosts = home.path().join("elsewhere");
    fs::create_dir_all(hosts.join("reg.test")).unwrap();
    let text = format!("server = \"{}\"\n", registry.url());
    fs::write(hosts.join("reg.test/hosts.toml"), text).unwrap();
    let hosts = hosts.to_str().unwrap();
    let pull = [
        "--hosts-dir",
        hosts,
        "pull",
        "reg.test/team/app",
        "--oci-layout",
        "l",
    ];
    let ran = home.portunus(&pull).run();
    ran.assert_code(3);
    let told = ran
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix("help: portunus "));
    let told: Vec<&str> = told.unwrap_or_else(|| panic!("{ran}")).split(' ').collect();
    let account = ["-u", "alice", "--password-stdin", "--store", "file"];
    let ran = home
        .portunus(&[&told[..], &account].concat())
        .input(ALICE)
        .run();
    ran.assert_success();
}
