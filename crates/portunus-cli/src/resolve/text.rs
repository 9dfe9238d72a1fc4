use portunus::hosts::Host;
use portunus::remedy::Advise as _;
use portunus::resolve::{Attempt, Plan};

use super::entry::describe;
use super::probe::Probed;
use super::upstream;
use crate::commands::missing_login;
use crate::help::Help;
use crate::output::table::Table;

/// The plan for people: a table of the hosts, and below each what it may see and why.
pub(super) fn lines(
    plan: &Plan,
    probed: Option<&[Probed]>,
    why: bool,
    program: &str,
) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {} (profile {})",
        plan.operation, plan.reference, plan.profile
    )];
    let mut table = table(plan).lines().into_iter();
    lines.extend(table.next());
    for (at, (line, attempt)) in table.zip(&plan.attempts).enumerate() {
        lines.push(line);
        let mut below = describe_candidates(attempt, why, program);
        if let Some(probed) = probed.and_then(|probed| probed.get(at)) {
            below.extend(probed.lines(plan, attempt, program));
        }
        if why {
            below.extend(explain(plan, attempt, program));
        }
        lines.extend(below.iter().map(|line| format!("   {line}")));
    }
    lines
}

fn table(plan: &Plan) -> Table {
    let mut table = Table::new(["", "HOST", "ASKED FOR", "CAPABILITIES", "TLS", "?ns="]);
    for (at, attempt) in plan.attempts.iter().enumerate() {
        let host = &attempt.host;
        let ns = match host.sends_ns {
            true => plan.reference.registry_namespace().as_str(),
            false => "-",
        };
        table.row([
            format!("{}", at + 1),
            format!("{}://{}{}", host.scheme, host.host, shown_path(host)),
            name_phases(attempt),
            host.capabilities.names().join(" "),
            tls(host).to_owned(),
            ns.to_owned(),
        ]);
    }
    table
}

/// What a host may see, and what else is worth a word.
fn describe_candidates(attempt: &Attempt, why: bool, program: &str) -> Vec<String> {
    let mut lines = match attempt.candidates.first() {
        Some(first) => vec![describe(&first.entry), first.rule.to_string()],
        None => vec!["no credential: nothing that is stored may be sent to it".to_owned()],
    };
    let others = attempt.candidates.len().saturating_sub(1);
    if others > 0 && !why {
        lines.push(format!("then {others} more (--why)"));
    }
    for note in &attempt.notes {
        lines.push(format!("note: {note}"));
        let remedies = note.remedies().into_iter().map(Help::from);
        lines.extend(remedies.map(|help| format!("help: {}", help.text(program))));
    }
    lines
}

fn explain(plan: &Plan, attempt: &Attempt, program: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for candidate in attempt.candidates.iter().skip(1) {
        let described = describe(&candidate.entry);
        lines.push(format!("next: {described}: {}", candidate.rule));
    }
    for passed in &attempt.passed_over {
        let described = describe(&passed.entry);
        lines.push(format!("passed over: {described}: {}", passed.rule));
    }
    if attempt.candidates.is_empty() && !attempt.phases.is_empty() {
        let login = Help::from(missing_login(plan, &attempt.host));
        lines.push(format!("to log in: {}", login.text(program)));
    }
    lines.extend(upstream::note(plan, attempt).map(|note| format!("upstream: {note}")));
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

/// The path of a host, where it is not the usual `/v2`.
fn shown_path(host: &Host) -> &str {
    match host.path.as_str() {
        "/v2" => "",
        path => path,
    }
}
