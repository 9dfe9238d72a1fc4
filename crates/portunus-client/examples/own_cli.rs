//! A program with a tree of commands of its own, in which `login` and everything about registries is
//! mounted: `own_cli login HOST`, `own_cli registry list`, `own_cli --profile fast build`.

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use portunus_cli::{Environment, GlobalOptions, LoginArguments, Program, Streams, Verb};

#[derive(Parser)]
#[command(name = "own_cli", version = "3.1")]
struct OwnCli {
    /// How it is built
    #[arg(long)]
    profile: Option<String>,
    #[command(subcommand)]
    command: OwnCommand,
}

#[derive(Subcommand)]
enum OwnCommand {
    /// Build something
    Build,
    Login(LoginArguments),
    /// All about registries
    #[command(subcommand)]
    Registry(Verb),
}

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() -> ExitCode {
    let program = Program::of(&OwnCli::command());
    let matches = program.with_examples(OwnCli::command()).get_matches();
    let own = OwnCli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let verb = match own.command {
        OwnCommand::Build => {
            println!("built {}", own.profile.unwrap_or_default());
            return ExitCode::SUCCESS;
        }
        OwnCommand::Login(arguments) => Verb::Login(arguments),
        OwnCommand::Registry(verb) => verb,
    };
    let (options, environment) = (GlobalOptions::default(), Environment::of_this_process());
    let mut streams = Streams::of_this_process();
    verb.run(&program, &options, &environment, &mut streams)
        .into()
}
