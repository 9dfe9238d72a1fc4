use portunus::name::{Authority, NameError};

use crate::failure::Failure;
use crate::help::Help;

/// That a host or registry namespace is none, with the same command for the host alone where a
/// scheme, a path or a whole image was written.
pub(crate) fn explain_name(error: NameError, command: &str, text: &str) -> Failure {
    let failure = Failure::from(error);
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let bare = bare.split('/').next().unwrap_or_default();
    match bare != text && Authority::parse(bare).is_ok() {
        true => failure.help(Help::command([command, bare])),
        false => failure,
    }
}
