//! Another program with `login` and `logout` of its own, for the registry that it works with:
//! `embed login HOST -u USER --password-stdin`, `embed logout HOST`. It keeps the logins in a
//! folder of its own, and what would go to standard error goes to its own log.

use std::ffi::OsString;
use std::io::LineWriter;
use std::process::ExitCode;

use portunus_cli::{Environment, Streams};

/// The registry namespace whose mirrors this program logs in to.
const REGISTRY_NAMESPACE: &str = "reg.test";

#[expect(clippy::print_stderr, reason = "an example tells how it is used")]
fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let Some(verb) = words
        .first()
        .filter(|verb| *verb == "login" || *verb == "logout")
    else {
        eprintln!("usage: embed login|logout HOST …");
        return ExitCode::from(2);
    };
    let mut arguments = vec![OsString::from("embed"), verb.clone()];
    arguments.extend(["--registry-namespace", REGISTRY_NAMESPACE].map(OsString::from));
    arguments.extend(words.into_iter().skip(1));

    let mut environment = Environment::of_this_process();
    if let Some(home) = environment.path("HOME") {
        let folder = home.join(".config/embed");
        let variables = &mut environment.variables;
        variables.insert("PORTUNUS_CONFIG_DIR".into(), folder.into());
    }
    let mut streams = Streams::of_this_process();
    streams.stderr = Box::new(LineWriter::new(std::io::stderr()));
    portunus_cli::run(arguments, &environment, &mut streams).into()
}
