//! What `portunus login` asks the person at the terminal, through the embeddable program with a
//! terminal that is played.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::sync::{Arc, Mutex};

use portunus::secret::Secret;
use portunus_cli::{Environment, Exit, Prompt, Streams, Terminals};
use support::account::Account;
use support::home::Home;
use support::programmable_registry::ProgrammableRegistry;
use support::screen::Screen;

const ALICE: &str = "canary-alice-41b0";

/// Answers questions in order and keeps what was asked. A secret is asked for by another method
/// than a line, so that nothing echoes it.
#[derive(Clone, Default)]
struct Person {
    answers: Arc<Mutex<VecDeque<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Person {
    fn answering(answers: &[&str]) -> Self {
        let person = Self::default();
        let answers = answers.iter().map(|answer| (*answer).to_owned());
        person.answers.lock().unwrap().extend(answers);
        person
    }

    fn answer(&self, how: &str, question: &str) -> io::Result<String> {
        self.asked
            .lock()
            .unwrap()
            .push(format!("{how}: {question}"));
        let answer = self.answers.lock().unwrap().pop_front();
        answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Prompt for Person {
    fn line(&mut self, question: &str) -> io::Result<String> {
        self.answer("line", question)
    }

    fn secret(&mut self, question: &str) -> io::Result<Secret> {
        self.answer("secret", question).map(Secret::new)
    }
}

/// Runs `portunus login` at a terminal; says how it ended and what was on the screen.
fn log_in(home: &Home, arguments: &[&str], person: &Person) -> (Exit, String) {
    let variables = home.env().iter();
    let mut environment = Environment::new(
        variables.map(|(name, value)| (OsString::from(name), OsString::from(value))),
    );
    let file = (OsString::from("PORTUNUS_STORE"), OsString::from("file"));
    environment.variables.extend([file]);
    let screen = Screen::default();
    let mut terminals = Terminals::default();
    (terminals.stdin, terminals.stdout, terminals.stderr) = (true, true, true);
    let mut streams = Streams::new(io::empty(), screen.clone(), screen.clone(), person.clone());
    streams.terminals = terminals;
    let words = ["portunus", "login"].iter().chain(arguments);
    let exit = portunus_cli::run(words.map(OsString::from), &environment, &mut streams);
    let seen = screen.text();
    assert!(!seen.contains("canary"), "{seen}");
    (exit, seen)
}

#[support::test]
fn the_password_is_asked_for_without_echo() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", ALICE)]);
    let at = registry.address();
    for (arguments, answers, questions) in [
        (
            vec![at.as_str()],
            vec!["alice", ALICE],
            vec![
                format!("line: username for {at}: "),
                format!("secret: password for alice at {at}: "),
            ],
        ),
        (
            vec![at.as_str(), "-u", "alice"],
            vec![ALICE],
            vec![format!("secret: password for alice at {at}: ")],
        ),
    ] {
        let home = Home::new();
        let person = Person::answering(&answers);
        let (exit, seen) = log_in(&home, &arguments, &person);
        assert_eq!(exit, Exit::Done, "{seen}");
        assert_eq!(person.asked(), questions);
    }
}

#[support::test]
fn a_rejected_stored_login_is_asked_for_again() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", ALICE)]);
    let at = registry.address();
    let home = Home::new();
    let (exit, seen) = log_in(&home, &[&at], &Person::answering(&["alice", ALICE]));
    assert_eq!(exit, Exit::Done, "{seen}");
    let stored = fs::read_to_string(home.credentials_file()).unwrap();
    let old = stored.replace(ALICE, "canary-old");
    fs::write(home.credentials_file(), &old).unwrap();

    let away = Person::answering(&[]);
    let (exit, seen) = log_in(&home, &[&at], &away);
    assert_eq!(exit, Exit::Usage, "{seen}");
    assert!(
        seen.contains(&format!("the stored login {at} in ")),
        "{seen}"
    );
    let kept = fs::read_to_string(home.credentials_file()).unwrap();
    assert_eq!(kept, old, "a rejected login is not deleted");

    let person = Person::answering(&["alice", ALICE]);
    let (exit, seen) = log_in(&home, &[&at], &person);
    assert_eq!(exit, Exit::Done, "{seen}");
    assert_eq!(person.asked().len(), 2);
    let now = fs::read_to_string(home.credentials_file()).unwrap();
    assert!(now.contains(ALICE) && !now.contains("canary-old"));
}

#[support::test]
fn a_foreign_realm_is_trusted_only_when_the_person_says_yes() {
    for (answer, exit, sent) in [
        ("y", Exit::Done, true),
        ("n", Exit::Untrusted, false),
        ("", Exit::Untrusted, false),
    ] {
        let alice = [Account::new("alice", ALICE)];
        let realm = ProgrammableRegistry::bearer(&alice);
        let url = format!("{}/token", realm.url());
        let registry = ProgrammableRegistry::settings_bearer(&alice)
            .realm(&url)
            .start();
        // Tokens are good only where they were made: the realm's own registry takes them.
        registry.answer_with(|request| request.bearer().map(|_| support::http::Reply::status(200)));
        let home = Home::new();
        let person = Person::answering(&["alice", ALICE, answer]);
        let (ended, seen) = log_in(&home, &[&registry.address()], &person);
        assert_eq!(ended, exit, "{seen}");
        let asked = person.asked().pop().unwrap();
        assert!(
            asked.starts_with("line: ") && asked.contains(&url),
            "{asked}"
        );
        assert!(asked.ends_with("with this login? [y/N] "), "{asked}");
        assert_eq!(!realm.requests_with(ALICE).is_empty(), sent, "{seen}");
        assert_eq!(home.credentials_file().exists(), sent);
    }
}
