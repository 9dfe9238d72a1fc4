//! How does a program of one's own get `login`, `resolve` and `pull`?
//!
//! This is the program `portunus`, and [`run`], with which another program embeds its subcommands.
//! Environment and streams are handed over, so that the other program decides what they are:
//!
//! ```
//! use std::ffi::OsString;
//! use portunus_cli::{Environment, Exit, Streams};
//!
//! let mut environment = Environment::of_this_process();
//! environment.variables.insert("PORTUNUS_PROFILE".into(), "ci".into());
//! let mut streams = Streams::of_this_process();
//! streams.stdout = Box::new(std::io::sink());
//!
//! let arguments = ["mytool", "completion", "bash"].map(OsString::from);
//! assert_eq!(portunus_cli::run(arguments, &environment, &mut streams), Exit::Done);
//! ```

mod arguments;
mod check;
mod colours;
mod commands;
mod completion;
mod config_command;
mod context;
mod credential_helper;
#[cfg(feature = "containerd")]
mod daemon;
mod exit;
mod explain;
mod failure;
mod finding_help;
mod foreign_flags;
mod global;
mod help;
mod hosts;
mod image;
mod list;
mod log;
mod log_format;
mod login;
mod logout;
mod messages;
mod misuse;
mod output;
mod profile;
mod progress;
mod pull;
mod push;
mod resolve;
mod shell_word;
mod streams;
mod sudo;
mod usage;
mod waiting;

use std::ffi::OsString;

use clap::{CommandFactory, Parser};

use arguments::{Arguments, Command};
use context::Context;
use failure::Failure;
use messages::Messages;

pub use exit::Exit;
pub use portunus_client::{Environment, NotText};
pub use streams::{Prompt, Streams, Terminals};

/// Runs the program with these arguments (the first is the program's name), in this environment,
/// on these streams, and says how it ended. Nothing else of the process is read.
///
/// Under the name `docker-credential-portunus` it speaks docker's credential helper protocol.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    streams: &mut Streams,
) -> Exit {
    let given: Vec<OsString> = arguments.into_iter().collect();
    streams.messages = Messages::new(&given, streams.terminals.stderr, environment)
        .of_program(given.first().map(OsString::as_os_str));
    if given
        .first()
        .is_some_and(|program| credential_helper::is_meant(program.as_ref()))
    {
        let verb = given.get(1).and_then(|verb| verb.to_str());
        return credential_helper::run(verb, environment, streams);
    }
    if let Some(shell) = environment.variable(completion::VARIABLE) {
        return completion::answer::answer(
            Arguments::command(),
            shell,
            &given,
            environment,
            streams,
        );
    }
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        Err(error) => return usage::usage(&error, &given, environment, streams),
    };
    let result = log::record(&arguments.global, environment, streams, |streams| {
        let mut context = Context::new(&arguments.global.overrides(), environment, streams)?;
        let outcome = dispatch(&arguments.command, &mut context);
        let is_plan = matches!(arguments.command, Command::Resolve(_));
        sudo::add_note(outcome, is_plan, &mut context)
    });
    match result {
        Ok(exit) => exit,
        Err(mut failure) => {
            if failure.exit == Exit::Usage && failure.help.is_empty() {
                failure = failure.help(usage::help_command(&given));
            }
            output::failure(&failure, streams)
        }
    }
}

fn dispatch(command: &Command, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Check(arguments) => check::run(arguments, context),
        Command::Completion(arguments) => completion::completion(arguments, context),
        Command::Config(arguments) => config_command::run(arguments, context),
        Command::Hosts(arguments) => hosts::run(arguments, context),
        Command::List(arguments) => list::run(arguments, context),
        Command::Login(arguments) => login::run(arguments, context),
        Command::Logout(arguments) => logout::run(arguments, context),
        Command::Man(arguments) => completion::man(arguments, Arguments::command(), context),
        Command::Profile(arguments) => profile::run(arguments, context),
        Command::Pull(arguments) => pull::run(arguments, context),
        Command::Push(arguments) => push::run(arguments, context),
        Command::Resolve(arguments) => resolve::run(arguments, context),
        Command::Version => {
            let version = Arguments::command().render_version();
            output::result(version.lines(), context.streams)?;
            Ok(Exit::Done)
        }
    }
}
