use clap::Args;
use portunus::hosts::Host;
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

/// The plan for people: a table of the hosts, and below each what it may see and why.
fn text(plan: &Plan, why: bool) -> String {
    let mut table = Table::new(["", "HOST", "ASKED FOR", "CAPABILITIES", "TLS", "?ns="]);
    for (at, attempt) in plan.attempts.iter().enumerate() {
        let host = &attempt.host;
        let ns = if host.sends_ns {
            plan.reference.registry_namespace().as_str()
        } else {
            "-"
        };
        table.row([
            format!("{}", at + 1),
            format!("{}://{}{}", host.scheme, host.host, shown_path(attempt)),
            asked_for(attempt),
            host.capabilities.names().join(" "),
            tls(host).to_owned(),
            ns.to_owned(),
        ]);
    }
    let mut text = format!(
        "{} {} (profile {})\n",
        plan.operation, plan.reference, plan.profile
    );
    let table = table.to_string();
    let mut lines = table.lines();
    text.extend(
        lines
            .next()
            .into_iter()
            .flat_map(|headings| [headings, "\n"]),
    );
    for (line, attempt) in lines.zip(&plan.attempts) {
        text.push_str(&format!("{line}\n{}", below(attempt)));
        if why {
            text.push_str(&explained(attempt));
        }
    }
    text
}

/// What a host may see, and what else is worth a word.
fn below(attempt: &Attempt) -> String {
    let mut text = match attempt.candidates.first() {
        Some(first) => format!("   {}\n   {}\n", described(&first.entry), first.reason),
        None => "   no credential: nothing that is stored may be sent to it\n".to_owned(),
    };
    if attempt.candidates.len() > 1 {
        text.push_str(&format!(
            "   then {} more (--why)\n",
            attempt.candidates.len() - 1
        ));
    }
    for note in &attempt.notes {
        text.push_str(&format!("   note: {note}\n"));
    }
    text
}

fn asked_for(attempt: &Attempt) -> String {
    let phases: Vec<&str> = attempt.phases.iter().map(|phase| phase.as_str()).collect();
    if phases.is_empty() {
        "nothing".to_owned()
    } else {
        phases.join(" ")
    }
}

/// The TLS settings in short.
fn tls(host: &Host) -> &'static str {
    match (
        host.scheme.as_str(),
        host.tls_insecure,
        &host.ca,
        &host.client,
    ) {
        ("http", ..) if host.http_fallback > 0 => "first https",
        ("http", ..) => "none",
        (_, true, ..) => "not verified",
        (_, _, _, Some(_)) => "client certificate",
        (_, _, Some(_), _) => "own authority",
        _ if host.http_fallback > 0 => "or none",
        _ => "verified",
    }
}

fn explained(attempt: &Attempt) -> String {
    let mut text = match &attempt.host.place {
        Some(place) => format!("   from {}:{}\n", place.file.display(), place.line),
        None => "   the default server of the registry namespace\n".to_owned(),
    };
    for candidate in attempt.candidates.iter().skip(1) {
        let described = described(&candidate.entry);
        text.push_str(&format!("   next: {described}: {}\n", candidate.reason));
    }
    for passed in &attempt.passed_over {
        text.push_str(&format!(
            "   not: {}: {}\n",
            described(&passed.entry),
            passed.reason
        ));
    }
    text
}

fn described(entry: &Entry) -> String {
    let username = entry
        .username
        .as_deref()
        .unwrap_or("account not known before it is asked");
    format!(
        "{username}, key {}, {} {}",
        entry.key, entry.source, entry.location
    )
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
