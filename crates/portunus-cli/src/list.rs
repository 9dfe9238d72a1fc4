//! `portunus list`: what is stored where, never a secret.

use std::time::SystemTime;

use clap::Args;
use portunus::store::Entry;
use serde_json::{Value, json};

use crate::client::list::list;
use crate::client::settings::source::SettingSource;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::table::Table;

#[derive(Debug, Args)]
#[command(after_help = "\
Every profile, unless --profile names one.

Examples:
  portunus list
  portunus list --profile ci
  portunus list --json")]
pub(crate) struct ListArguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &ListArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let listed = list(&context.settings)?;
    context.warn_about(&listed.warnings);
    let mut entries = listed.entries;
    if let SettingSource::Flag(_) = context.settings.sources.profile {
        entries.retain(|entry| *entry.key.profile() == context.settings.profile);
    }
    if arguments.json {
        let credentials: Vec<Value> = entries.iter().map(document).collect();
        let document = json!({"version": 1, "credentials": credentials});
        output::json(&document, context.streams)?;
    } else if entries.is_empty() {
        output::info("nothing is stored", context.streams);
        if let Some(note) = context.settings.stores()?.note_about_sudo() {
            output::info(&note, context.streams);
        }
    } else {
        output::result(table(&entries).lines(), context.streams)?;
    }
    Ok(Exit::Done)
}

fn table(entries: &[Entry]) -> Table {
    let mut table = Table::new([
        "HOST",
        "REGISTRY NAMESPACE",
        "REPOSITORY",
        "PROFILE",
        "USER",
        "KIND",
        "STORED",
        "VERIFIED",
        "WHERE",
    ]);
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    for entry in entries {
        let day = |time| or_dash(time_text(time).map(|text| text[..10].to_owned()));
        table.row([
            entry.key.host().to_string(),
            or_dash(entry.key.registry_namespace().map(ToString::to_string)),
            or_dash(entry.key.repository().map(ToString::to_string)),
            or_dash(entry.key.profile().name().map(str::to_owned)),
            or_dash(entry.username.clone()),
            or_dash(entry.kind.map(|kind| kind.as_str().to_owned())),
            day(entry.provenance.stored_at),
            day(entry.provenance.verified_at),
            entry.location.clone(),
        ]);
    }
    table
}

fn document(entry: &Entry) -> Value {
    let mut document = output::entry(entry);
    document.extend([
        ("store".to_owned(), json!(entry.source.as_str())),
        ("location".to_owned(), json!(entry.location)),
        (
            "stored_at".to_owned(),
            json!(time_text(entry.provenance.stored_at)),
        ),
        (
            "verified_at".to_owned(),
            json!(time_text(entry.provenance.verified_at)),
        ),
        ("realm".to_owned(), json!(entry.provenance.realm)),
    ]);
    document.into()
}

fn time_text(time: Option<SystemTime>) -> Option<String> {
    Some(humantime::format_rfc3339_seconds(time?).to_string())
}
