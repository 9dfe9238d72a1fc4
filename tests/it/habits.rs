//! What one expects of any program: help, suggestions, pipes that close, logs, manual pages.

use std::ffi::OsStr;
use std::fs;
use std::io::pipe;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use serde_json::Value;
use support::home::Home;
use support::{program, trials};

trials! {
    every_command_shows_examples_in_its_help,
    a_misspelt_command_or_flag_is_answered_with_the_nearest,
    a_reader_that_goes_away_is_no_accident,
    an_argument_that_is_not_text_is_named_and_not_shown,
    what_is_decided_is_told_on_request_and_never_a_secret,
    an_unknown_level_is_a_usage_error,
    there_are_manual_pages_and_completions,
}

const COMMANDS: [&str; 11] = [
    "check",
    "completion",
    "config",
    "hosts",
    "list",
    "login",
    "logout",
    "man",
    "pull",
    "push",
    "resolve",
];

fn every_command_shows_examples_in_its_help() {
    let home = Home::new();
    for command in COMMANDS {
        let ran = home.portunus(&[command, "--help"]).run();
        ran.assert_success();
        assert!(
            ran.stdout.contains("Example")
                && ran.stdout.contains(&format!("\n  portunus {command}")),
            "{ran}"
        );
    }
    let ran = home.portunus(&["--help"]).run();
    assert!(
        COMMANDS
            .iter()
            .all(|command| ran.stdout.contains(&format!("\n  {command} "))),
        "{ran}"
    );
    assert!(ran.stdout.contains("Exit codes:"), "{ran}");
}

fn a_misspelt_command_or_flag_is_answered_with_the_nearest() {
    let home = Home::new();
    for (arguments, nearest) in [
        (vec!["resovle", "alpine"], "'resolve'"),
        (
            vec!["login", "--registry-namspace", "reg.test"],
            "'--registry-namespace'",
        ),
        (vec!["pull", "--progress", "plian", "alpine"], "'plain'"),
    ] {
        let ran = home.portunus(&arguments).run();
        ran.assert_code(2);
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.contains(nearest),
            "{ran}"
        );
        assert!(
            !ran.stderr.contains('\u{1b}'),
            "colours without a terminal\n{ran}"
        );
    }
}

fn a_reader_that_goes_away_is_no_accident() {
    let home = Home::new();
    for arguments in [
        vec!["resolve", "--why", "reg.test/app"],
        vec!["hosts", "--json", "reg.test"],
        vec!["config"],
        vec!["completion", "bash"],
        vec!["--help"],
    ] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut command = home.command(program::portunus());
        let ran = command
            .args(&arguments)
            .stdin(Stdio::null())
            .stdout(writer)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ran.stderr);
        assert!(
            ran.status.success() && told.is_empty(),
            "{arguments:?}: {} {told}",
            ran.status
        );
    }
}

fn an_argument_that_is_not_text_is_named_and_not_shown() {
    let home = Home::new();
    let mut command = home.command(program::portunus());
    command
        .args(["login", "reg.test", "-u", "a", "-p"])
        .arg(OsStr::from_bytes(b"canary\xff"));
    let ran = command.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(2), "{told}");
    assert!(
        told.starts_with("error: argument 6 is not UTF-8 text\n") && !told.contains("canary"),
        "{told}"
    );
}

fn what_is_decided_is_told_on_request_and_never_a_secret() {
    let home = Home::new();
    let text = "{\"auths\": {\"reg.test\": {\"username\": \"alice\", \"password\": \"canary-1\"}}}";
    fs::write(home.docker_config(), text).unwrap();
    let resolve = ["resolve", "reg.test/app"];
    assert_eq!(home.portunus(&resolve).run().stderr, "");
    let candidate =
        "debug: candidate host=\"https://reg.test\" key=reg.test source=\"docker\" location=";
    for more in [["-vv"].as_slice(), &["--debug"], &["-v", "-v"]] {
        let ran = home.portunus(&[&resolve, more].concat()).run();
        assert!(
            ran.stderr.contains(candidate) && !ran.output().contains("canary"),
            "{ran}"
        );
    }
    let ran = home.portunus(&resolve).env("PORTUNUS_LOG", "info").run();
    assert!(
        ran.stderr.starts_with("info: planned ") && !ran.stderr.contains("debug: "),
        "{ran}"
    );
    let ran = home
        .portunus(&[&resolve[..], &["-vv", "--log-format", "json"]].concat())
        .run();
    let events: Vec<Value> = ran
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told = events
        .iter()
        .find(|event| event["message"] == "candidate")
        .unwrap();
    assert_eq!(
        [&told["level"], &told["key"]],
        ["DEBUG", "reg.test"],
        "{ran}"
    );
    assert!(!ran.output().contains("canary"), "{ran}");
}

fn an_unknown_level_is_a_usage_error() {
    let home = Home::new();
    let ran = home
        .portunus(&["resolve", "reg.test/app"])
        .env("PORTUNUS_LOG", "loud")
        .run();
    ran.assert_code(2);
    assert!(
        ran.stderr.starts_with("error: PORTUNUS_LOG: ")
            && ran.stderr.contains("help: the levels are"),
        "{ran}"
    );
}

fn there_are_manual_pages_and_completions() {
    let home = Home::new();
    let folder = home.path().join("man1");
    home.portunus(&["man", folder.to_str().unwrap()])
        .run()
        .assert_success();
    for command in COMMANDS {
        let page = fs::read_to_string(folder.join(format!("portunus-{command}.1"))).unwrap();
        assert!(page.contains(".SH"), "{command}");
    }
    assert!(folder.join("portunus.1").exists());
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = home.portunus(&["completion", shell]).run();
        ran.assert_success();
        assert!(ran.stdout.contains("portunus"), "{ran}");
    }
}
