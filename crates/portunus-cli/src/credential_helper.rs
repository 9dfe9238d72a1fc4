//! The program as `docker-credential-portunus`: docker's credential helper protocol.
//!
//! Everything is said on standard output, errors too, as other helpers do.

use std::io::Read;
use std::path::Path;

use portunus::printable::{printable, printable_json};
use portunus::remedy::{LogIn, Remedy};
use portunus::secret::Secret;
use portunus_client::Environment;
use portunus_client::credential_helper::{
    HelperRequest, LONGEST_MESSAGE, answer_docker, overrides_of_docker_folder,
};
use portunus_client::error::{ClientError, HelperProtocolError};

use crate::context::Context;
use crate::exit::Exit;
use crate::explain::warnings::describe_kept;
use crate::failure::Failure;
use crate::output;
use crate::program::Program;
use crate::streams::Streams;

const NAME: &str = "docker-credential-portunus";
const USAGE: &str = "Usage: docker-credential-portunus <store|get|erase|list|version>";
const HELP: &str = "\
docker's credential helper protocol over the logins that portunus keeps

Usage: docker-credential-portunus <store|get|erase|list|version>

  store    keep the login that standard input describes: {\"ServerURL\",\"Username\",\"Secret\"}
  get      print the login of the server that standard input names
  erase    remove it
  list     print servers and user names as JSON
  version  print the version

docker is told to ask it by `\"credsStore\": \"portunus\"` in ~/.docker/config.json. PORTUNUS_PROFILE
names the profile whose logins are meant.";

/// Whether the program was started under the helper's name.
pub(crate) fn is_meant(program: &Path) -> bool {
    program.file_stem().is_some_and(|name| name == NAME)
}

/// Runs one verb of the protocol.
pub(crate) fn run(verb: Option<&str>, environment: &Environment, streams: &mut Streams) -> Exit {
    let (text, exit) = match answer(verb, environment, streams) {
        Ok(text) => (printable_json(text.expose()), Exit::Done),
        Err(failure) => (printable(&in_a_line(&failure)), Exit::Failed),
    };
    let text = Secret::new(text);
    let line = Secret::new(format!("{}\n", text.expose()));
    match text.is_empty() || output::verbatim(line.expose(), streams).is_ok() {
        true => exit,
        false => Exit::Failed,
    }
}

fn in_a_line(failure: &Failure) -> String {
    let program = Program::default();
    let help = failure.help.iter();
    let help = help.filter_map(|help| help.text(&program));
    let help = help.map(|help| format!("; help: {help}"));
    failure.message.clone() + &help.collect::<String>()
}

fn answer(
    verb: Option<&str>,
    environment: &Environment,
    streams: &mut Streams,
) -> Result<Secret, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    match verb {
        Some("version" | "--version") => {
            return Ok(format!("{NAME} (portunus) {version}").into());
        }
        Some("help" | "--help" | "-h") => return Ok(HELP.to_owned().into()),
        Some("get" | "store" | "erase" | "list") => {}
        Some(other) => {
            let message = format!("Unknown credential action `{other}`");
            return Err(failure(message).help(USAGE));
        }
        None => return Err(failure(USAGE)),
    }
    let input = Secret::new(read(streams)?);
    let overrides = overrides_of_docker_folder(environment)?;
    // Builders tell accounts apart by docker's folder alone, so that the directory of whoever runs
    // docker may not choose one.
    let mut environment = environment.clone();
    environment.working_directory = None;
    let context = Context::new(&overrides, &environment, streams)?;
    let request = match verb {
        Some("store") => HelperRequest::Store {
            record: input,
            stored_by: Some(format!("{NAME} {version}")),
        },
        Some("get") => HelperRequest::Get(input.expose().to_owned()),
        Some("erase") => HelperRequest::Erase(input.expose().to_owned()),
        _ => HelperRequest::List,
    };
    let answered = answer_docker(&request, &context.settings);
    let answered = answered.map_err(|error| explain(error, &request))?;
    for warning in &answered.warnings {
        let message = describe_kept(warning, "PORTUNUS_STORE");
        output::warning(&message, None, context.streams);
    }
    Ok(answered.text)
}

fn explain(error: ClientError, request: &HelperRequest) -> Failure {
    let message = error.to_string();
    let ClientError::HelperProtocol(HelperProtocolError::Limited(key)) = error else {
        return error.into();
    };
    failure(message).help(match request {
        HelperRequest::Erase(_) => Remedy::LogOut(key),
        _ => LogIn::new(*key).into(),
    })
}

fn read(streams: &mut Streams) -> Result<String, Failure> {
    // Reserved whole: a text that grows leaves copies of the secret behind.
    let mut text = String::with_capacity(64 * 1024);
    let most = u64::try_from(LONGEST_MESSAGE + 1).map_err(std::io::Error::other)?;
    let mut input = (&mut streams.stdin).take(most);
    let read = input
        .read_to_string(&mut text)
        .map_err(|_| failure("the input is not UTF-8 text"))?;
    match read > LONGEST_MESSAGE {
        true => Err(failure("the input is longer than 1 MiB")),
        false => Ok(text),
    }
}

fn failure(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Failed, message)
}
