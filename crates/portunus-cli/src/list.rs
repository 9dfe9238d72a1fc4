//! `portunus list`: what is stored where, never a secret.

use std::time::SystemTime;

use clap::Args;
use portunus::name::{Authority, CredentialKey, NameError};
use portunus::store::Entry;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::table::Table;
use crate::output::tilde::tilde;
use portunus_client::Environment;
use portunus_client::list;
use portunus_client::settings::SettingSource;

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
    let asked = arguments.host.as_deref().map(read_asked).transpose()?;
    context.look_at_stores()?;
    let listed = list(&context.settings)?;
    context.warn_about(&listed.warnings);
    let mut entries = listed.entries;
    if let SettingSource::Caller = context.settings.sources.profile {
        entries.retain(|entry| *entry.key.profile() == context.settings.profile);
    }
    if let Some(asked) = &asked {
        entries.retain(|entry| answers(&entry.key, asked));
    }
    if arguments.json {
        let credentials: Vec<Value> = entries.iter().map(document).collect();
        let document = json!({
            "version": 1,
            "credentials": credentials,
            "unusable": output::unusable(&listed.warnings),
        });
        output::json(&document, context.streams)?;
    } else if entries.is_empty() {
        let nothing = match &asked {
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

/// A host, or more of a key.
fn read_asked(text: &str) -> Result<CredentialKey, NameError> {
    match text.contains('?') {
        true => text.parse(),
        false => Authority::parse(text).map(CredentialKey::plain),
    }
}

/// Whether an entry is one of those that were asked for: whatever is not said may be anything.
fn answers(held: &CredentialKey, asked: &CredentialKey) -> bool {
    let is_host = match asked.host().authority() {
        Some(host) => held.covers_host(host),
        None => held.host() == asked.host(),
    };
    let has = |said: bool, is_same: bool| !said || is_same;
    is_host
        && has(
            asked.registry_namespace().is_some(),
            held.registry_namespace() == asked.registry_namespace(),
        )
        && has(
            asked.repository().is_some(),
            held.repository() == asked.repository(),
        )
        && has(
            asked.profile().name().is_some(),
            held.profile() == asked.profile(),
        )
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
