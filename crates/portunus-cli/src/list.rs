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
use portunus_client::settings::SettingSource;
use portunus_client::{Environment, ListRequest, list};

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
            "unread": output::unread(&listed.warnings),
        });
        return output::json(&document, context.streams);
    }
    if entries.is_empty() {
        let nothing = match output::unread(&listed.warnings).len() {
            0 => "nothing is stored",
            _ => "nothing is stored in what could be read",
        };
        let nothing = match &request.key {
            Some(asked) => format!("{nothing} for {asked}"),
            None => nothing.to_owned(),
        };
        output::info(&nothing, context.streams);
        context.tell_of_sudo()?;
    } else {
        let lines = table(&entries, context.settings.environment()).lines();
        output::result(lines, context.streams)?;
    }
    match output::unusable(&listed.warnings).len() {
        0 => {}
        1 => output::info("1 entry is of no use", context.streams),
        some => output::info(&format!("{some} entries are of no use"), context.streams),
    }
    Ok(Exit::Done)
}

fn table<'a>(entries: &[Entry], environment: &'a Environment) -> Table<'a> {
    let columns = [
        "HOST",
        "REGISTRY NAMESPACE",
        "REPOSITORY",
        "PROFILE",
        "USER",
        "KIND",
        "STORED",
        "VERIFIED",
        "WHERE",
    ];
    let mut table = Table::new(columns, environment);
    let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
    let day = |time| text(time_text(time).as_deref().map(|time| &time[..10]));
    for entry in entries {
        let key = &entry.key;
        table.row([
            key.host().to_string(),
            text(key.registry_namespace().map(|name| name.as_str())),
            text(key.repository().map(|repository| repository.as_str())),
            text(key.profile().name()),
            text(entry.username.as_deref()),
            text(entry.kind.map(|kind| kind.as_str())),
            day(entry.provenance.stored_at),
            day(entry.provenance.verified_at),
            entry.location.to_string(),
        ]);
    }
    table
}

fn document(entry: &Entry) -> Value {
    let more = json!({
        "store": entry.source.as_str(),
        "location": entry.location.to_string(),
        "stored_at": time_text(entry.provenance.stored_at),
        "verified_at": time_text(entry.provenance.verified_at),
        "realm": entry.provenance.realm,
    });
    output::entry(entry, more)
}

fn time_text(time: Option<SystemTime>) -> Option<String> {
    Some(humantime::format_rfc3339_seconds(time?).to_string())
}
