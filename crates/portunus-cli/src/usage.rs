//! What is told of a command line that makes no sense, or that asks for help.

use std::ffi::OsString;
use std::io::Write;

use clap::Command;
use clap::error::ErrorKind;

use crate::arguments::{is_asked_for, plain_tree, tree};
use crate::colours::Colours;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use crate::misuse::explain_misuse;
use crate::output::{failure, verbatim};
use crate::streams::Streams;
use portunus_client::Environment;

/// Prints what clap says about the arguments, or the help that was asked for.
pub(crate) fn usage(
    error: &clap::Error,
    given: &[OsString],
    environment: &Environment,
    streams: &mut Streams,
) -> Exit {
    if error.kind() == ErrorKind::InvalidUtf8 {
        return failure(&not_text(given), streams);
    }
    if !is_asked_for(error.kind()) {
        let help = help_command(given, streams);
        let mut commands = plain_tree(&streams.messages.program);
        commands.build();
        let misuse = explain_misuse(error, given, command_meant(&commands, given));
        return failure(&misuse.help(help), streams);
    }
    // What was read the line with has not all of the help.
    let program = &streams.messages.program;
    let whole = match error.kind() {
        ErrorKind::DisplayVersion => None,
        _ => tree(program).try_get_matches_from(given).err(),
    };
    let styled = whole.as_ref().unwrap_or(error).render();
    // Whoever types the name alone asks for the help, as with docker and git.
    let is_bare =
        error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && given.len() <= 1;
    let to_stderr = error.use_stderr() && !is_bare;
    let is_terminal = match to_stderr {
        true => streams.terminals.stderr,
        false => streams.terminals.stdout,
    };
    let colours = Colours::named_in(given);
    let text = match colours.are_shown(is_terminal, environment) {
        true => styled.ansi().to_string(),
        false => styled.to_string(),
    };
    // Where the stream is closed there is nobody to tell.
    if to_stderr {
        let _ = streams.stderr.write_all(text.as_bytes());
        return Exit::Usage;
    }
    match verbatim(&text, streams) {
        Ok(exit) => exit,
        Err(unwritten) => failure(&unwritten, streams),
    }
}

/// The help of the command that was meant, as far as one was.
pub(crate) fn help_command(given: &[OsString], streams: &Streams) -> Help {
    let commands = plain_tree(&streams.messages.program);
    match command_meant(&commands, given) {
        Some(command) => Help::command([command.get_name(), "--help"]),
        None => Help::command(["--help"]),
    }
}

/// The command that was meant, as far as one was.
fn command_meant<'a>(commands: &'a Command, given: &[OsString]) -> Option<&'a Command> {
    let mut words = given.iter().skip(1);
    words.find_map(|word| commands.find_subcommand(word))
}

/// Names the argument by its position: it may hold a password.
fn not_text(given: &[OsString]) -> Failure {
    let at = given
        .iter()
        .position(|argument| argument.to_str().is_none());
    let which = at.map_or_else(|| "an argument".to_owned(), |at| format!("argument {at}"));
    let message = format!("{which} is not UTF-8 text");
    Failure::new(Exit::Usage, message).help("only paths may be something else")
}
