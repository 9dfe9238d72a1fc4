//! What is told where a login is missing and the program runs under sudo.

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// The outcome of a command, with the word that root's logins are not the user's.
///
/// A public image needs no login, so a pull hears of it only where it was turned away; `is_plan`:
/// the outcome is a plan, which shows the login as missing.
pub(crate) fn add_note(
    outcome: Result<Exit, Failure>,
    is_plan: bool,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    if !context.misses_login {
        return outcome;
    }
    let Some(note) = context.note_about_sudo()? else {
        return outcome;
    };
    match outcome {
        Err(failure) if failure.exit == Exit::NotLoggedIn => Err(failure.detail(note)),
        Ok(exit) if is_plan => {
            output::info(&note, context.streams);
            Ok(exit)
        }
        outcome => outcome,
    }
}
