use std::error::Error;
use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::foreign_commands::foreign_command;
use crate::foreign_flags::foreign_flag;

/// What clap found wrong with a command line, as a failure of ours: in its words, with its tips as
/// help. `command`: the one that was meant.
pub(crate) fn explain_misuse(
    error: &clap::Error,
    given: &[OsString],
    command: Option<&Command>,
) -> Failure {
    let failure = Failure::new(Exit::Usage, problem(error));
    let argument = text(error, ContextKind::InvalidArg);
    let foreign = match error.kind() {
        ErrorKind::UnknownArgument => {
            let verb = command.map_or("", Command::get_name);
            foreign_flag(&argument, verb, given)
        }
        ErrorKind::InvalidSubcommand => {
            let typed = text(error, ContextKind::InvalidSubcommand);
            let at = |name: &str| given.iter().position(|word| word == name);
            // `crane auth login` has a word of ours behind its own.
            let is_first = command.is_none_or(|command| at(&typed) < at(command.get_name()));
            foreign_command(&typed).filter(|_| is_first)
        }
        _ => None,
    };
    if let Some(help) = foreign {
        return failure.help(help);
    }
    let failure = details(error).into_iter().fold(failure, Failure::detail);
    tips(error).into_iter().fold(failure, Failure::help)
}

fn problem(error: &clap::Error) -> String {
    let argument = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let subcommand = text(error, ContextKind::InvalidSubcommand);
            format!("unrecognized subcommand '{subcommand}'")
        }
        ErrorKind::UnknownArgument => format!("unexpected argument '{argument}' found"),
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("a value is required for '{argument}' but none was supplied")
        }
        ErrorKind::InvalidValue => format!("invalid value '{value}' for '{argument}'"),
        ErrorKind::ValueValidation => {
            let why = error.source().map(|why| format!(": {why}"));
            let why = why.unwrap_or_default();
            format!("invalid value '{value}' for '{argument}'{why}")
        }
        ErrorKind::TooManyValues => {
            format!("unexpected value '{value}' for '{argument}' found; no more were expected")
        }
        ErrorKind::MissingRequiredArgument => {
            "the following required arguments were not provided:".to_owned()
        }
        ErrorKind::ArgumentConflict => match text(error, ContextKind::PriorArg) {
            prior if prior.is_empty() => format!("the argument '{argument}' cannot be used with:"),
            prior if prior == argument => {
                format!("the argument '{argument}' cannot be used multiple times")
            }
            prior => format!("the argument '{argument}' cannot be used with '{prior}'"),
        },
        kind => kind
            .as_str()
            .unwrap_or("the arguments make no sense")
            .to_owned(),
    }
}

/// The arguments that it is about where they are several, the values there are, and the usage.
fn details(error: &clap::Error) -> Vec<String> {
    let several = [ContextKind::InvalidArg, ContextKind::PriorArg];
    let mut details: Vec<String> = several.map(|kind| texts(error, kind)).concat();
    let values = texts(error, ContextKind::ValidValue);
    if !values.is_empty() {
        details.push(format!("[possible values: {}]", values.join(", ")));
    }
    // That of a conflict is what was just refused.
    if error.kind() != ErrorKind::ArgumentConflict
        && let Some(usage) = error.get(ContextKind::Usage)
    {
        let usage = usage.to_string();
        details.extend(usage.lines().map(|line| line.trim().to_owned()));
    }
    details
}

fn tips(error: &clap::Error) -> Vec<String> {
    let argument = text(error, ContextKind::InvalidArg);
    let is_flag = error.kind() == ErrorKind::UnknownArgument && argument.starts_with('-');
    let similar = [
        (ContextKind::SuggestedSubcommand, "subcommand"),
        (ContextKind::SuggestedArg, "argument"),
        (ContextKind::SuggestedValue, "value"),
    ];
    let similar = similar.into_iter().filter_map(|(kind, what)| {
        let mut names = texts(error, kind);
        names.extend(Some(text(error, kind)).filter(|it| !it.is_empty()));
        match &names[..] {
            [] => None,
            [one] if is_flag && !is_meant(&argument, one) => None,
            [one] => Some(format!("a similar {what} exists: '{one}'")),
            several => Some(format!(
                "some similar {what}s exist: '{}'",
                several.join("', '")
            )),
        }
    });
    // No argument here starts like a flag, so that there is none to be passed as a value.
    let other = texts(error, ContextKind::Suggested).into_iter();
    similar.chain(other.filter(|_| !is_flag)).collect()
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
fn text(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    }
}

/// What clap says of several things, without colours.
fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
