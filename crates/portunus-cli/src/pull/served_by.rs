use portunus_containerd::TransferReport;

/// Where an image came from, and what each host that asked for a credential was answered; a line
/// each.
pub(super) fn name_servers(report: &TransferReport) -> Vec<String> {
    let gave = report.turns.iter();
    let gave = gave.filter_map(|turn| Some((&turn.host, turn.totals.describe_moved()?)));
    let gave: Vec<_> = gave.collect();
    let mut lines = match (&gave[..], report.turns.last()) {
        ([], None) => Vec::new(),
        ([], Some(last)) => vec![format!(
            "resolved at {}; containerd had all of it",
            last.host
        )],
        ([(host, _)], Some(last)) if **host == last.host => vec![format!("from {host}")],
        (several, _) => {
            let several = several.iter();
            several
                .map(|(host, moved)| format!("from {host}: {moved}"))
                .collect()
        }
    };
    lines.extend(report.hosts().iter().map(ToString::to_string));
    lines
}
