use portunus_containerd::{TransferReport, TurnReport};

/// Where an image came from, and what each host that asked for a credential was answered; a line
/// each.
pub(super) fn name_servers(report: &TransferReport) -> String {
    let gave = |turn: &&TurnReport| turn.totals.describe_moved().is_some();
    let gave: Vec<&TurnReport> = report.turns.iter().filter(gave).collect();
    let mut text = match (&gave[..], report.turns.last()) {
        ([], None) => String::new(),
        ([], Some(last)) => format!("resolved at {}; containerd had all of it\n", last.host),
        ([only], Some(last)) if only.host == last.host => format!("from {}\n", only.host),
        (several, _) => several
            .iter()
            .filter_map(|turn| Some((&turn.host, turn.totals.describe_moved()?)))
            .map(|(host, moved)| format!("from {host}: {moved}\n"))
            .collect(),
    };
    for account in report.hosts() {
        text += &format!("{account}\n");
    }
    text
}
