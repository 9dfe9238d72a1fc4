//! `portunus logout`: removes what a login stored, in every spelling and every store.

use clap::Args;
use portunus::remedy::Remedy;
use portunus::store::{Entry, SourceName};

use crate::confirm::confirm_removal;
use crate::context::Context;
use crate::exit::Exit;
use crate::explain::client::explain_target;
use crate::failure::Failure;
use crate::output;
use portunus_client::login::{Limits, LoginTarget};
use portunus_client::logout::{LogoutReport, LogoutRequest, log_out};

/// So many of the other logins at a host are told of.
const MOST_OTHERS: usize = 10;

/// Remove what a login stored
#[derive(Debug, Args)]
#[command(after_help = "\
Without SERVER it is Docker Hub. Only the active profile is touched. What goes with --all alone is
shown, and asked about on a terminal; elsewhere that takes --yes.")]
pub struct LogoutArguments {
    /// The host, HOST[:PORT]; also a login as messages show it,
    /// HOST[:PORT]?ns=NAMESPACE&path=PREFIX, and endpoint://NAMESPACE/HOST[:PORT]
    server: Option<String>,
    /// Remove the login for this registry namespace only
    #[arg(long, value_name = "NAMESPACE", conflicts_with = "all")]
    registry_namespace: Option<String>,
    /// Remove the login for repositories under this prefix only
    #[arg(long, value_name = "PREFIX", conflicts_with = "all")]
    repository: Option<String>,
    /// Remove every login at the host, globs over hosts left out; without a host, every login
    #[arg(long)]
    all: bool,
    /// Do not ask before every login is removed
    #[arg(long, requires = "all")]
    yes: bool,
    /// Exit with 6 where nothing is stored
    #[arg(long)]
    exit_code: bool,
}

pub(crate) fn run(arguments: &LogoutArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut limits = Limits::of_profile(&context.settings.profile);
    limits.registry_namespace = arguments.registry_namespace.as_deref();
    limits.repository = arguments.repository.as_deref();
    let server = arguments.server.as_deref();
    let target = LoginTarget::read(server, limits)
        .map_err(|error| explain_target(error, "logout", server))?;
    let limited = target.registry_namespace.is_some() || target.repository.is_some();
    if arguments.all && limited {
        let message = "--all removes every login at the host, not those of one registry namespace \
                       or repository";
        return Err(Failure::new(Exit::Usage, message)
            .help("leave --all out, or name nothing but the host"));
    }
    let request = match (arguments.all, &arguments.server) {
        (false, _) => LogoutRequest::Login(&target),
        (true, Some(_)) => LogoutRequest::Host(&target),
        (true, None) => LogoutRequest::Everything,
    };
    context.look_at_stores()?;
    if matches!(request, LogoutRequest::Everything) && !arguments.yes {
        let settings = context.settings.clone();
        let mut again = vec!["logout", "--all", "--yes"];
        again.extend(
            settings
                .profile
                .name()
                .into_iter()
                .flat_map(|name| ["--profile", name]),
        );
        if !confirm_removal(&settings, None, &again, context)? {
            return Ok(Exit::Failed);
        }
    }
    let report = log_out(request, &context.settings)?;
    context.warn_about(&report.warnings);
    output::result(report.removed.iter().map(describe_removed), context.streams)?;
    if report.removed.is_empty() && report.errors.is_empty() {
        let note = context.note_about_sudo()?;
        let nothing = explain_nothing(request, &report, note);
        if arguments.exit_code {
            return Err(nothing);
        }
        output::no_failure(&nothing, context.streams);
        return Ok(Exit::Done);
    }
    for entry in &report.remaining {
        let help = Some(way_out(entry).into());
        output::warning(&describe_remaining(entry), help, context.streams);
    }
    context.end_with(report.errors)
}

fn describe_remaining(entry: &Entry) -> String {
    format!(
        "{} holds a login for `{}`, and is never written to",
        entry.location, entry.key
    )
}

fn way_out(entry: &Entry) -> &'static str {
    match entry.source {
        SourceName::ENVIRONMENT => "unset DOCKER_AUTH_CONFIG",
        _ => "log out with the program that stored it there, such as `podman logout`",
    }
}

fn describe_removed(entry: &Entry) -> String {
    let username = entry.username.as_deref().unwrap_or("?");
    format!(
        "removed {username} at {} from {}",
        entry.key, entry.location
    )
}

fn explain_nothing(
    request: LogoutRequest<'_>,
    report: &LogoutReport,
    note: Option<String>,
) -> Failure {
    let stored = match report.remaining[..] {
        [] => "is stored",
        _ => "that can be removed is stored",
    };
    let message = match request {
        LogoutRequest::Host(target) => format!("nothing {stored} for {}", target.authority),
        LogoutRequest::Login(target) => {
            let key = target.key(target.authority.clone());
            format!("nothing {stored} for {key}")
        }
        _ => format!("nothing {stored}"),
    };
    let mut failure = note
        .into_iter()
        .fold(Failure::new(Exit::NotFound, message), Failure::detail);
    for key in report.others.iter().take(MOST_OTHERS) {
        failure = failure.help(Remedy::LogOut(Box::new(key.clone())));
    }
    if report.others.len() > MOST_OTHERS {
        failure = failure.help("`{program} list` shows the others");
    }
    if !report.others.is_empty() {
        return failure;
    }
    if report.remaining.is_empty() {
        return failure.help("`{program} list` shows what is stored");
    }
    for entry in &report.remaining {
        failure = failure.detail(describe_remaining(entry));
        let help = way_out(entry);
        if !failure.help.contains(&help.into()) {
            failure = failure.help(help);
        }
    }
    failure
}
