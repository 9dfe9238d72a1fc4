use clap::Args;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::table::Table;
use crate::output::tilde::tilde;
use portunus_client::Environment;
use portunus_client::settings::{Key, KeyFacts, SettingSource, SettingValue};
use portunus_client::stores::{Holding, StorePlace};

/// Print the settings, their defaults and where they come from
#[derive(Debug, Args)]
#[command(after_help = "\
A flag goes before the environment, the environment before config.toml, which may say:

  store = \"file\"                     # auto, keyring, keyutils, file, docker, helper:NAME
  profile = \"work\"
  hosts_dirs = [\"/etc/containerd/certs.d\"]
  anonymous_fallback = true
  [helpers]                          # docker-credential-* for hosts; ecr: ECR's private ones
  ecr = \"ecr-login\"
  \"*.pkg.dev\" = \"gcloud\"
  [trust]
  plain_http = [\"mirror.test:5000\"]
  realms = [{ host = \"reg.test\", realm = \"auth.test\" }]  # hosts or URLs
  [profiles.work]
  inherit = true
  directories = [\"~/work\"]         # in force there, before the profile above
  [kubernetes]
  profiles = [{ namespace = \"ci\", service_account = \"builder\", profile = \"ci\" }]")]
pub struct ConfigArguments {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints every key of `config.toml` with its present value, what decided it, and its default; then
/// the places that credentials are looked for in.
pub(crate) fn run(arguments: &ConfigArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let settings = &context.settings;
    let places = settings.stores()?.inventory();
    let mut values = Vec::new();
    for key in Key::ALL {
        let (present, source) = settings.value(key)?;
        values.push((key.facts(), present, source));
    }
    let file = settings.config_file();
    if arguments.json {
        let document = json!({
            "version": 1,
            "file": file.to_string_lossy(),
            "exists": file.exists(),
            "settings": values.into_iter().map(setting_document).collect::<Vec<_>>(),
            "sources": places.iter().map(place_document).collect::<Vec<_>>(),
        });
        return output::json(&document, context.streams);
    }
    let environment = settings.environment();
    let absent = if file.exists() { "" } else { " (not there)" };
    let file = tilde(&file.display().to_string(), environment);
    let mut lines = vec![format!("{file}{absent}")];
    lines.extend(table(values, environment).lines());
    lines.push("credentials are looked for in:".to_owned());
    lines.extend(list_places(&places, environment).lines());
    output::result(lines, context.streams)
}

/// A key, its present value, and what decided it.
type Setting = (KeyFacts, SettingValue, SettingSource);

fn table(settings: Vec<Setting>, environment: &Environment) -> Table<'_> {
    let columns = ["KEY", "PRESENT", "FROM", "DEFAULT", "WHAT IT IS"];
    let mut table = Table::new(columns, environment);
    for (facts, present, source) in settings {
        table.row_of_lists([
            vec![facts.name.to_owned()],
            texts(present),
            vec![name_source(facts, source)],
            vec![facts.default.to_owned()],
            vec![facts.meaning.to_owned()],
        ]);
    }
    table
}

fn list_places<'a>(places: &[StorePlace], environment: &'a Environment) -> Table<'a> {
    let mut table = Table::new(["SOURCE", "WHERE", "HOLDS"], environment);
    for place in places {
        let (source, holding) = (place.source.to_string(), place.holding.to_string());
        table.row([source, place.location.clone(), holding]);
    }
    table
}

fn setting_document((facts, present, source): Setting) -> Value {
    json!({
        "key": facts.name,
        "value": match present {
            SettingValue::Text(text) => json!(text),
            SettingValue::Flag(flag) => json!(flag),
            SettingValue::List(texts) => json!(texts),
            _ => json!(null),
        },
        "from": name_source(facts, source),
        "default": facts.default,
        "meaning": facts.meaning,
        "example": facts.example,
    })
}

fn place_document(place: &StorePlace) -> Value {
    let mut document = json!({
        "source": place.source.as_str(),
        "location": place.location,
        "present": !matches!(place.holding, Holding::Absent),
    });
    match &place.holding {
        Holding::Failed(problem) => document["problem"] = json!(problem),
        Holding::Held {
            entries,
            unusable,
            helpers,
            ..
        } => {
            document["entries"] = json!(entries);
            document["unusable"] = json!(unusable);
            document["helpers"] = json!(helpers);
        }
        _ => {}
    }
    document
}

fn texts(present: SettingValue) -> Vec<String> {
    match present {
        SettingValue::Text(text) => vec![text],
        SettingValue::Flag(flag) => vec![flag.to_string()],
        SettingValue::List(texts) => texts,
        _ => Vec::new(),
    }
}

/// What decided a setting: by its name the flag, where it was one.
fn name_source(facts: KeyFacts, source: SettingSource) -> String {
    match source {
        SettingSource::Caller if facts.name == Key::HostsDirectories.facts().name => {
            "--hosts-dir".to_owned()
        }
        SettingSource::Caller => "--profile".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::output::tests::shown;
    use portunus_client::settings::{Key, KeyFacts};

    #[test]
    fn every_known_key_is_explained() {
        let help = shown(&["config", "--help"], false, &[]);
        let lines = Key::ALL
            .into_iter()
            .flat_map(|key| key.facts().example.lines());
        for line in lines {
            assert!(help.contains(line), "the help lacks `{line}`");
        }
    }

    #[test]
    fn every_known_key_is_listed_with_its_default() {
        let nowhere = [("PORTUNUS_CONFIG_DIR", "/nowhere/portunus")];
        let listed = shown(&["config"], false, &nowhere);
        for key in Key::ALL {
            let KeyFacts { name, meaning, .. } = key.facts();
            let mut lines = listed.lines().skip_while(|line| !line.starts_with(name));
            let line = lines.next();
            let line = line.unwrap_or_else(|| panic!("`{name}` is not in\n{listed}"));
            assert!(line.contains(" default"), "{line}");
            assert!(listed.contains(meaning), "{listed}");
        }
    }
}
