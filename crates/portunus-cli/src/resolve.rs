use clap::Args;
use portunus::name::ImageReference;
use portunus::resolve::{Attempt, Operation, Plan};
use portunus::store::Entry;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Table};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portunus resolve docker.io/library/alpine
  portunus resolve --push --why reg.test/team/app:v1
  portunus resolve --json --exit-code reg.test/team/app:v1")]
pub(crate) struct ResolveArguments {
    /// The image, as docker understands it
    image: String,
    /// Plan a pull (the default)
    #[arg(long, group = "operation")]
    pull: bool,
    /// Plan a push
    #[arg(long, group = "operation")]
    push: bool,
    /// Plan only to find the digest
    #[arg(long, group = "operation")]
    resolve: bool,
    /// Also list the credentials that were passed over, and the rule that did it
    #[arg(long)]
    why: bool,
    /// Exit with 3 where some host would be asked without a credential
    #[arg(long)]
    exit_code: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(
    arguments: &ResolveArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let reference = ImageReference::parse(&arguments.image)?;
    let operation = match (arguments.push, arguments.resolve) {
        (true, _) => Operation::Push,
        (_, true) => Operation::Resolve,
        _ => Operation::Pull,
    };
    let plan = context
        .resolver()?
        .resolve(&reference, operation, &context.profile)?;
    context.warn_about(&plan.warnings);
    if arguments.json {
        output::json(&document(&plan), context.streams)?;
    } else {
        output::result(&text(&plan, arguments.why), context.streams)?;
    }
    let anonymous = plan
        .attempts
        .iter()
        .any(|a| !a.phases.is_empty() && a.candidates.is_empty());
    Ok(if arguments.exit_code && anonymous {
        Exit::NotLoggedIn
    } else {
        Exit::Done
    })
}

/// The plan as a table, for people.
pub(crate) fn text(plan: &Plan, why: bool) -> String {
    let mut text = format!(
        "{} {} (profile {})\n",
        plan.operation, plan.reference, plan.profile
    );
    let mut table = Table::new(["", "HOST", "ASKED FOR", "?ns=", "CREDENTIAL", "WHY"]);
    for (at, attempt) in plan.attempts.iter().enumerate() {
        let phases: Vec<&str> = attempt.phases.iter().map(|phase| phase.as_str()).collect();
        let host = &attempt.host;
        let ns = if host.sends_ns {
            plan.reference.registry_namespace().as_str()
        } else {
            "-"
        };
        let (credential, reason) = match attempt.candidates.first() {
            Some(candidate) => (described(&candidate.entry), candidate.reason.clone()),
            None => (
                "none".to_owned(),
                "nothing is stored for it: asked anonymously".to_owned(),
            ),
        };
        table.row([
            format!("{}", at + 1),
            format!("{}://{}{}", host.scheme, host.host, shown_path(attempt)),
            if phases.is_empty() {
                "nothing".to_owned()
            } else {
                phases.join(" ")
            },
            ns.to_owned(),
            credential,
            reason,
        ]);
    }
    text.push_str(&table.to_string());
    for (at, attempt) in plan.attempts.iter().enumerate() {
        for note in &attempt.notes {
            text.push_str(&format!("note: host {}: {note}\n", at + 1));
        }
        if why {
            text.push_str(&explained(at + 1, attempt));
        }
    }
    text
}

fn explained(number: usize, attempt: &Attempt) -> String {
    let mut text = match &attempt.host.place {
        Some(place) => format!("host {number}: {}:{}\n", place.file.display(), place.line),
        None => format!("host {number}: the default server of the registry namespace\n"),
    };
    for candidate in &attempt.candidates {
        text.push_str(&format!(
            "  may see {}: {}\n",
            described(&candidate.entry),
            candidate.reason
        ));
    }
    for passed in &attempt.passed_over {
        text.push_str(&format!(
            "  not {}: {}\n",
            described(&passed.entry),
            passed.reason
        ));
    }
    text
}

fn described(entry: &Entry) -> String {
    let username = entry.username.as_deref().unwrap_or("?");
    format!("{username} ({} in {})", entry.key, entry.location)
}

/// The path of a host, where it is not the usual `/v2`.
fn shown_path(attempt: &Attempt) -> &str {
    match attempt.host.path.as_str() {
        "/v2" => "",
        path => path,
    }
}

fn document(plan: &Plan) -> Value {
    json!({
        "version": 1,
        "reference": plan.reference.to_string(),
        "registry_namespace": plan.reference.registry_namespace().as_str(),
        "repository": plan.reference.repository().as_str(),
        "operation": plan.operation.as_str(),
        "profile": plan.profile.name(),
        "attempts": plan.attempts.iter().map(attempt_document).collect::<Vec<_>>(),
    })
}

fn attempt_document(attempt: &Attempt) -> Value {
    let candidate = |at: usize| {
        let candidate = attempt.candidates.get(at)?;
        Some(entry_document(&candidate.entry, &candidate.reason))
    };
    let candidates = (0..attempt.candidates.len()).filter_map(candidate);
    let passed = attempt
        .passed_over
        .iter()
        .map(|passed| entry_document(&passed.entry, &passed.reason));
    let host = &attempt.host;
    json!({
        "host": host.host,
        "scheme": host.scheme,
        "path": host.path,
        "capabilities": host.capabilities.names(),
        "phases": attempt.phases.iter().map(|phase| phase.as_str()).collect::<Vec<_>>(),
        "sends_ns": host.sends_ns,
        "file": host.place.as_ref().map(|place| place.file.to_string_lossy()),
        "line": host.place.as_ref().map(|place| place.line),
        "credential": candidate(0),
        "candidates": candidates.collect::<Vec<_>>(),
        "passed_over": passed.collect::<Vec<_>>(),
        "notes": attempt.notes,
    })
}

fn entry_document(entry: &Entry, reason: &str) -> Value {
    json!({
        "host": entry.key.host().to_string(),
        "registry_namespace": entry.key.registry_namespace().map(|ns| ns.as_str()),
        "repository": entry.key.repository().map(|repository| repository.as_str()),
        "profile": entry.key.profile().name(),
        "username": entry.username,
        "kind": entry.kind.map(|kind| kind.as_str()),
        "source": entry.source.as_str(),
        "location": entry.location,
        "reason": reason,
    })
}
