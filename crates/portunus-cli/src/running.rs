use std::ffi::OsString;

use crate::arguments::{Arguments, Command, manual, plain_tree};
use crate::colours::Colours;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::global::GlobalOptions;
use crate::help::Help;
use crate::log_format::LogFormat;
use crate::messages::Messages;
use crate::program::Program;
use crate::streams::Streams;
use crate::verb::Verb;
use crate::{completion, credential_helper, credential_provider, log, output, usage, version};
use portunus_client::Environment;

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
    let program = Program::started(given.first().map(OsString::as_os_str));
    run_as(&program, given, environment, streams)
}

/// The same where the program is called otherwise than the first argument says.
pub fn run_as(
    program: &Program,
    arguments: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    streams: &mut Streams,
) -> Exit {
    let given: Vec<OsString> = arguments.into_iter().collect();
    let (format, colours) = (LogFormat::named_in(&given), Colours::named_in(&given));
    let is_terminal = streams.terminals.stderr;
    streams.messages = Messages::new(program, format, colours, is_terminal, environment);
    if given
        .first()
        .is_some_and(|program| credential_helper::is_meant(program.as_ref()))
    {
        let verb = given.get(1).and_then(|verb| verb.to_str());
        return credential_helper::run(verb, environment, streams);
    }
    if let Some(shell) = environment.variable(completion::VARIABLE) {
        let command = plain_tree(program);
        return completion::answer::answer(command, shell, &given, environment, streams);
    }
    let arguments = match Arguments::read(program, &given) {
        Ok(arguments) => arguments,
        Err(error) => return usage::usage(&error, &given, environment, streams),
    };
    let Arguments { global, command } = arguments;
    streams.messages.program = program.clone().with_options(&global.overrides());
    let result = match &command {
        Command::Verb(verb) => with_context(&global, environment, streams, |context| {
            verb.run_in(context)
        }),
        Command::CredentialProvider(arguments) => {
            let run = with_context(&global, environment, streams, |context| {
                credential_provider::run(arguments, context)
            });
            // A kubelet knows success and failure.
            run.map_err(|mut failure| {
                failure.exit = Exit::Failed;
                failure
            })
        }
        // What is known without any setting is told beside broken ones, too.
        Command::Completion(arguments) => completion::completion(arguments, streams),
        Command::Man(arguments) => completion::man(arguments, manual(program), streams),
        Command::Version(arguments) => version::run(arguments, program, streams),
    };
    let help = |streams: &Streams| usage::help_command(&given, streams);
    end(result, help, streams)
}

impl Verb {
    /// Does it, in the program that it is mounted in, and says how it ended. Nothing else of the
    /// process is read.
    pub fn run(
        &self,
        program: &Program,
        options: &GlobalOptions,
        environment: &Environment,
        streams: &mut Streams,
    ) -> Exit {
        let (format, colours) = (options.log_format, options.color.unwrap_or_default());
        let is_terminal = streams.terminals.stderr;
        streams.messages = Messages::new(program, format, colours, is_terminal, environment);
        let result = with_context(options, environment, streams, |it| self.run_in(it));
        end(result, |_| Help::command([self.name(), "--help"]), streams)
    }
}

fn with_context(
    options: &GlobalOptions,
    environment: &Environment,
    streams: &mut Streams,
    work: impl FnOnce(&mut Context<'_>) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    log::record(options, environment, streams, |streams| {
        let mut context = Context::new(&options.overrides(), environment, streams)?;
        let outcome = work(&mut context);
        outcome.map_err(|failure| context.with_note_about_sudo(failure))
    })
}

/// Tells a failure; one about how it was called leads to the help, where nothing better is known.
fn end(
    result: Result<Exit, Failure>,
    help: impl FnOnce(&Streams) -> Help,
    streams: &mut Streams,
) -> Exit {
    match result {
        Ok(exit) => exit,
        Err(mut failure) => {
            if failure.exit == Exit::Usage && failure.help.is_empty() {
                failure = failure.help(help(streams));
            }
            output::failure(&failure, streams)
        }
    }
}
