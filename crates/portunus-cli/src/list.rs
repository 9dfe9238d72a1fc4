//! `portunus list`: what is stored where, never a secret.

use std::time::SystemTime;

use clap::Args;
use portunus::store::Entry;
use serde_json::{Value, json};

use crate::bare_host::explain_name;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::table::Table;
use crate::output::tilde::tilde;
use portunus_client::Environment;
use portunus_client::settings::SettingSource;
use portunus_client::{ListRequest, list};

/// List what is stored, never a secret
#[derive(Debug, Args)]
#[command(after_help = "\
Every profile, unless --profile names one.")]
pub struct ListArguments {
    /// Only what may be sent to this host, HOST[:PORT]; or a login as messages show it,
    /// HOST[:PORT]?ns=NAMESPACE&path=PREFIX
    host: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &ListArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut request = match &arguments.host {
        Some(host) => host
            .parse()
            .map_err(|error| explain_name(error, "list", host))?,
        None => ListRequest::default(),
    };
    if let SettingSource::Caller = context.settings.sources.profile {
        request.profile = Some(context.settings.profile.clone());
    }
    context.look_at_stores()?;
    let listed = list(&request, &context.settings)?;
    context.warn_about(&listed.warnings);
    let entries = listed.entries;
    if arguments.json {
        let credentials: Vec<Value> = entries.iter().map(document).collect();
        let document = json!({
            "version": 1,
            "credentials": credentials,
            "unusable": output::unusable(&listed.warnings),
        });
        output::json(&document, context.streams)?;
    } else if entries.is_empty() {
        let nothing = match &request.key {
            Some(asked) => format!("nothing is stored for {asked}"),
            None => "nothing is stored".to_owned(),
        };
        output::info(&nothing, context.streams);
        if let Some(note) = context.note_about_sudo()? {
            output::info(&note, context.streams);
        }
    } else {
        let lines = table(&entries, context.settings.environment()).lines();
        output::result(lines, context.streams)?;
    }
    let unusable = output::unusable(&listed.warnings).len();
    if unusable > 0 && !arguments.json {
        let plural = if unusable == 1 {
            "entry is"
        } else {
            "entries are"
        };
        output::info(&format!("{unusable} {plural} of no use"), context.streams);
    }
    Ok(Exit::Done)
}

fn table(entries: &[Entry], environment: &Environment) -> Table {
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
            tilde(&entry.location.to_string(), environment),
        ]);
    }
    table
}

fn document(entry: &Entry) -> Value {
    let mut document = output::entry(entry);
    document.extend([
        ("store".to_owned(), json!(entry.source.as_str())),
        ("location".to_owned(), json!(entry.location.to_string())),
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
