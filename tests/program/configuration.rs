//! Which of flag, environment, `config.toml` and default decides, for every setting that more than
//! one of them can say.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use support::home::Home;
use support::process::Ran;
use support::program;

/// A setting: each place that can say it with the value written there, the first one first.
struct Setting {
    name: &'static str,
    flag: Option<(&'static [&'static str], &'static str)>,
    variable: Option<(&'static str, &'static str, &'static str)>,
    file: Option<(&'static str, &'static str)>,
    default: &'static str,
    /// What is run, behind the flag.
    command: &'static [&'static str],
}

/// What the program tells is looked for in both streams. The anonymous fallback's flag and file
/// need a registry: the module `anonymous_fallback` has them.
const SETTINGS: [Setting; 8] = [
    Setting {
        name: "store",
        flag: Some((&["--store", "helper:by-flag"], "by-flag")),
        variable: Some(("PORTUNUS_STORE", "helper:by-variable", "by-variable")),
        file: Some(("store = 'helper:by-file'", "by-file")),
        default: "stored in [HOME]/.docker/config.json",
        command: &[
            "login",
            "reg.test",
            "-u",
            "alice",
            "-p",
            "canary",
            "--no-verify",
        ],
    },
    Setting {
        name: "store as `portunus config` shows it",
        flag: None,
        variable: Some(("PORTUNUS_STORE", "keyutils", "keyutils PORTUNUS_STORE auto")),
        file: Some(("store = 'docker'", "docker config.toml auto")),
        default: "store auto default auto",
        command: &["config"],
    },
    Setting {
        name: "profile",
        flag: Some((&["--profile", "by-flag"], "profile by-flag --profile")),
        variable: Some((
            "PORTUNUS_PROFILE",
            "by-variable",
            "profile by-variable PORTUNUS_PROFILE",
        )),
        file: Some(("profile = 'by-file'", "profile by-file config.toml")),
        default: "profile default default",
        command: &["config"],
    },
    Setting {
        name: "hosts_dirs",
        flag: Some((
            &["--hosts-dir", "/f", "--hosts-dir", "/g"],
            "hosts_dirs /f --hosts-dir certs.d /g ",
        )),
        variable: Some((
            "PORTUNUS_HOSTS_DIR",
            "/v:/w",
            "hosts_dirs /v PORTUNUS_HOSTS_DIR certs.d /w ",
        )),
        file: Some((
            "hosts_dirs = ['/x', '/y']",
            "hosts_dirs /x config.toml certs.d /y ",
        )),
        default: "hosts_dirs ~/.config/containerd/certs.d",
        command: &["config"],
    },
    Setting {
        name: "anonymous_fallback",
        flag: None,
        variable: None,
        file: Some((
            "anonymous_fallback = true",
            "anonymous_fallback true config.toml",
        )),
        default: "anonymous_fallback false default",
        command: &["config"],
    },
    Setting {
        name: "log",
        flag: Some((&["-vv"], "debug: ")),
        variable: Some(("PORTUNUS_LOG", "info", "info: planned")),
        file: None,
        default: "reg.test/app",
        command: &["resolve", "reg.test/app"],
    },
    Setting {
        name: "address",
        flag: Some((&["--address", "/by-flag.sock"], "/by-flag.sock")),
        variable: Some((
            "CONTAINERD_ADDRESS",
            "unix:///by-variable.sock",
            "/by-variable.sock",
        )),
        file: None,
        default: "containerd/containerd.sock",
        command: &["pull", "127.0.0.1:1/app:v1"],
    },
    Setting {
        name: "namespace",
        // Names that no namespace can have are told.
        flag: Some((
            &["--namespace", "by flag"],
            "containerd namespace \"by flag\"",
        )),
        variable: Some((
            "CONTAINERD_NAMESPACE",
            "by variable",
            "invalid containerd namespace `by variable`",
        )),
        file: None,
        default: "containerd/containerd.sock",
        command: &["pull", "127.0.0.1:1/app:v1"],
    },
];

#[support::test]
fn a_flag_goes_before_the_environment_the_file_and_the_default() {
    for setting in &SETTINGS {
        let values = [
            setting.flag.map(|(_, told)| told),
            setting.variable.map(|(_, _, told)| told),
            setting.file.map(|(_, told)| told),
            Some(setting.default),
        ];
        // Each place in turn is the first that says something; all below it do as well.
        for (first, wanted) in values.iter().enumerate() {
            let Some(wanted) = wanted else { continue };
            let told = told(setting, first, None);
            assert!(
                told.contains(wanted),
                "{}: not {wanted:?} but\n{told}",
                setting.name
            );
        }
    }
}

#[support::test]
fn an_empty_variable_is_as_good_as_none() {
    for setting in &SETTINGS {
        let Some((variable, _, _)) = setting.variable else {
            continue;
        };
        let below = setting.file.map_or(setting.default, |(_, told)| told);
        let told = told(setting, 2, Some((variable, b"")));
        assert!(told.contains(below), "{}:\n{told}", setting.name);
    }
}

