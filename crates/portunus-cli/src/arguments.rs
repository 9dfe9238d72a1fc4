use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::exit::Exit;
use crate::global::GlobalOptions;
use crate::program::Program;
use crate::verb::Verb;
use crate::{completion, credential_provider, version};

/// Which hosts are asked for an image, in which order, and which secret may each of them see.
#[derive(Debug, Parser)]
#[command(name = "portunus", version, max_term_width = 100, after_help = exit_codes())]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The table of exit codes.
fn exit_codes() -> String {
    let lines = Exit::ALL.map(|exit| format!("\n  {}  {}", exit.code(), exit.meaning()));
    format!("Exit codes:{}", lines.concat())
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    #[command(flatten)]
    Verb(Verb),
    /// Print a completion script for a shell
    Completion(completion::CompletionArguments),
    /// Answer a kubelet that asks for a login
    CredentialProvider(credential_provider::CredentialProviderArguments),
    /// Write the manual pages
    Man(completion::ManArguments),
    /// Print the version
    Version(version::VersionArguments),
}

/// The tree of commands under the program's name, with everything its help tells.
pub(crate) fn tree(program: &Program) -> clap::Command {
    dress(plain_tree(program), program)
}

/// The same as manual pages tell it: there is none for the command `help`.
pub(crate) fn manual(program: &Program) -> clap::Command {
    dress(plain_tree(program).disable_help_subcommand(true), program)
}

/// The same, as much of it as a line is read with: texts cost time.
pub(crate) fn plain_tree(program: &Program) -> clap::Command {
    let name = program.name();
    Arguments::command().bin_name(name).display_name(name)
}

impl Arguments {
    /// Reads a line, with no more of the tree than it names: each verb in a tree is given a copy of
    /// every option, and most lines name one, or ask for the version. What that cannot read, the
    /// whole reads, or explains.
    pub(crate) fn read(program: &Program, given: &[OsString]) -> Result<Self, clap::Error> {
        let read = |tree: clap::Command| {
            let matches = tree.try_get_matches_from(given)?;
            Self::from_arg_matches(&matches)
        };
        let verbs = Command::augment_subcommands(clap::Command::new("portunus"));
        let mut words = given.iter().skip(1);
        let named = words.find_map(|word| verbs.find_subcommand(word));
        let part = clap::Command::new("portunus")
            .display_name(program.name())
            .version(env!("CARGO_PKG_VERSION"))
            .subcommands(named.cloned());
        match read(GlobalOptions::augment_args(part)) {
            Err(error) if !is_asked_for(error.kind()) => read(plain_tree(program)),
            read => read,
        }
    }
}

/// Whether it is a text for its own sake: the help, also where there is no command, or the version.
pub(crate) fn is_asked_for(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::DisplayVersion
    )
}

fn dress(mut tree: clap::Command, program: &Program) -> clap::Command {
    tree.build();
    let tree = tree.mut_subcommands(|it| {
        // By name, and that of clap itself last.
        let at = usize::from(it.get_name() == "help");
        let it = it.display_order(at);
        let help = it.get_after_help().map(ToString::to_string);
        match help.and_then(|help| program.fill(&help)) {
            Some(help) => it.after_help(help),
            None => it,
        }
    });
    program.with_examples(tree)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::tests::shown;
    use crate::program::VERBS;

    #[test]
    fn the_help_explains_every_code_once() {
        let help = shown(&["--help"], false, &[]);
        let (_, table) = help.split_once("Exit codes:\n").unwrap();
        let lines: Vec<&str> = table.trim_end().lines().collect();
        assert_eq!(lines.len(), Exit::ALL.len(), "{table}");
        for (code, (exit, line)) in Exit::ALL.into_iter().zip(lines).enumerate() {
            assert_eq!(usize::from(exit.code()), code);
            assert_eq!(line, format!("  {code}  {}", exit.meaning()));
        }
    }

    /// Where a line is longer than the help is wide, clap breaks it and goes on with the next one.
    #[test]
    fn what_stands_below_the_options_is_no_wider_than_the_help() {
        let mut commands = vec![tree(&Program::default())];
        while let Some(command) = commands.pop() {
            let below = command.get_after_help().map(ToString::to_string);
            for line in below.unwrap_or_default().lines() {
                assert!(
                    line.chars().count() <= 100,
                    "{}: {line}",
                    command.get_name()
                );
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }

    #[test]
    fn every_verb_is_known_by_its_name() {
        let mut names: Vec<String> = Verb::commands()
            .iter()
            .map(|verb| verb.get_name().to_owned())
            .collect();
        names.sort();
        assert_eq!(names, VERBS);
        let program = Program::of(&tree(&Program::default()));
        for verb in VERBS {
            assert_eq!(program.place(verb).as_deref(), Some(verb));
        }
    }

    #[test]
    fn a_part_of_the_tree_reads_a_line_as_the_whole_does() {
        let program = Program::default();
        for line in [
            "",
            "-v",
            "nothing",
            "nothing --version",
            "--profile --version",
            "-- --version",
            "--version",
            "-vV resolve",
            "resolve --version",
            "--help",
            "--color never --help",
            "help",
            "help resolve",
            "help nothing resolve",
            "resolve --help",
            "resolve",
            "hosts",
        ] {
            let words = ["portunus"].into_iter().chain(line.split_whitespace());
            let given: Vec<OsString> = words.map(OsString::from).collect();
            let read = Arguments::read(&program, &given).map(|_| ());
            let whole = plain_tree(&program).try_get_matches_from(&given);
            let kind = |error: clap::Error| error.kind();
            assert_eq!(
                read.map_err(kind),
                whole.map(|_| ()).map_err(kind),
                "{line}"
            );
        }
    }
}
