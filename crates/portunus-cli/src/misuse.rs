use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use portunus::printable::printable;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::foreign_commands::foreign_command;
use crate::foreign_flags::foreign_flag;

/// What clap found wrong with a command line, as a failure of ours: in its words, with its tips as
/// help. `command`: the one that was meant.
pub(crate) fn explain_misuse(
    mut error: clap::Error,
    given: &[OsString],
    command: Option<&Command>,
) -> Failure {
    let foreign = foreign_help(&error, given, command);
    leave_out_misleading(&mut error);
    escape_typed(&mut error);
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let problem = lines.next().unwrap_or_default();
    let failure = Failure::new(Exit::Usage, problem.trim_start_matches("error: "));
    if let Some(help) = foreign {
        return failure.help(help);
    }
    lines.fold(failure, |failure, line| match line.strip_prefix("tip: ") {
        Some(tip) => failure.help(tip.to_owned()),
        // That leads to the help, as ours will.
        None if line.starts_with("For more information") => failure,
        None => failure.detail(line),
    })
}

/// What is written here in place of another program's flag or command.
fn foreign_help(
    error: &clap::Error,
    given: &[OsString],
    command: Option<&Command>,
) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let argument = text(error, ContextKind::InvalidArg);
            foreign_flag(argument, command.map_or("", Command::get_name), given)
        }
        ErrorKind::InvalidSubcommand => {
            let typed = text(error, ContextKind::InvalidSubcommand);
            let at = |name: &str| given.iter().position(|word| word == name);
            // `crane auth login` has a word of ours behind its own.
            let is_first = command.is_none_or(|command| at(typed) < at(command.get_name()));
            foreign_command(typed).filter(|_| is_first)
        }
        _ => None,
    }
}

fn leave_out_misleading(error: &mut clap::Error) {
    // The usage of a conflict is what was just refused.
    if error.kind() == ErrorKind::ArgumentConflict {
        error.remove(ContextKind::Usage);
    }
    let argument = text(error, ContextKind::InvalidArg);
    if error.kind() == ErrorKind::UnknownArgument && argument.starts_with('-') {
        let is_similar = is_meant(argument, text(error, ContextKind::SuggestedArg));
        if !is_similar {
            error.remove(ContextKind::SuggestedArg);
        }
        // No argument here starts like a flag, so that there is none to be passed as a value.
        error.remove(ContextKind::Suggested);
    }
}

/// What was typed may hold line ends, which are none of clap's.
fn escape_typed(error: &mut clap::Error) {
    for kind in [
        ContextKind::InvalidArg,
        ContextKind::InvalidSubcommand,
        ContextKind::InvalidValue,
    ] {
        let typed = printable(text(error, kind));
        if !typed.is_empty() {
            error.insert(kind, ContextValue::String(typed));
        }
    }
}

/// Whether a flag may be meant by another: what clap takes for similar may have no more than some
/// letters of it.
fn is_meant(typed: &str, flag: &str) -> bool {
    let typed = typed.split('=').next().unwrap_or_default();
    let (typed, flag) = (typed.trim_start_matches('-'), flag.trim_start_matches('-'));
    let is_part = typed.len() > 2 && (flag.contains(typed) || typed.contains(flag));
    let most = if typed.len() < 8 { 1 } else { 2 };
    is_part || strsim::damerau_levenshtein(typed, flag) <= most
}

/// What clap says of one thing; empty where it says nothing, or several.
fn text(error: &clap::Error, kind: ContextKind) -> &str {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text,
        _ => "",
    }
}
