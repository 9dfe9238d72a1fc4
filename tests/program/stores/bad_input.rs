//! Files of credentials that cannot be read, or hold bad entries, are named and left alone, and
//! everything else goes on.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::{Value, json};
use support::account::Account;
use support::home::Home;
use support::process::{self, Ran};
use support::programmable_registry::ProgrammableRegistry;
use support::{program, tools};

const NOBODY: u32 = 65_534;

/// Our own file, or docker's, and the other one, which is good.
const STORES: [(&str, &str); 2] = [("file", "docker"), ("docker", "file")];

fn file_of(home: &Home, store: &str) -> PathBuf {
    match store {
        "file" => home.credentials_file(),
        _ => home.docker_config(),
    }
}

fn login(home: &Home, store: &str, host: &str) -> Ran {
    let arguments = ["login", "--no-verify", "-u", "amy", "--password-stdin"];
    let arguments = [&arguments[..], &["--store", store, host]].concat();
    portunus(home, &arguments, "pw")
}

/// Logs in beside a bad file, and sees that nobody gets on with it and nobody is stopped by it.
fn is_named_and_passed_over(home: &Home, store: &str, other: &str, problem: &str) {
    let file = file_of(home, store);
    let place = format!("{}: {problem}", file.display());
    for ran in [
        login(home, store, "new.test"),
        portunus(home, &["logout", "new.test"], ""),
        portunus(home, &["resolve", "--push", "good.test/app"], ""),
    ] {
        assert!(ran.assert_code(5).stderr.contains(&place), "{ran}");
    }
    let resolved = portunus(home, &["resolve", "good.test/app"], "");
    let listed = portunus(home, &["list"], "");
    for ran in [resolved, listed] {
        assert!(ran.stderr.contains(&place), "{ran}");
        // Our own file is never passed over, others' are.
        match store {
            "file" => ran.assert_code(5),
            _ => ran.assert_success(),
        };
        assert_eq!(ran.stdout.contains("amy"), store != "file", "{ran}");
    }
    login(home, other, "later.test");
    let good = fs::read_to_string(file_of(home, other)).unwrap();
    assert!(good.contains("good.test") && good.contains("later.test"));
}

#[support::test]
fn what_is_no_file_or_too_large_is_named_at_once() {
    type Make = fn(&Path);
    let cases: [(&str, Make, Make); 3] = [
        (
            "it is not a regular file",
            |path| mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap(),
            |path| assert!(path.metadata().unwrap().file_type().is_fifo()),
        ),
        (
            "it is a directory",
            |path| fs::create_dir(path).unwrap(),
            |path| assert!(path.is_dir()),
        ),
        (
            "it is larger than 32 MiB",
            |path| File::create(path).unwrap().set_len(100 << 20).unwrap(),
            |path| assert_eq!(path.metadata().unwrap().len(), 100 << 20),
        ),
    ];
    for (store, other) in STORES {
        for (problem, make, is_unchanged) in cases {
            let home = Home::new();
            login(&home, other, "good.test").assert_success();
            let file = file_of(&home, store);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            make(&file);
            is_named_and_passed_over(&home, store, other, problem);
            is_unchanged(&file);
        }
    }
}

#[support::test]
fn a_file_that_may_not_be_read_is_named() {
    for (store, other) in STORES {
        let home = Home::new();
        hand_to_nobody(&home);
        login(&home, store, "bad.test").assert_success();
        login(&home, other, "good.test").assert_success();
        let file = file_of(&home, store);
        let before = fs::read(&file).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
        is_named_and_passed_over(&home, store, other, "cannot read it: permission denied");
        let folder = file.parent().unwrap();
        let (shown, folder_shown) = (file.display(), folder.display());
        let help = format!(
            "help: give yourself the permission: `ls -ld {folder_shown} {shown}` shows who has it\n"
        );
        let ran = login(&home, store, "new.test");
        assert!(ran.assert_code(5).stderr.ends_with(&help), "{ran}");
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0);
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        fs::set_permissions(folder, Permissions::from_mode(0o500)).unwrap();
        let _ = fs::remove_file(format!("{shown}.lock"));
        let ran = login(&home, store, "new.test");
        fs::set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
        assert!(ran.assert_code(5).stderr.ends_with(&help), "{ran}");
        assert_eq!(fs::read(&file).unwrap(), before);
    }
}

