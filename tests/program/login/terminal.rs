//! `portunus login` at a terminal of its own.

use support::account::Account;
use support::home::Home;
use support::programmable_registry::ProgrammableRegistry;
use support::terminal::run_at_terminal;
use support::{program, tools};

const ALICE: &str = "canary-alice-41b0";

#[support::test(needs("setsid"))]
fn a_real_terminal_shows_the_username_and_not_the_password() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", ALICE)]);
    let home = Home::new();
    // The password is asked for at the terminal that belongs to the session, not at any stream.
    let mut command = home.command(tools::program("setsid"));
    command.args(["--ctty", "--wait"]).arg(program::portunus());
    command.args(["login", "--store", "file", &registry.address()]);
    let answers = [("sername", "alice"), ("assword", ALICE)];
    let (output, screen) = run_at_terminal(&mut command, &answers);
    assert!(output.status.success(), "{screen}");
    assert!(
        screen.contains("alice") && !screen.contains(ALICE),
        "{screen}"
    );
    assert_eq!(registry.requests_with(ALICE).len(), 1);
    assert!(home.credentials_file().exists());
}
