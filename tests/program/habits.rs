//! What one expects of any program: help, suggestions, pipes that close, logs, manual pages.

use std::ffi::OsStr;
use std::fs;
use std::io::pipe;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use serde_json::Value;
use support::home::Home;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::{program, script};

const COMMANDS: [&str; 14] = [
    "check",
    "completion",
    "config",
    "credential-provider",
    "export",
    "hosts",
    "list",
    "login",
    "logout",
    "man",
    "profile",
    "pull",
    "push",
    "resolve",
];

#[support::test]
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

#[support::test]
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

#[support::test]
fn whoever_asks_for_more_is_not_told_to_ask_for_it() {
    let home = Home::new();
    let pull = ["pull", "127.0.0.1:1/app:v1", "--oci-layout", "layout"];
    let help = "help: run it again with -v";
    for (more, is_told) in [(None, true), (Some("-v"), false), (Some("-vv"), false)] {
        let arguments: Vec<&str> = pull.into_iter().chain(more).collect();
        let ran = home.portunus(&arguments).run();
        ran.assert_code(1);
        assert_eq!(ran.stderr.contains(help), is_told, "{ran}");
    }
    let ran = home.portunus(&pull).env("PORTUNUS_LOG", "1").run();
    ran.assert_code(2);
    assert!(ran.stderr.contains("there is no level `1`"), "{ran}");
}

#[support::test]
fn a_suggested_command_can_be_pasted_into_a_shell() {
    let home = Home::new();
    let push = ["push", "127.0.0.1:1/app:v1", "--oci-layout", "my layout"];
    let ran = home.portunus(&push).run();
    ran.assert_code(6);
    let help = "help: portunus pull 127.0.0.1:1/app:v1 --oci-layout 'my layout'\n";
    assert!(ran.stderr.contains(help), "{ran}");
}

#[support::test]
fn a_reader_that_goes_away_is_no_accident() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let image = format!("{}/team/app:v1", registry.address());
    let mut home = Home::new();
    home.set_env("PORTUNUS_STORE", "file");
    home.write_hosts_toml("faulty.test", "server = 7\n");
    home.write_hosts_toml("faultless.test", "server = \"https://faultless.test\"\n");
    let unchecked = ["-u", "alice", "-p", "secret", "--no-verify"];
    let login = [&["login", "reg.test"], &unchecked[..]].concat();
    home.portunus(&login).run().assert_success();
    let all = ["login", "--registry-namespace", "reg.test", "--all-hosts"];
    for (arguments, code) in [
        (vec!["list"], 0),
        (vec!["list", "--json"], 0),
        (vec!["resolve", "--why", "reg.test/app"], 0),
        (vec!["resolve", "--json", "reg.test/app"], 0),
        (vec!["resolve", "--probe", &image], 0),
        (vec!["resolve", "--exit-code", "other.test/app"], 3),
        (vec!["hosts", "reg.test"], 0),
        (vec!["hosts", "--json", "reg.test"], 0),
        (vec!["check", "./certs.d/faultless.test"], 0),
        (vec!["check", "--json", "./certs.d/faultless.test"], 0),
        (vec!["check"], 5),
        (vec!["config"], 0),
        (vec!["completion", "bash"], 0),
        (vec!["completion", "zsh"], 0),
        (vec!["man", "man1"], 0),
        (login.clone(), 0),
        ([&all, &unchecked[..]].concat(), 0),
        (vec!["pull", &image, "--oci-layout", "layout"], 0),
        (vec!["push", &image, "--oci-layout", "layout"], 0),
        (vec!["logout", "reg.test"], 0),
        (login.clone(), 0),
        (vec!["logout", "reg.test", "--all"], 0),
        (vec!["--help"], 0),
        (vec!["resolve", "--help"], 0),
        (vec!["--version"], 0),
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
        let accident = ["panicked", "error", "ipe"]
            .iter()
            .any(|it| told.contains(it));
        assert!(
            ran.status.code() == Some(code) && !accident,
            "{arguments:?}: {} {told}",
            ran.status
        );
    }
}

#[support::test]
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

#[support::test]
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

