//! Verbs in the tree of commands of another clap program.

use std::collections::BTreeMap;

use clap::Command;

use crate::examples;
use crate::program::Program;
use crate::verb::Verb;

impl Program {
    /// A program in whose tree of commands some verbs are mounted, wherever they are: they are told
    /// by their names and arguments. It has no flag for a profile unless
    /// [one is named](Self::with_profile_flag).
    pub fn of(command: &Command) -> Self {
        let mut places = BTreeMap::new();
        let mut built = command.clone();
        built.build();
        find_verbs(&built, "", &Verb::commands(), &mut places);
        let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
        Self::with_places(name, command.get_version(), places)
    }

    /// The tree of commands with examples in the help of each verb, as they are typed there. It is
    /// [built](Command::build).
    #[must_use]
    pub fn with_examples(&self, mut command: Command) -> Command {
        command.build();
        add_examples(command, "", &[], self)
    }
}

fn find_verbs(
    command: &Command,
    path: &str,
    verbs: &[Command],
    places: &mut BTreeMap<String, String>,
) {
    for below in command.get_subcommands() {
        let name = below.get_name();
        let verb = verbs.iter().find(|verb| verb.get_name() == name);
        match verb.filter(|verb| takes_all(below, verb)) {
            Some(_) => {
                let place = format!("{path}{name}");
                places.entry(name.to_owned()).or_insert(place);
            }
            None => find_verbs(below, &format!("{path}{name} "), verbs, places),
        }
    }
}

/// Whether a command takes whatever a verb does.
fn takes_all(command: &Command, verb: &Command) -> bool {
    let takes = |id| command.get_arguments().any(|it| it.get_id() == id);
    verb.get_arguments()
        .all(|argument| takes(argument.get_id()))
}

/// `above`: the flags of the commands above, which stand behind a verb as well.
fn add_examples(command: Command, path: &str, above: &[String], program: &Program) -> Command {
    let own = command.get_arguments().filter_map(|it| it.get_long());
    let flags: Vec<String> = own.map(str::to_owned).chain(above.to_vec()).collect();
    command.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        let place = format!("{path}{name}");
        match program.place(&name).filter(|known| *known == place) {
            Some(_) => examples::add(&name, command, &flags, program),
            None => add_examples(command, &format!("{place} "), &flags, program),
        }
    })
}