/// File modes do not hold root back, so root lets nobody work in this home, with a copy of the
/// program that is within reach.
fn hand_to_nobody(home: &Home) {
    if !tools::is_root() {
        return;
    }
    fs::copy(program::portunus(), copy_for_nobody(home)).unwrap();
    let config = home.config_dir();
    let above = config.parent().unwrap().to_owned();
    let folders = [home.docker_dir(), home.bin_dir(), home.runtime_dir()];
    for folder in folders.iter().chain([&config, &above]) {
        chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    chown(home.path(), Some(NOBODY), Some(NOBODY)).unwrap();
}

fn copy_for_nobody(home: &Home) -> PathBuf {
    home.bin_dir().join("portunus")
}

/// Runs the program, as nobody where the home was handed over.
fn portunus(home: &Home, arguments: &[&str], input: &str) -> Ran {
    let copy = copy_for_nobody(home);
    let mut command = match copy.exists() {
        true => home.command(copy),
        false => home.command(program::portunus()),
    };
    if home.path().metadata().unwrap().uid() == NOBODY {
        command.uid(NOBODY).gid(NOBODY);
    }
    process::run(command.args(arguments), input.as_bytes())
}

/// The hosts that are listed with `amy`, and what is told on standard error.
fn listed(home: &Home) -> (Vec<String>, String) {
    let ran = home.portunus(&["list", "--json"]).run();
    let document: Value = serde_json::from_str(&ran.assert_success().stdout).unwrap();
    let entries = document["credentials"].as_array().unwrap();
    let good = entries.iter().filter(|entry| entry["username"] == "amy");
    let hosts = good.map(|entry| entry["host"].as_str().unwrap().to_owned());
    (hosts.collect(), ran.stderr)
}

/// Sees that each bad line is told of with its place, and that a login and a logout beside it
/// change no other line.
#[track_caller]
fn bad_lines_are_told_and_kept(home: &Home, store: &str, text: &str, bad: &[(usize, &str)]) {
    let file = file_of(home, store);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    let (hosts, told) = listed(home);
    assert_eq!(hosts, ["padded.test", "unpadded.test"], "{told}");
    for (line, problem) in bad {
        let start = format!("{}:{line}:", file.display());
        let is_told = |it: &str| it.contains(&start) && it.contains(problem);
        assert!(told.lines().any(is_told), "line {line}, {problem}: {told}");
    }
    let warnings = told.lines().filter(|line| line.starts_with("warning:"));
    assert_eq!(warnings.count(), bad.len(), "{told}");
    login(home, store, "new.test").assert_success();
    home.portunus(&["logout", "new.test"])
        .run()
        .assert_success();
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[support::test]
fn bad_entries_of_docker_s_file_are_told_with_their_places_and_the_others_used() {
    let no_padding = STANDARD_NO_PAD.encode("amy:pwd");
    assert!(!no_padding.len().is_multiple_of(4));
    let encoded = |text: &str| STANDARD.encode(text);
    let text = format!(
        "{{\n\t\"auths\": {{\n{}\n\t}}\n}}",
        [
            ("padded.test", encoded("amy:pw\0\0")),
            ("unpadded.test", no_padding),
            ("colon.test", encoded("amy")),
            ("user.test", encoded(":pw")),
            ("nul.test", "YW15\\u0000OnB3".to_owned()),
            ("void.test", "%%".to_owned()),
        ]
        .map(|(host, auth)| format!("\t\t\"{host}\": {{\"auth\": \"{auth}\"}}"))
        .join(",\n")
    );
    let bad = [
        (5, "`auth` has no colon"),
        (6, "`auth` has no user name"),
        (7, "`auth` is not base64"),
        (8, "`auth` is not base64"),
    ];
    bad_lines_are_told_and_kept(&Home::new(), "docker", &text, &bad);
}

#[support::test]
fn bad_entries_of_our_file_are_told_with_their_places_and_the_others_used() {
    let good = r#"{"kind": "password", "username": "amy", "secret": "pw"}"#;
    let lines = [
        ("padded.test", good),
        ("unpadded.test", good),
        ("user.test", r#"{"kind": "password", "secret": "pw"}"#),
        ("secret.test", r#"{"kind": "password", "username": "amy"}"#),
        ("type.test", r#"{"kind": "password", "username": ["amy"]}"#),
        ("kind.test", "{}"),
    ];
    let lines = lines.map(|(host, entry)| format!("    \"{host}\": {entry}"));
    let text = format!(
        "{{\n  \"version\": 1, \"credentials\": {{\n{}\n  }}\n}}\n",
        lines.join(",\n")
    );
    let bad = [
        (5, "`username` is missing"),
        (6, "`secret` is missing"),
        (7, "`username` is not a string"),
        (8, "`kind` is not password"),
    ];
    bad_lines_are_told_and_kept(&Home::new(), "file", &text, &bad);
}

#[support::test]
fn what_docker_s_file_cannot_keep_is_refused_before_it_is_touched() {
    for (user, password, problem) in [
        ("amy", "p\0w", "NUL"),
        ("a:my", "pw", "colon"),
        ("", "pw", "user name"),
    ] {
        let home = Home::new();
        let before = json!({"auths": {"good.test": {"auth": STANDARD.encode("amy:pw")}}});
        fs::write(home.docker_config(), before.to_string()).unwrap();
        let log_in = |store: &str| {
            let arguments = ["login", "--no-verify", "--store", store, "-u", user];
            let arguments = [&arguments[..], &["--password-stdin", "new.test"]].concat();
            home.portunus(&arguments).input(password).run()
        };
        // The arguments are at fault, not the file.
        let ran = log_in("docker");
        ran.assert_code(2);
        assert!(ran.stderr.contains(problem), "{ran}");
        let help = "help: use another store, `--store file`\n";
        assert!(ran.stderr.ends_with(help), "{ran}");
        let now = fs::read_to_string(home.docker_config()).unwrap();
        assert_eq!(now, before.to_string());
        log_in("file").assert_success();
        let kept = fs::read_to_string(home.credentials_file()).unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        let kept = &kept["credentials"]["new.test"];
        assert_eq!(
            (&kept["username"], &kept["secret"]),
            (&json!(user), &json!(password))
        );
    }
    // A raw NUL is no JSON, whatever it stands in.
    for (store, _) in STORES {
        let home = Home::new();
        let file = file_of(&home, store);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "{\n\"x\": \"\0\"}").unwrap();
        let ran = login(&home, store, "good.test");
        let place = format!("{}:2:", file.display());
        assert!(ran.assert_code(5).stderr.contains(&place), "{ran}");
        assert_eq!(fs::read(&file).unwrap(), b"{\n\"x\": \"\0\"}");
    }
}

/// Whoever shares a docker file chooses what stands in it.
#[support::test]
fn a_username_moves_no_cursor_and_makes_no_line() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    let at = registry.address();
    let home = Home::new();
    let auth = STANDARD.encode("e\u{1b}[31mvil\r\nstored x:wrong");
    let auths = json!({ "auths": { &at: { "auth": auth } } });
    fs::write(home.docker_config(), auths.to_string()).unwrap();
    let image = format!("{at}/team/app:v1");
    let shown = "e\\u{1b}[31mvil\\r\\nstored x";
    for command in [
        &["resolve", "--why", &image][..],
        &["list"],
        &["pull", "--oci-layout", "layout", &image],
        &["logout", &at],
    ] {
        let ran = home.portunus(command).run();
        assert!(ran.output().contains(shown), "{ran}");
        assert!(!ran.output().contains(['\u{1b}', '\r']), "{ran}");
    }
}