#[support::test]
fn a_variable_that_is_not_text_is_named_and_not_shown() {
    let resolve = ["resolve", "reg.test/app"].as_slice();
    let layout = ["pull", "127.0.0.1:1/app:v1", "--oci-layout", "layout"].as_slice();
    let login = ["login", "127.0.0.1:1", "-u", "a", "-p", "b"].as_slice();
    for (variable, commands) in [
        (
            "PORTUNUS_STORE",
            vec![resolve, login, &["list"], &["config"]],
        ),
        (
            "PORTUNUS_PROFILE",
            vec![resolve, login, &["list"], &["config"]],
        ),
        ("PORTUNUS_LOG", vec![resolve, &["list"]]),
        ("CONTAINERD_ADDRESS", vec![&["pull", "127.0.0.1:1/app:v1"]]),
        (
            "CONTAINERD_NAMESPACE",
            vec![&["pull", "127.0.0.1:1/app:v1"]],
        ),
        ("DOCKER_AUTH_CONFIG", vec![resolve]),
        ("https_proxy", vec![layout, login]),
        ("NO_PROXY", vec![layout, login]),
    ] {
        for command in commands {
            let home = Home::new();
            let ran = run(&home, command, Some((variable, b"canary\xff")));
            ran.assert_code(2);
            let told = format!("error: the value of {variable} is not UTF-8 text\nhelp: ");
            assert!(ran.stderr.contains(&told), "{ran}");
            assert!(!ran.output().contains("canary"), "{ran}");
        }
    }
}

#[support::test]
fn a_variable_that_is_a_path_may_hold_any_bytes() {
    let odd = OsStr::from_bytes(b"odd-\xff");
    for (variable, below, file, text, command, wanted) in [
        (
            "PORTUNUS_HOSTS_DIR",
            "reg.test",
            "hosts.toml",
            "[host.\"https://mirror.test\"]\n",
            ["hosts", "reg.test"].as_slice(),
            "https://mirror.test",
        ),
        (
            "PORTUNUS_CONFIG_DIR",
            "",
            "config.toml",
            "profile = 'odd-one'\n",
            &["config"],
            "odd-one",
        ),
        (
            "XDG_CONFIG_HOME",
            "portunus",
            "config.toml",
            "profile = 'odd-one'\n",
            &["config"],
            "odd-one",
        ),
        (
            "DOCKER_CONFIG",
            "",
            "config.json",
            "{\"auths\": {\"reg.test\": {\"username\": \"alice\", \"password\": \"canary\"}}}",
            &["resolve", "reg.test/app"],
            "alice",
        ),
    ] {
        let home = Home::new();
        let folder = home.path().join(odd);
        fs::create_dir_all(folder.join(below)).unwrap();
        fs::write(folder.join(below).join(file), text).unwrap();
        let ran = run(
            &home,
            command,
            Some((variable, folder.as_os_str().as_bytes())),
        );
        ran.assert_success();
        assert!(ran.stdout.contains(wanted), "{variable}\n{ran}");
    }
}

/// What is told where the places from `first` on say the setting, spaces made one.
fn told(setting: &Setting, first: usize, variable: Option<(&str, &[u8])>) -> String {
    let mut home = Home::new();
    home.remove_env("PORTUNUS_HOSTS_DIR");
    let mut arguments = setting.command.to_vec();
    if let Some((flag, _)) = setting.flag.filter(|_| first == 0) {
        arguments.extend(flag);
    }
    if let Some((name, value, _)) = setting.variable.filter(|_| first <= 1) {
        home.set_env(name, value);
    }
    if let Some((line, _)) = setting.file.filter(|_| first <= 2) {
        fs::write(home.config_dir().join("config.toml"), line).unwrap();
    }
    let ran = run(&home, &arguments, variable);
    let output = ran.output();
    let words: Vec<&str> = output.split_whitespace().collect();
    words
        .join(" ")
        .replace(home.path().to_str().unwrap(), "[HOME]")
}

fn run(home: &Home, arguments: &[&str], variable: Option<(&str, &[u8])>) -> Ran {
    let mut command = home.command(program::portunus());
    command.args(arguments).stdin(Stdio::null());
    if let Some((name, value)) = variable {
        command.env(name, OsStr::from_bytes(value));
    }
    support::process::run(&mut command, b"")
}

#[support::test]
fn a_hosts_directory_that_is_absent_is_told_by_each_command_that_looks_there() {
    let home = Home::new();
    let login = [
        "login",
        "-u",
        "a",
        "-p",
        "b",
        "--no-verify",
        "--store=file",
        "reg.test",
    ];
    for command in [
        &["hosts", "reg.test"][..],
        &["resolve", "reg.test/app"],
        &login,
    ] {
        let named = [&["--hosts-dir", "/nowhere"], command].concat();
        let ran = home.portunus(&named).run();
        ran.assert_success();
        let told = "warning: the hosts directory /nowhere of --hosts-dir does not exist\n";
        assert_eq!(ran.stderr.matches(told).count(), 1, "{ran}");
    }
}