#[support::test]
fn an_unknown_level_is_a_usage_error() {
    let home = Home::new();
    let ran = home
        .portunus(&["resolve", "reg.test/app"])
        .env("PORTUNUS_LOG", "loud")
        .run();
    ran.assert_code(2);
    assert!(
        ran.stderr.starts_with("error: `PORTUNUS_LOG`: ")
            && ran.stderr.contains("help: the levels are"),
        "{ran}"
    );
}

#[support::test]
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

#[support::test(needs("script"))]
fn labels_have_colours_on_a_terminal_of_somebody_who_wants_them() {
    let home = Home::new();
    let portunus = script::portunus();
    for (line, labels) in [
        (
            format!("{portunus} login not/a/host"),
            vec!["\u{1b}[1m\u{1b}[31merror:"],
        ),
        (
            format!("{portunus} logout --exit-code reg.test"),
            vec!["\u{1b}[1m\u{1b}[31merror:", "\u{1b}[1m\u{1b}[32mhelp:"],
        ),
        (
            format!("{portunus} login reg.test -u a -p b --no-verify --store file"),
            vec!["\u{1b}[1m\u{1b}[33mwarning:"],
        ),
        (format!("{portunus} resovle"), vec!["\u{1b}["]),
    ] {
        let ran = script::run(&home, &[], &line, "");
        for label in labels {
            assert!(ran.stdout.contains(label), "{label:?} is not shown\n{ran}");
        }
        for (variables, line) in [
            ([("NO_COLOR", "1")], line.clone()),
            ([("TERM", "dumb")], line.clone()),
            ([("TERM", "xterm")], format!("{line} 2>&1 | cat")),
        ] {
            let ran = script::run(&home, &variables, &line, "");
            assert!(!ran.stdout.contains('\u{1b}'), "{variables:?}\n{ran}");
        }
    }
}

#[support::test]
fn a_log_collector_reads_standard_error_as_json_lines() {
    let home = Home::new();
    let text = "{\"auths\": {\"reg.test\": {\"username\": \"alice\", \"password\": \"canary-1\"}, \"bad.test\": {\"auth\": \"canary-2\"}}}";
    fs::write(home.docker_config(), text).unwrap();
    fs::write(
        home.config_dir().join("config.toml"),
        "stroe = 'canary-3'\n",
    )
    .unwrap();
    for (arguments, code, told) in [
        (
            vec!["resolve", "alpine"],
            0,
            (
                "INFO",
                "`alpine` is read as docker.io/library/alpine:latest, as docker does",
            ),
        ),
        (
            vec!["resolve", "reg.test/app", "-vv"],
            0,
            ("WARN", "unknown key `stroe`"),
        ),
        (
            vec!["logout", "--exit-code", "elsewhere.test"],
            6,
            ("ERROR", "nothing is stored for elsewhere.test"),
        ),
        (
            vec!["pull", "127.0.0.1:1/app:v1", "--oci-layout", "layout"],
            1,
            ("ERROR", "127.0.0.1:1"),
        ),
        (
            vec![
                "login",
                "reg.test",
                "-u",
                "a",
                "-p",
                "canary-4",
                "--no-verify",
                "--store",
                "file",
            ],
            0,
            ("WARN", "a password on the command line"),
        ),
        (
            vec!["resovle", "-p", "canary-5"],
            2,
            ("ERROR", "unrecognized subcommand 'resovle'"),
        ),
    ] {
        let ran = home
            .portunus(&[&arguments[..], &["--log-format=json"]].concat())
            .run();
        ran.assert_code(code);
        assert!(!ran.output().contains("canary"), "{ran}");
        let lines: Vec<Value> = ran
            .stderr
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}\n{ran}")))
            .collect();
        let (level, message) = told;
        let line = lines.iter().find(|line| {
            line["level"] == level
                && line["message"]
                    .as_str()
                    .is_some_and(|it| it.contains(message))
        });
        let line = line.unwrap_or_else(|| panic!("{told:?} is not told\n{ran}"));
        assert!(line["timestamp"].is_string(), "{ran}");
        if level == "ERROR" {
            assert_eq!(line["exit_code"], ran.status.code().unwrap(), "{ran}");
        }
        assert!(
            lines
                .iter()
                .all(|line| line["message"].is_string() && line["level"].is_string()),
            "{ran}"
        );
    }
}
