//! Completion scripts, what they ask for while a line is typed, and the manual pages.

pub(crate) mod answer;
mod bash;
mod candidates;
mod man;

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;
use clap_complete::env::Shells;
use portunus::printable::system_words;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::streams::Streams;

/// Names the shell whose completion script asks.
pub(crate) const VARIABLE: &str = "PORTUNUS_COMPLETE";

#[derive(Debug, Args)]
#[command(after_help = "\
The script asks {program}, which must be on PATH: so registry namespaces, their hosts, stored logins
and profiles are completed as well, with the --config-dir, --hosts-dir and --profile of the line.

Examples:
  {program} completion bash > /etc/bash_completion.d/{program}
  {program} completion zsh > ~/.zfunc/_{program}
  {program} completion fish > ~/.config/fish/completions/{program}.fish
  {program} completion powershell >> $PROFILE")]
pub(crate) struct CompletionArguments {
    /// The shell
    shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  {program} man /usr/local/share/man/man1")]
pub(crate) struct ManArguments {
    /// Where the pages are written
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// zsh reads a file of its function path at the first tabulator, as the body of the function that it
/// is named after: it has to complete at once.
const AT_FIRST_TAB: &str = r#"
if [[ "${funcstack[1]}" == _PROGRAM ]]; then
    _clap_dynamic_completer_PROGRAM "$@"
fi
"#;

/// A name as a part of the name of a shell's function.
fn identifier(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    name.chars().map(plain).collect()
}

/// Prints the completion script of a shell.
pub(crate) fn completion(
    arguments: &CompletionArguments,
    streams: &mut Streams,
) -> Result<Exit, Failure> {
    let program = streams.messages.program.name().to_owned();
    let identifier = identifier(&program);
    if arguments.shell == Shell::Bash {
        return output::verbatim(&bash::script(&program, &identifier), streams);
    }
    let shells = Shells::builtins();
    let name = arguments.shell.to_string();
    let completer = shells
        .completer(&name)
        .ok_or_else(|| Failure::new(Exit::Usage, format!("there is no completion for {name}")))?;
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, &identifier, &program, &program, &mut script)?;
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if arguments.shell == Shell::Zsh {
        script += &AT_FIRST_TAB.replace("PROGRAM", &identifier);
    }
    output::verbatim(&script, streams)
}

/// Writes a manual page for the program and for each command.
pub(crate) fn man(
    arguments: &ManArguments,
    command: Command,
    streams: &mut Streams,
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
    let name = streams.messages.program.name();
    man::write_pages(&command, name, directory).map_err(unwritable)?;
    let written = format!("manual pages written to {}", directory.display());
    output::result([written], streams)
}
