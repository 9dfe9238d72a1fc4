use portunus::hosts::Host;
use portunus::remedy::Advise as _;
use portunus::resolve::{Attempt, Plan};
use portunus::store::SourceErrorKind;
use portunus_client::Environment;
use portunus_client::resolve::Probed;
use portunus_kubernetes::MergedEntry;

use super::probe;
use crate::context::Context;
use crate::help::Help;
use crate::output;
use crate::output::table::Table;
use crate::program::Program;

/// The plan for people: a table of the hosts, and below each what it may see and why.
pub(super) fn lines(
    plan: &Plan,
    probed: &[Probed<'_>],
    why: bool,
    context: &Context<'_>,
) -> Vec<String> {
    let program = &context.streams.messages.program;
    let mut lines = vec![format!(
        "{} {} (profile {})",
        plan.operation, plan.reference, plan.profile
    )];
    let table = table(plan, context.settings.environment());
    let mut blocks = table.blocks().into_iter();
    lines.extend(blocks.next().into_iter().flatten());
    for (block, attempt) in blocks.zip(&plan.attempts) {
        lines.extend(block);
        let mut below = describe_candidates(attempt, why, program);
        if let Some(probed) = probed.iter().find(|it| it.is_of(attempt)) {
            below.extend(probe::lines(probed, plan, program));
        }
        if why {
            below.extend(explain(plan, attempt, program));
        }
        lines.extend(below.iter().map(|line| format!("   {line}")));
    }
    if why {
        let unusable = plan.warnings.iter();
        let unusable = unusable.filter(|it| it.kind == SourceErrorKind::Unusable);
        lines.extend(unusable.map(|it| format!("passed over: {it}")));
    }
    lines
}

/// The entries of pull secrets that go behind one of another secret.
pub(super) fn hidden(merged: &[MergedEntry]) -> impl Iterator<Item = String> {
    merged.iter().filter_map(|it| {
        let first = it.hidden_by.as_ref()?;
        Some(format!("hidden: {}: {first} goes before it", it.entry))
    })
}

fn table<'a>(plan: &Plan, environment: &'a Environment) -> Table<'a> {
    let columns = ["", "HOST", "ASKED FOR", "CAPABILITIES", "TLS"];
    let mut table = Table::new(columns, environment);
    for (at, attempt) in plan.attempts.iter().enumerate() {
        let host = &attempt.host;
        table.row([
            format!("{}", at + 1),
            output::url(host, plan.reference.registry_namespace()),
            name_phases(attempt),
            output::capabilities(host),
            tls(host).to_owned(),
        ]);
    }
    table
}

/// What a host may see, and what else is worth a word.
fn describe_candidates(attempt: &Attempt, why: bool, program: &Program) -> Vec<String> {
    let mut lines = match attempt.candidates.first() {
        Some(first) => vec![first.entry.to_string(), first.rule.to_string()],
        None => vec![describe_anonymous(attempt, why)],
    };
    let others = attempt.candidates.len().saturating_sub(1);
    if others > 0 && !why {
        lines.push(format!("then {others} more (--why)"));
    }
    for note in &attempt.notes {
        lines.push(format!("note: {note}"));
        let remedies = note.remedies().into_iter().map(Help::from);
        lines.extend(remedies.filter_map(|help| help.line(program)));
    }
    lines
}

/// Why there is no credential.
fn describe_anonymous(attempt: &Attempt, why: bool) -> String {
    let more = if why { "" } else { " (--why)" };
    match attempt.others {
        0 => "anonymous: no login for this host".to_owned(),
        1 => format!("anonymous: the login for this host is for something else{more}"),
        some => format!("anonymous: the {some} logins for this host are for something else{more}"),
    }
}

fn explain(plan: &Plan, attempt: &Attempt, program: &Program) -> Vec<String> {
    let mut lines = Vec::new();
    for candidate in attempt.candidates.iter().skip(1) {
        lines.push(format!("next: {}: {}", candidate.entry, candidate.rule));
    }
    for passed in &attempt.passed_over {
        lines.push(format!("passed over: {}: {}", passed.entry, passed.rule));
    }
    if attempt.candidates.is_empty() && !attempt.phases.is_empty() {
        let login = Help::from(plan.missing_login(&attempt.host)).text(program);
        lines.extend(login.map(|login| format!("to log in: {login}")));
    }
    lines.extend(
        plan.upstream(attempt)
            .map(|note| format!("upstream: {note}")),
    );
    lines.push(match &attempt.host.place {
        Some(place) => format!("written at {}:{}", place.file.display(), place.line),
        None => "written nowhere: the default host of the registry namespace".to_owned(),
    });
    lines
}

fn name_phases(attempt: &Attempt) -> String {
    let phases: Vec<&str> = attempt.phases.iter().map(|phase| phase.as_str()).collect();
    match phases.is_empty() {
        true => "nothing".to_owned(),
        false => phases.join(" "),
    }
}

/// The TLS settings in short.
fn tls(host: &Host) -> &'static str {
    match (&*host.scheme, host.tls_insecure, &host.ca, &host.client) {
        ("http", ..) if host.http_fallback > 0 => "first https",
        ("http", ..) => "none",
        (_, true, ..) => "not verified",
        (_, _, _, Some(_)) => "client certificate",
        (_, _, Some(_), _) => "own authority",
        _ if host.http_fallback > 0 => "or none",
        _ => "verified",
    }
}
