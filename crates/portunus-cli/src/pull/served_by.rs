use portunus::resolve::{Phase, Plan};
use portunus_containerd::TransferReport;
use portunus_http::{Choice, ChosenAnswer};

/// Where an image came from, as far as can be known, and what each host that asked for a
/// credential was answered; a line each. containerd does not tell which host served what: it begins
/// with the first one for each part, and goes on to the next where that fails. Hosts for which
/// nothing is stored were not asked by us, so that nothing is known of them but that they may have
/// served it.
pub(super) fn name_servers(plan: &Plan, choices: &[Choice], report: &TransferReport) -> String {
    let moved = report.totals.moved() > 0;
    let attempts = plan.attempts.iter().zip(choices);
    let serving: Vec<(&str, bool)> = attempts
        .filter(|(attempt, _)| !attempt.phases.is_empty())
        .filter(|(attempt, _)| moved || attempt.phases.contains(&Phase::Resolve))
        .filter_map(|(attempt, choice)| Some((attempt.host.host.as_str(), serves(choice)?)))
        .collect();
    let all: Vec<&str> = serving.iter().map(|(host, _)| *host).collect();
    let mut text = match &serving[..] {
        [] if moved => "containerd does not tell from which host\n".to_owned(),
        [] => "containerd had all of it\n".to_owned(),
        [(first, true), ..] | [(first, false)] if !moved => {
            format!("resolved at {first}; containerd had all of it\n")
        }
        [(only, _)] => format!("from {only}\n"),
        [(first, true), ..] => format!(
            "from {first}, and what it failed to give from {}; containerd does not tell\n",
            all[1..].join(" or ")
        ),
        _ if moved => format!("from {}; containerd does not tell\n", all.join(" or ")),
        _ => "containerd had all of it\n".to_owned(),
    };
    for account in report.hosts() {
        text += &format!("{account}\n");
    }
    text
}

/// Whether we know that a host serves the image, because it let us in when we asked as containerd
/// does. Nothing of one that does not.
fn serves(choice: &Choice) -> Option<bool> {
    match &choice.answer {
        ChosenAnswer::Credential(_) | ChosenAnswer::Anonymous => Some(true),
        ChosenAnswer::NoChallenge { status, .. } => (200..300).contains(status).then_some(true),
        ChosenAnswer::NotAsked => Some(false),
        _ => None,
    }
}
