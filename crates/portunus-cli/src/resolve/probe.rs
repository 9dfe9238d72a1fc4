use portunus::remedy::{Advise, Remedy};
use portunus::resolve::Plan;
use portunus_client::resolve::Probed;
use portunus_http::{ChosenAnswer, Outcome};
use serde_json::{Value, json};

use crate::each_once::each_once;
use crate::help::Help;
use crate::program::Program;

/// For people.
pub(super) fn lines(probed: &Probed<'_>, plan: &Plan, program: &Program) -> Vec<String> {
    let host = &probed.attempt.host;
    let help = |remedy: Remedy| Help::from(remedy).line(program);
    let Some(asked) = &probed.asked else {
        return vec!["probe: not asked, for this is no host name".to_owned()];
    };
    let took = format!("{} ms", asked.elapsed.as_millis());
    if !asked.reachable {
        let problem = asked.problem.as_ref().map(Outcome::to_string);
        return vec![format!("probe: {} ({took})", problem.unwrap_or_default())];
    }
    let wants = match (asked.challenge, &asked.realm, &asked.problem, asked.status) {
        (Some(scheme), Some(realm), ..) => format!("wants {scheme} with a token of {realm}"),
        (Some(scheme), None, ..) => format!("wants {scheme}"),
        (None, _, Some(problem), _) => problem.to_string(),
        (None, _, None, Some(status)) => format!("asks for nothing (status {status})"),
        (None, _, None, None) => "asks for nothing".to_owned(),
    };
    let planned = format!("{}://", host.scheme);
    let mut lines = vec![match asked.host.starts_with(&planned) {
        true => format!("probe: answered in {took}, {wants}"),
        false => format!("probe: answered as {} in {took}, {wants}", asked.host),
    }];
    let of_others = |service: &&String| **service != host.host;
    if let Some(service) = asked.service.as_ref().filter(of_others) {
        lines.push(format!(
            "service: {service}, which is not the name of the host"
        ));
    }
    let left_out = &probed.choice.left_out;
    if !left_out.is_empty() {
        lines.push(format!(
            "left out: {left_out}, which it names and is not asked for"
        ));
    }
    match &asked.realm_trust {
        Some(Ok(rule)) => lines.push(format!("realm: trusted, {rule}")),
        Some(Err(refusal)) => {
            lines.push(format!("realm: not trusted, {refusal}"));
            lines.extend(refusal.remedies().into_iter().filter_map(help));
        }
        None => {}
    }
    let rejected = probed.choice.rejected.iter();
    lines.extend(rejected.map(|shown| format!("rejected: {shown}")));
    lines.extend(answer_line(probed));
    if let ChosenAnswer::Failed(outcome) = &probed.choice.answer {
        lines.extend(outcome.remedies().into_iter().filter_map(help));
    }
    lines.extend(image_line(probed));
    if probed.wants_login() {
        lines.extend(help(plan.missing_login(host)));
    }
    // That of the realm may be that of the answer.
    each_once(lines)
}

/// For scripts.
pub(super) fn document(probed: &Probed<'_>) -> Value {
    let asked = probed.asked.as_ref();
    let key = match &probed.choice.answer {
        ChosenAnswer::Credential(candidate) => Some(candidate.entry.key.to_string()),
        _ => None,
    };
    let problem = match (&probed.choice.answer, &probed.choice.manifest) {
        (ChosenAnswer::Failed(outcome), _) | (_, Some(Err(outcome))) => Some(outcome),
        _ => asked.and_then(|asked| asked.problem.as_ref()),
    };
    let manifest = probed.choice.manifest.as_ref();
    json!({
        "asked": asked.map(|asked| &asked.host),
        "reachable": asked.is_some_and(|asked| asked.reachable),
        "challenge": asked.and_then(|asked| asked.challenge),
        "realm": asked.and_then(|asked| asked.realm.as_deref()),
        "realm_trusted": asked.and_then(|asked| Some(asked.realm_trust.as_ref()?.is_ok())),
        "accepted": probed.accepted(),
        "ms": asked.map(|asked| u64::try_from(asked.elapsed.as_millis()).unwrap_or(u64::MAX)),
        "status": asked.and_then(|asked| asked.status),
        "key": key,
        "digest": manifest.and_then(|found| found.as_ref().ok()),
        "problem": problem.map(Outcome::to_string),
    })
}

fn answer_line(probed: &Probed<'_>) -> Option<String> {
    Some(match &probed.choice.answer {
        ChosenAnswer::Credential(candidate) => format!("accepted: {}", candidate.entry),
        ChosenAnswer::Anonymous => "anonymous: hands out a token to anybody".to_owned(),
        ChosenAnswer::NoChallenge { status, .. } => match probed.choice.manifest {
            Some(Ok(_)) => "anonymous: gives this image to anybody".to_owned(),
            None if *status >= 400 => format!("anonymous: answered {status}"),
            _ => return None,
        },
        ChosenAnswer::Failed(outcome) => format!("failed: {outcome}"),
        _ => return None,
    })
}

/// What it has of the image, wherever it sends us for it.
fn image_line(probed: &Probed<'_>) -> Option<String> {
    let found = match probed.choice.manifest.as_ref()? {
        Ok(digest) => digest.clone(),
        Err(outcome) => outcome.to_string(),
    };
    Some(match &probed.choice.redirected_to {
        Some(target) => {
            let origin = target.origin().ascii_serialization();
            format!("image: {found}, by way of {origin}")
        }
        None => format!("image: {found}"),
    })
}
