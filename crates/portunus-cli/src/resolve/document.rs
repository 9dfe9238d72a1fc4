use portunus::resolve::{Attempt, Plan};
use portunus::store::Entry;
use portunus_client::resolve::Probed;
use portunus_kubernetes::MergedEntry;
use serde_json::{Value, json};

use super::probe;
use crate::program::Program;
use crate::{check, output};

/// The plan as JSON, with what the hosts answered where they were asked.
pub(super) fn document(
    plan: &Plan,
    merged: &[MergedEntry],
    probed: &[Probed<'_>],
    program: &Program,
) -> Value {
    let findings = plan.findings.iter();
    let findings = findings.map(|finding| check::finding_document(finding, program));
    let attempts = plan.attempts.iter().map(|attempt| {
        let mut document = attempt_document(plan, attempt);
        if let Some(probed) = probed.iter().find(|it| it.is_of(attempt)) {
            document["probe"] = probe::document(probed);
        }
        document
    });
    json!({
        "version": 1,
        "reference": plan.reference.to_string(),
        "registry_namespace": plan.reference.registry_namespace().as_str(),
        "repository": plan.reference.repository().as_str(),
        "operation": plan.operation.as_str(),
        "profile": plan.profile.name(),
        "attempts": attempts.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "unusable": output::unusable(&plan.warnings),
        "pull_secrets": merged.iter().map(merged_document).collect::<Vec<_>>(),
    })
}

/// An entry of a pull secret, and which one goes before it.
fn merged_document(merged: &MergedEntry) -> Value {
    let more = json!({
        "location": merged.entry.location.to_string(),
        "hidden_by": merged.hidden_by.as_ref().map(ToString::to_string),
    });
    output::entry(&merged.entry, more)
}

fn attempt_document(plan: &Plan, attempt: &Attempt) -> Value {
    let candidates: Vec<Value> = attempt
        .candidates
        .iter()
        .map(|candidate| entry_document(&candidate.entry, candidate.rule.as_str(), &candidate.rule))
        .collect();
    let passed = attempt
        .passed_over
        .iter()
        .map(|passed| entry_document(&passed.entry, passed.rule.as_str(), &passed.rule));
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
        "credential": candidates.first(),
        "candidates": candidates,
        "passed_over": passed.collect::<Vec<_>>(),
        "notes": attempt.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "upstream": plan.upstream(attempt).map(|it| it.to_string()),
    })
}

fn entry_document(entry: &Entry, rule: &str, reason: &impl ToString) -> Value {
    let more = json!({
        "source": entry.source.as_str(),
        "location": entry.location.to_string(),
        "rule": rule,
        "reason": reason.to_string(),
    });
    output::entry(entry, more)
}
