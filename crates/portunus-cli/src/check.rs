use clap::{Args, ValueEnum};
use portunus::hosts::{DaemonVersion, Finding, Severity};
use portunus::name::RegistryNamespace;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::waiting::Waiting;

#[derive(Debug, Args)]
#[command(after_help = "\
Exits with 5 where there is an error, or a warning with --deny warnings.

Examples:
  portunus check
  portunus check --deny warnings docker.io
  portunus check --daemon 2.1 --hosts-dir /etc/containerd/certs.d --json")]
pub(crate) struct CheckArguments {
    /// Only what speaks for these registry namespaces; all directories unless given
    #[arg(value_name = "NAMESPACE")]
    registry_namespaces: Vec<String>,
    /// Treat warnings as errors
    #[arg(long, value_name = "WHAT")]
    deny: Option<Deny>,
    /// The containerd that will read the files, such as 2.1; the newest unless given
    #[arg(long, value_name = "VERSION")]
    daemon: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Deny {
    Warnings,
}

pub(crate) fn run(arguments: &CheckArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let names: Result<Vec<_>, _> = arguments
        .registry_namespaces
        .iter()
        .map(|name| RegistryNamespace::new(&**name))
        .collect();
    let daemon = arguments.daemon.as_deref().map(daemon).transpose()?;
    let waiting = Waiting::new("reading hosts directories", context.streams);
    let findings = context.settings.hosts().check(&names?, daemon);
    drop(waiting);
    if arguments.json {
        let findings: Vec<Value> = findings.iter().map(finding_document).collect();
        output::json(
            &json!({ "version": 1, "findings": findings }),
            context.streams,
        )?;
    } else {
        output::result(&text(&findings), context.streams)?;
    }
    let denied = |severity| match severity {
        Severity::Error => true,
        Severity::Warning => arguments.deny.is_some(),
        _ => false,
    };
    Ok(
        match findings.iter().any(|finding| denied(finding.severity)) {
            true => Exit::Configuration,
            false => Exit::Done,
        },
    )
}

fn daemon(text: &str) -> Result<DaemonVersion, Failure> {
    DaemonVersion::parse(text).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            "the daemon's version does not start with two numbers",
        )
        .help("write it like `--daemon 2.1`; `ctr version` shows it")
    })
}

/// A finding as JSON.
pub(crate) fn finding_document(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.as_str(),
        "code": finding.code,
        "file": finding.place.file.to_string_lossy(),
        "line": finding.place.line,
        "column": finding.place.column,
        "message": finding.message,
        "help": finding.help,
    })
}

/// The findings as a compiler prints them.
fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        text.push_str(&format!("{finding}\n"));
        if let Some(line) = finding.line_text.as_deref().filter(|line| !line.is_empty()) {
            text.push_str(&mark(line, finding.place.line, finding.place.column));
        }
        if let Some(help) = &finding.help {
            text.push_str(&format!("  help: {help}\n"));
        }
    }
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    text.push_str(&format!(
        "{errors} errors, {warnings} warnings, {} notes\n",
        count(Severity::Note)
    ));
    text
}

/// The line with a mark under the column, where the column is still in it.
fn mark(line: &str, number: u32, column: u32) -> String {
    let margin = format!("{number:>5} | ");
    let mut text = format!("{margin}{line}\n");
    let before = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    if before < line.chars().count() {
        text.push_str(&format!("      | {}^\n", " ".repeat(before)));
    }
    text
}
