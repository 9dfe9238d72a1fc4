//! What one program stores, another finds: both ask `portunus-client`.

use std::ffi::OsString;
use std::io;

use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::remedy::Advise;
use portunus::secret::Secret;
use portunus_cli::{Exit, Prompt, Streams};
use portunus_client::login::Limits;
use portunus_client::logout::LogoutRequest;
use portunus_client::{
    ClientError, Environment, ImageReference, ListRequest, LoginRequest, LoginTarget, Operation,
    Overrides, ResolveRequest, Settings, list, log_in, log_out, resolve,
};
use support::account::Account;
use support::home::Home;
use support::programmable_registry::ProgrammableRegistry;
use support::screen::Screen;

const ALICE: &str = "canary-alice-c7d2";

struct Nobody;

impl Prompt for Nobody {
    fn line(&mut self, _: &str) -> io::Result<String> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    fn secret(&mut self, _: &str) -> io::Result<Secret> {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn environment(home: &Home, more: &[(&str, &str)]) -> Environment {
    let variables = home.env().iter();
    let mut environment = Environment::new(
        variables.map(|(name, value)| (OsString::from(name), OsString::from(value))),
    );
    let more = more.iter().map(|(name, value)| (name.into(), value.into()));
    environment.variables.extend(more);
    environment
}

/// Runs the program with a password on standard input.
fn run(words: &[&str], environment: &Environment) -> (Exit, String) {
    let screen = Screen::default();
    let stdin = io::Cursor::new(ALICE);
    let mut streams = Streams::new(stdin, screen.clone(), screen.clone(), Nobody);
    let words = words.iter().map(OsString::from);
    let exit = portunus_cli::run(words, environment, &mut streams);
    (exit, screen.text())
}

fn keys(settings: &Settings) -> Vec<String> {
    let listed = list(&ListRequest::default(), settings).unwrap();
    listed.entries.iter().map(|it| it.key.to_string()).collect()
}

#[support::test]
fn the_same_settings_find_what_the_program_stored_wherever_that_is() {
    for (store, login, key) in [
        ("auto", &["reg.test"][..], "reg.test"),
        ("docker", &["reg.test:5000"], "reg.test:5000"),
        (
            "file",
            &["--registry-namespace", "reg.test", "mirror.test"],
            "mirror.test?ns=reg.test",
        ),
        (
            "file",
            &["--repository", "team", "reg.test"],
            "reg.test?path=team",
        ),
        (
            "file",
            &["--profile", "ci", "reg.test"],
            "reg.test?profile=ci",
        ),
    ] {
        let home = Home::new();
        let environment = environment(&home, &[("PORTUNUS_STORE", store)]);
        let verb = ["portunus", "login", "--no-verify"];
        let account = ["-u", "alice", "--password-stdin"];
        let words = [&verb[..], &account, login].concat();
        let (exit, seen) = run(&words, &environment);
        assert_eq!(exit, Exit::Done, "{seen}");
        let settings = Settings::read(&Overrides::default(), &environment).unwrap();
        assert_eq!(keys(&settings), [key], "{store}");
    }
}

#[support::test]
fn a_program_of_ones_own_is_told_which_logins_there_are_and_never_that_of_the_registry_itself() {
    let home = Home::new();
    let mirrors = "[host.\"https://m.test\"]\n[host.\"https://reg.test\"]\n";
    home.write_hosts_toml("reg.test", mirrors);
    let environment = environment(&home, &[("PORTUNUS_STORE", "file")]);
    let settings = Settings::read(&Overrides::default(), &environment).unwrap();
    let mut limits = Limits::of_profile(&settings.profile);
    limits.registry_namespace = Some("reg.test");
    let target = LoginTarget::read(Some("other.test"), limits).unwrap();
    let secret = Credential::password("alice", ALICE);
    let error = log_in(&LoginRequest::new(target), secret, &settings).unwrap_err();
    let advised: Vec<_> = error.remedies().iter().map(|it| it.arguments()).collect();
    let login = ["login", "--registry-namespace", "reg.test", "m.test"];
    assert_eq!(advised, [Some(login.map(str::to_owned).to_vec())]);
}

#[support::test]
fn the_program_finds_what_another_stored_and_may_send_it() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", ALICE)]);
    let at = registry.address();
    let home = Home::new();
    home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
    let environment = environment(&home, &[("PORTUNUS_STORE", "file")]);
    let settings = Settings::read(&Overrides::default(), &environment).unwrap();
    let mut limits = Limits::of_profile(&settings.profile);
    limits.registry_namespace = Some("reg.test");
    let target = LoginTarget::read(Some(&at), limits).unwrap();
    let mut request = LoginRequest::new(target.clone());
    request.stored_by = Some("mytool 3.1".to_owned());

    let wrong = log_in(
        &request,
        Credential::password("alice", "canary-no"),
        &settings,
    );
    assert!(matches!(wrong, Err(ClientError::Registry(_))), "{wrong:?}");
    assert_eq!(keys(&settings), [""; 0]);

    let report = log_in(&request, Credential::password("alice", ALICE), &settings).unwrap();
    let key: CredentialKey = format!("{at}?ns=reg.test").parse().unwrap();
    assert_eq!((&report.key, report.is_listed), (&key, true));
    assert!(report.verified.is_some());

    let image = ImageReference::parse("reg.test/team/app").unwrap();
    let resolved = resolve(&ResolveRequest::new(image, Operation::Pull), &settings).unwrap();
    let [attempt] = &resolved.plan().attempts[..] else {
        panic!("{:?}", resolved.plan());
    };
    assert_eq!(attempt.candidates[0].entry.key, key);
    let stored_by = attempt.candidates[0].entry.provenance.stored_by.as_deref();
    assert_eq!(stored_by, Some("mytool 3.1"));

    let (exit, seen) = run(&["portunus", "resolve", "reg.test/team/app"], &environment);
    assert_eq!(exit, Exit::Done, "{seen}");
    assert!(seen.contains(&format!("alice, key {key}")), "{seen}");

    let report = log_out(LogoutRequest::Login(&target), &settings).unwrap();
    assert_eq!(report.removed.len(), 1);
    assert_eq!(keys(&settings), [""; 0]);
}

#[support::test]
fn help_errors_and_entries_have_the_name_of_the_program_that_was_started() {
    let home = Home::new();
    let environment = environment(&home, &[("PORTUNUS_STORE", "file")]);
    for (words, told) in [
        (
            &["mytool", "login", "--help"][..],
            "\n  mytool login reg.test ",
        ),
        (&["mytool", "help", "resolve"], "Usage: mytool resolve "),
        (
            &["mytool", "resolve", "--bad"],
            "help: mytool resolve --help",
        ),
        (&["mytool", "logout", "nothere.test"], "`mytool list` shows"),
        (&["mytool", "version"], "mytool 0."),
        (&["mytool", "completion", "zsh"], "#compdef mytool"),
        (&["mytool", "completion", "bash"], "-F _mytool mytool"),
        (&["mytool", "completion", "--help"], "asks mytool, which"),
        (
            &["mytool", "pull", "x", "--creds", "a"],
            "`mytool login HOST`",
        ),
    ] {
        let (_, seen) = run(words, &environment);
        assert!(seen.contains(told), "{words:?}\n{seen}");
        let named = seen.replace("/portunus", "").replace("PORTUNUS", "");
        assert!(!named.contains("portunus"), "{words:?}\n{seen}");
    }
    let pages = home.path().join("man").display().to_string();
    let (exit, seen) = run(&["mytool", "man", &pages], &environment);
    assert_eq!(exit, Exit::Done, "{seen}");
    let page = home.path().join("man/mytool-login.1");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("mytool login"), "{page}");
    let login = ["login", "--no-verify", "-u", "alice", "--password-stdin"];
    let words = [&["mytool"], &login[..], &["reg.test"]].concat();
    let (exit, seen) = run(&words, &environment);
    assert_eq!(exit, Exit::Done, "{seen}");
    let kept = std::fs::read_to_string(home.credentials_file()).unwrap();
    assert!(kept.contains("\"mytool\""), "{kept}");
}
