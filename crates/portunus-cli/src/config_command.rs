use std::path::PathBuf;

use clap::Args;
use portunus::token::trust::RealmPair;

use crate::client::settings::Settings;
use crate::client::settings::config::key::Key;
use crate::client::settings::source::SettingSource;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::table::Table;

#[derive(Debug, Args)]
#[command(after_help = "\
A flag goes before the environment, the environment before config.toml, which may say:

  store = \"file\"                     # auto, keyring, keyutils, file, docker, helper:NAME
  profile = \"work\"
  hosts_dirs = [\"/etc/containerd/certs.d\"]
  anonymous_fallback = true
  [trust]
  plain_http = [\"mirror.test:5000\"]
  realms = [{ host = \"reg.test\", realm = \"auth.test\" }]  # hosts or URLs
  [profiles.work]
  inherit = true

Examples:
  portunus config
  portunus --profile work config")]
pub(crate) struct ConfigArguments {}

/// Prints every key of `config.toml` with its present value, what decided it, and its default.
pub(crate) fn run(_: &ConfigArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut table = Table::new(["KEY", "PRESENT", "FROM", "DEFAULT", "WHAT IT IS"]);
    for key in Key::ALL {
        let facts = key.facts();
        let (present, source) = find_value(key, &context.settings)?;
        table.row([
            facts.name.to_owned(),
            or_dash(&present),
            source.to_string(),
            or_dash(facts.default),
            facts.meaning.to_owned(),
        ]);
    }
    let file = context.settings.config_file();
    let absent = if file.exists() { "" } else { " (not there)" };
    let mut lines = vec![format!("{}{absent}", file.display())];
    lines.extend(table.lines());
    output::result(lines, context.streams)?;
    Ok(Exit::Done)
}

/// The value in force and what decided it.
fn find_value(key: Key, settings: &Settings<'_>) -> Result<(String, SettingSource), Failure> {
    let config = &settings.config;
    let trust = &config.trust;
    Ok(match key {
        Key::Store => {
            let (choice, source) = settings.store()?;
            (choice.to_string(), source)
        }
        Key::Profile => (settings.profile.to_string(), settings.sources.profile),
        Key::HostsDirectories => (
            paths(&settings.hosts_directories),
            settings.sources.hosts_directories,
        ),
        Key::AnonymousFallback => (
            settings.anonymous_fallback.to_string(),
            in_file(config.anonymous_fallback.is_some()),
        ),
        Key::TrustPlainHttp => (
            texts(trust.plain_http.iter()),
            in_file(!trust.plain_http.is_empty()),
        ),
        Key::TrustRealms => (
            texts(trust.realms.iter().map(pair)),
            in_file(!trust.realms.is_empty()),
        ),
        Key::ProfileInherit => (
            config.inheriting.join(" "),
            in_file(!config.inheriting.is_empty()),
        ),
    })
}

fn or_dash(text: &str) -> String {
    let text = if text.is_empty() { "-" } else { text };
    text.to_owned()
}

fn in_file(written: bool) -> SettingSource {
    match written {
        true => SettingSource::File,
        false => SettingSource::Default,
    }
}

fn paths(paths: &[PathBuf]) -> String {
    texts(paths.iter().map(|path| path.display()))
}

fn pair(pair: &RealmPair) -> String {
    format!("{}→{}", pair.host, pair.realm)
}

fn texts(values: impl Iterator<Item: ToString>) -> String {
    let texts: Vec<String> = values.map(|value| value.to_string()).collect();
    texts.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::client::settings::config::key::{Key, KeyFacts};
    use crate::client::settings::config::tests::example;
    use crate::output::tests::shown;

    #[test]
    fn every_known_key_is_explained() {
        let help = shown(&["config", "--help"], false, &[]);
        let lines = Key::ALL.into_iter().flat_map(|key| example(key).lines());
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
            let line = listed.lines().find(|line| line.starts_with(name));
            let line = line.unwrap_or_else(|| panic!("`{name}` is not in\n{listed}"));
            assert!(
                line.contains(" default ") && line.ends_with(meaning),
                "{line}"
            );
        }
        assert_eq!(listed.lines().count(), Key::ALL.len() + 2, "{listed}");
    }
}
