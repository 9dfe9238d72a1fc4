use portunus::resolve::{Phase, Plan};
use portunus_containerd::TransferReport;
use portunus_http::{Choice, ChosenAnswer};

/// Where an image came from, as far as can be known, and what each host that asked for a
/// credential was answered; a line each. containerd does not tell which host served what: it begins
/// with the first one for each part, and goes on to the next where that fails.
pub(super) fn origin(plan: &Plan, choices: &[Choice], report: &TransferReport) -> String {
    let answers = plan.attempts.iter().zip(choices);
    let serving = answers.filter(|(_, choice)| may_have_served(choice));
    let serving: Vec<_> = serving.map(|(attempt, _)| attempt).collect();
    let resolves = |phases: &[Phase]| phases.contains(&Phase::Resolve);
    let resolved = serving.iter().find(|attempt| resolves(&attempt.phases));
    let hosts: Vec<&str> = serving.iter().map(|it| it.host.host.as_str()).collect();
    let mut text = match (resolved, &hosts[..]) {
        (Some(at), _) if report.totals.moved() == 0 => {
            format!("resolved at {}; containerd had all of it\n", at.host.host)
        }
        (_, []) => "containerd does not tell from which host\n".to_owned(),
        (_, [only]) => format!("from {only}\n"),
        (_, [first, others @ ..]) => format!(
            "from {first}, and what it failed to give from {}; containerd does not tell\n",
            others.join(" or ")
        ),
    };
    for account in report.hosts() {
        text += &format!("{account}\n");
    }
    text
}

/// Whether a host let us in when we asked as containerd does.
fn may_have_served(choice: &Choice) -> bool {
    match &choice.answer {
        ChosenAnswer::Credential(_) | ChosenAnswer::Anonymous => true,
        ChosenAnswer::NoChallenge { status, .. } => (200..300).contains(status),
        _ => false,
    }
}
