//! Completion scripts, what they ask for while a line is typed, and the manual pages.

pub(crate) mod answer;
mod bash;
mod known;

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;
use clap_complete::env::Shells;
use portunus::printable::system_words;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Names the shell whose completion script asks.
pub(crate) const VARIABLE: &str = "PORTUNUS_COMPLETE";

#[derive(Debug, Args)]
#[command(after_help = "\
The script asks portunus, which must be on PATH: so registry namespaces, their hosts, stored logins
and profiles are completed as well, with the --config-dir, --hosts-dir and --profile of the line.

Examples:
  portunus completion bash > /etc/bash_completion.d/portunus
  portunus completion zsh > ~/.zfunc/_portunus
  portunus completion fish > ~/.config/fish/completions/portunus.fish
  portunus completion powershell >> $PROFILE")]
pub(crate) struct CompletionArguments {
    /// The shell
    shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  portunus man /usr/local/share/man/man1")]
pub(crate) struct ManArguments {
    /// Where the pages are written
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Prints the completion script of a shell.
pub(crate) fn completion(
    arguments: &CompletionArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    if arguments.shell == Shell::Bash {
        output::verbatim(bash::SCRIPT, context.streams)?;
        return Ok(Exit::Done);
    }
    let shells = Shells::builtins();
    let name = arguments.shell.to_string();
    let completer = shells
        .completer(&name)
        .ok_or_else(|| Failure::new(Exit::Usage, format!("there is no completion for {name}")))?;
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, "portunus", "portunus", "portunus", &mut script)?;
    output::verbatim(&String::from_utf8_lossy(&script), context.streams)?;
    Ok(Exit::Done)
}

/// Writes a manual page for the program and for each command.
pub(crate) fn man(
    arguments: &ManArguments,
    command: Command,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let directory = &arguments.directory;
    let unwritable = |error: std::io::Error| {
        let message = format!(
            "cannot write to {}: {}",
            directory.display(),
            system_words(&error)
        );
        Failure::new(Exit::Failed, message).whole()
    };
    std::fs::create_dir_all(directory).map_err(unwritable)?;
    clap_mangen::generate_to(command, directory).map_err(unwritable)?;
    output::result(
        [format!("manual pages written to {}", directory.display())],
        context.streams,
    )?;
    Ok(Exit::Done)
}
