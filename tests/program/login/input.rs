//! Where `portunus login` takes the credential from, and what becomes of one that is rejected.

use std::fs;

use support::account::Account;
use support::home::Home;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::{ALICE, WRONG, alice, assert_says, attempts, basic, log_in, log_in_with};

#[support::test]
fn one_line_end_is_not_part_of_the_password() {
    for (input, password) in [
        (format!("{ALICE}\n"), ALICE.to_owned()),
        (format!("{ALICE}\r\n"), ALICE.to_owned()),
        (format!("{ALICE}\r"), ALICE.to_owned()),
        (ALICE.to_owned(), ALICE.to_owned()),
        (format!(" {ALICE} \n\n"), format!(" {ALICE} \n")),
    ] {
        let registry = ProgrammableRegistry::basic(&[Account::new("alice", &password)]);
        let arguments = ["-u", "alice", "--password-stdin", &registry.address()];
        log_in_with(&Home::new(), &arguments, &input).assert_success();
    }
}

#[support::test]
fn a_password_on_the_command_line_is_warned_about() {
    let registry = basic();
    let home = Home::new();
    let arguments = ["-u", "alice", "-p", ALICE, &registry.address()];
    let ran = log_in_with(&home, &arguments, "");
    ran.assert_success();
    assert_says(
        &ran,
        &[
            "can be seen by others on this machine",
            "help: use --password-stdin",
        ],
    );
}

#[support::test]
fn input_that_makes_no_sense_is_refused_before_anybody_is_contacted() {
    let registry = basic();
    let at = registry.address();
    for arguments in [
        vec!["-p", WRONG, &at],
        vec!["--password-stdin", &at],
        vec!["-u", "a", "--password-stdin", "-p", WRONG, &at],
        vec!["-u", "a", "--password-stdin", &at],
        vec!["--identity-token-stdin", &at],
        vec!["-u", "a", &at],
        vec![&at],
        vec!["--all-hosts", &at],
    ] {
        log_in_with(&Home::new(), &arguments, "\n").assert_code(2);
    }
    assert!(registry.requests().is_empty());
}

#[support::test]
fn a_stored_login_is_good_for_the_next_one() {
    for registry in [basic(), ProgrammableRegistry::bearer(&alice())] {
        let at = registry.address();
        let home = Home::new();
        log_in(&home, &[&at]).assert_success();
        let ran = log_in_with(&home, &[&at], "");
        ran.assert_success();
        assert_says(
            &ran,
            &[
                &format!("using the stored login of alice for {at} in "),
                &format!("for another account: portunus login {at} -u USER"),
                "login succeeded: alice at ",
            ],
        );
    }
}

#[support::test]
fn a_rejected_stored_login_is_reported_and_kept() {
    let registry = basic();
    let at = registry.address();
    let home = Home::new();
    log_in(&home, &[&at]).assert_success();
    let file = home.credentials_file();
    let old = fs::read_to_string(&file).unwrap().replace(ALICE, WRONG);
    fs::write(&file, &old).unwrap();
    registry.forget_requests();
    let ran = log_in_with(&home, &[&at], "");
    ran.assert_code(3);
    assert_says(
        &ran,
        &[
            &format!("the stored login {at} in "),
            &file.display().to_string(),
            "was rejected: it is left as it is",
            &format!("help: portunus login {at} -u USER --password-stdin < FILE\n"),
        ],
    );
    assert_eq!(attempts(&registry), 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), old);
}

#[support::test]
fn what_no_host_can_take_is_refused_before_anybody_is_asked() {
    let registry = basic();
    let at = registry.address();
    for (arguments, said) in [
        (["-u", "", "-p", "x"], "the username is empty"),
        (["-u", "a:b", "-p", "x"], "the username has a colon in it"),
        (
            ["-u", "a\nb", "-p", "x"],
            "the username has control characters in it",
        ),
        (["-u", "alice", "-p", ""], "the password is empty"),
    ] {
        let home = Home::new();
        let ran = log_in_with(&home, &[&arguments[..], &[&at]].concat(), "");
        ran.assert_code(2);
        assert_says(&ran, &[&format!("error: {said}"), "\nhelp: "]);
        assert!(!home.credentials_file().exists());
    }
    assert_eq!(registry.requests().len(), 0);
}

#[support::test]
fn a_wrong_password_is_tried_once() {
    for registry in [basic(), ProgrammableRegistry::bearer(&alice())] {
        let home = Home::new();
        let arguments = ["-u", "alice", "--password-stdin", &registry.address()];
        let ran = log_in_with(&home, &arguments, WRONG);
        ran.assert_code(3);
        assert_says(&ran, &["rejected the credential: nothing was stored"]);
        assert_eq!(attempts(&registry), 1);
        assert!(!home.credentials_file().exists());
    }
}

#[support::test]
fn a_password_is_never_cut_off() {
    for (length, code) in [(1 << 20, 0), ((1 << 20) + 1, 2)] {
        let home = Home::new();
        let login = [
            "login",
            "--no-verify",
            "-u",
            "alice",
            "--password-stdin",
            "reg.test",
        ];
        let login = home.portunus(&login).env("PORTUNUS_STORE", "file");
        let ran = login.input(&"x".repeat(length)).run();
        ran.assert_code(code);
        let stored = fs::metadata(home.credentials_file());
        assert_eq!(stored.is_ok(), code == 0, "{ran}");
    }
}
