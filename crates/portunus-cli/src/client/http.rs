//! How the program uses the HTTP library: its options, its runtime, its failures.

use std::cell::RefCell;
use std::future::Future;

use portunus::resolve::Plan;
use portunus_http::{Client, Error, ErrorKind, HostReport, Options, Outcome, Proxies, Roots};

use tokio::runtime::{Builder, Runtime};

use crate::commands::missing_login;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// A client with the settings in force.
pub(crate) fn client(context: &Context<'_>) -> Result<Client, Failure> {
    let mut options = Options::default();
    options.roots = Roots::system();
    let not_text = RefCell::new(None);
    options.proxies = Proxies::from_variables(|name| {
        let text = context.settings.environment.text(name);
        let text = text.map_err(|error| not_text.replace(Some(error)));
        text.ok().flatten().map(str::to_owned)
    });
    if let Some(error) = not_text.into_inner() {
        return Err(error.into());
    }
    options.trust = context.settings.trust();
    options.anonymous_fallback = context.settings.anonymous_fallback;
    Ok(Client::new(options))
}

/// Runs a conversation with registries to its end.
pub(crate) fn block_on<T>(conversation: impl Future<Output = T>) -> Result<T, Failure> {
    Ok(runtime()?.block_on(conversation))
}

/// A runtime for the conversations of one command.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// A failure with every host that was asked. With the plan it also tells where to log in.
pub(crate) fn failure(error: &Error, plan: Option<&Plan>) -> Failure {
    let exit = match error.kind {
        ErrorKind::NotFound => Exit::NotFound,
        ErrorKind::NotLoggedIn | ErrorKind::Rejected => Exit::NotLoggedIn,
        ErrorKind::Trust => Exit::Untrusted,
        _ => Exit::Failed,
    };
    let message = match &error.problem {
        Some(problem) => format!("{}: {problem}", error.context),
        None => error.context.clone(),
    };
    let mut failure = Failure::new(exit, message);
    for report in &error.hosts {
        failure = failure.detail(report.to_string());
    }
    for help in error.help() {
        failure = failure.help(help);
    }
    for command in plan.iter().flat_map(|plan| logins(plan, &error.hosts)) {
        failure = failure.help(command);
    }
    failure
}

/// The logins that are missing or were rejected.
fn logins(plan: &Plan, reports: &[HostReport]) -> Vec<String> {
    let mut commands = Vec::new();
    for attempt in &plan.attempts {
        let name = format!("{}://{}", attempt.host.scheme, attempt.host.host);
        let wanted = reports
            .iter()
            .filter(|report| report.host == name)
            .any(|report| matches!(report.outcome, Outcome::NotLoggedIn | Outcome::Rejected));
        let command = missing_login(plan, &attempt.host);
        if wanted && !commands.contains(&command) {
            commands.push(command);
        }
    }
    commands
}
