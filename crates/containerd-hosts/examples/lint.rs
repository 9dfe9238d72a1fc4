//! Every fault of some hosts directories: `lint DIRECTORY…`. Fails where there is an error.

use std::process::ExitCode;

use containerd_hosts::{HostsTree, Severity};

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn main() -> ExitCode {
    let roots = std::env::args_os().skip(1).map(Into::into).collect();
    let mut worst = Severity::Note;
    for finding in HostsTree::new(roots).check(&[], None).into_findings() {
        println!("{finding}\n  {}", finding.code.explanation());
        if let Some(help) = &finding.help {
            println!("  help: {help}");
        }
        worst = worst.min(finding.severity);
    }
    match worst {
        Severity::Error => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
