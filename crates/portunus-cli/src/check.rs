use std::fmt::Display;

use clap::{Args, ValueEnum};
use portunus::hosts::{DaemonVersion, Finding, Severity};
use portunus::remedy::Advise;
use portunus::resolve::{CheckCode, CheckFinding};
use portunus_client::{CheckRequest, Settings};
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::finding_help::finding_help;
use crate::help::Help;
use crate::output;
use crate::program::Program;
use crate::waiting::Waiting;

/// Look for faults in the hosts directories
#[derive(Debug, Args)]
#[command(after_help = "\
Exits with 5 where there is an error, or a warning with --deny warnings.")]
pub struct CheckArguments {
    /// Only what speaks for these registry namespaces, or these directories and files, which are
    /// told by a `/`, or by being there; all hosts directories unless given
    #[arg(value_name = "NAMESPACE|PATH")]
    subjects: Vec<String>,
    /// Treat warnings as errors
    #[arg(long, value_name = "WHAT")]
    deny: Option<Deny>,
    /// The containerd that will read the files, such as 2.1; the newest unless given
    #[arg(long, value_name = "VERSION")]
    daemon: Option<String>,
    /// Say what a code means, and look at no file
    #[arg(long, value_name = "CODE", conflicts_with_all = ["subjects", "deny", "daemon"])]
    explain: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Deny {
    Warnings,
}

pub(crate) fn run(arguments: &CheckArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    if let Some(name) = &arguments.explain {
        return explain(name, arguments.json, context);
    }
    let request = request(arguments, &context.settings)?;
    let waiting = Waiting::new("reading hosts directories", context.streams);
    let checkup = portunus_client::check(&request, &context.settings)?;
    drop(waiting);
    let findings = checkup.findings;
    let looked_at = checkup.looked_at.iter().map(|path| path.to_string_lossy());
    let looked_at: Vec<_> = looked_at.collect();
    let program = &context.streams.messages.program;
    if arguments.json {
        let findings = findings.iter();
        let findings: Vec<Value> = findings.map(|it| finding_document(it, program)).collect();
        let document = json!({ "version": 1, "looked_at": looked_at, "findings": findings });
        output::json(&document, context.streams)?;
    } else {
        let mut lines = lines(&findings, program);
        lines.extend(tell_directories(&looked_at));
        lines.push(count(&findings));
        output::result(lines, context.streams)?;
    }
    let is_denied = |finding: &CheckFinding| match finding.severity {
        Severity::Error => true,
        Severity::Warning => arguments.deny.is_some(),
        _ => false,
    };
    Ok(match findings.iter().any(is_denied) {
        true => Exit::Configuration,
        false => Exit::Done,
    })
}

/// Tells names and paths apart.
fn request(arguments: &CheckArguments, settings: &Settings) -> Result<CheckRequest, Failure> {
    let mut request = CheckRequest::default();
    request.daemon = arguments.daemon.as_deref().map(daemon).transpose()?;
    for subject in &arguments.subjects {
        request.add(subject, settings)?;
    }
    Ok(request)
}

fn explain(name: &str, json: bool, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let Some(code) = CheckCode::find(name) else {
        let message = format!("no finding has the code `{name}`");
        return Err(Failure::new(Exit::Usage, message).help(
            "the code stands in brackets behind the severity, as in `warning[unknown-key]`",
        ));
    };
    let (code, explanation) = (code.as_str(), code.explanation());
    if json {
        let document = json!({ "version": 1, "code": code, "explanation": explanation });
        return output::json(&document, context.streams);
    }
    output::result([format!("{code}: {explanation}")], context.streams)
}

fn daemon(text: &str) -> Result<DaemonVersion, Failure> {
    DaemonVersion::parse(text).ok_or_else(|| {
        let message = "the daemon's version does not start with two numbers";
        let help = "write it like `--daemon 2.1`; `ctr version` shows it";
        Failure::new(Exit::Usage, message).help(help)
    })
}

/// A finding as JSON.
pub(crate) fn finding_document<C, S>(finding: &Finding<C, S>, program: &Program) -> Value
where
    C: Copy + Display + Into<CheckCode>,
    Finding<C, S>: Advise,
{
    let help = finding_help(finding);
    let mut document = json!({
        "severity": finding.severity.as_str(),
        "code": finding.code.to_string(),
        "file": finding.place.file.to_string_lossy(),
        "line": finding.place.line,
        "column": finding.place.column,
        "message": finding.message,
        "help": help.as_ref().and_then(|help| help.text(program)),
    });
    if let Some(remedy) = help.as_ref().and_then(Help::remedy) {
        document["remedy"] = json!(remedy);
    }
    document
}

/// The findings as a compiler prints them.
fn lines(findings: &[CheckFinding], program: &Program) -> Vec<String> {
    let mut lines = Vec::new();
    for finding in findings {
        lines.push(finding.to_string());
        if let Some(line) = finding.line_text.as_deref().filter(|line| !line.is_empty()) {
            lines.extend(mark(line, finding.place.line, finding.place.column));
        }
        let help = finding_help(finding).and_then(|help| help.line(program));
        lines.extend(help.map(|help| format!("  {help}")));
    }
    lines
}

/// How many there are of each severity.
fn count(findings: &[CheckFinding]) -> String {
    let of = |severity| findings.iter().filter(move |it| it.severity == severity);
    let [errors, warnings, notes] =
        [Severity::Error, Severity::Warning, Severity::Note].map(|severity| of(severity).count());
    format!("{errors} errors, {warnings} warnings, {notes} notes")
}

/// The directories, each on a line; a long list is cut.
fn tell_directories(directories: &[impl AsRef<str>]) -> Vec<String> {
    let told = directories.iter().take(DIRECTORIES_TOLD);
    let told = told.map(|it| format!("looked at {}", it.as_ref()));
    let last = match directories.len() {
        0 => Some("looked at no directory".to_owned()),
        all if all > DIRECTORIES_TOLD => Some(format!("looked at {} more", all - DIRECTORIES_TOLD)),
        _ => None,
    };
    told.chain(last).collect()
}

const DIRECTORIES_TOLD: usize = 10;

/// The line with a mark under the column, where the column is still in it.
fn mark(line: &str, number: u32, column: u32) -> Vec<String> {
    let margin = format!("{number:>5} | ");
    let mut lines = vec![format!("{margin}{line}")];
    let before = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    if before < line.chars().count() {
        lines.push(format!("      | {}^", " ".repeat(before)));
    }
    lines
}
