use std::path::PathBuf;

use clap::Args;

use crate::config::Origin;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Table};

#[derive(Debug, Args)]
#[command(after_help = "\
A flag goes before the environment, the environment before config.toml, which may say:

  store = \"file\"                     # auto, keyring, keyutils, file, docker, helper:NAME
  profile = \"work\"
  hosts_dirs = [\"/etc/containerd/certs.d\"]
  anonymous_fallback = true
  [trust]
  plain_http = [\"mirror.test:5000\"]
  realms = [{ host = \"reg.test\", realm = \"auth.test\" }]
  [profiles.work]
  inherit = true

Examples:
  portunus config
  portunus --profile work config")]
pub(crate) struct ConfigArguments {}

/// Prints every key of `config.toml` with its present value, what decided it, and its default.
pub(crate) fn run(_: &ConfigArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut table = Table::new(["KEY", "PRESENT", "FROM", "DEFAULT", "WHAT IT IS"]);
    for row in rows(context) {
        let shown = |text: String| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                text
            }
        };
        table.row([
            row.key.to_owned(),
            shown(row.present),
            row.origin.to_string(),
            shown(row.default.to_owned()),
            row.meaning.to_owned(),
        ]);
    }
    let file = context.config_file();
    let absent = if file.exists() { "" } else { " (not there)" };
    let text = format!("{}{absent}\n{table}", file.display());
    output::result(&text, context.streams)?;
    Ok(Exit::Done)
}

struct Row {
    key: &'static str,
    present: String,
    origin: Origin,
    default: &'static str,
    meaning: &'static str,
}

fn rows(context: &Context<'_>) -> Vec<Row> {
    let config = &context.config;
    let (store, store_origin) = store(context);
    vec![
        Row {
            key: "store",
            present: store,
            origin: store_origin,
            default: "auto",
            meaning: "where logins are kept",
        },
        Row {
            key: "profile",
            present: context.profile.to_string(),
            origin: context.origins.profile,
            default: "default",
            meaning: "whose credentials",
        },
        Row {
            key: "hosts_dirs",
            present: paths(context.hosts_paths()),
            origin: context.origins.hosts,
            default: "certs.d of containerd and docker",
            meaning: "hosts directories, in order",
        },
        Row {
            key: "anonymous_fallback",
            present: context.anonymous_fallback.to_string(),
            origin: in_file(config.anonymous_fallback.is_some()),
            default: "false",
            meaning: "whether a pull asks anonymously where every credential was rejected",
        },
        Row {
            key: "trust.plain_http",
            present: config.trust.plain_http.join(" "),
            origin: in_file(!config.trust.plain_http.is_empty()),
            default: "",
            meaning: "hosts that may see a secret over plain http",
        },
        Row {
            key: "trust.realms",
            present: realms(&config.trust.realms),
            origin: in_file(!config.trust.realms.is_empty()),
            default: "",
            meaning: "hosts whose secrets may go to a foreign realm",
        },
        Row {
            key: "profiles.NAME.inherit",
            present: config.inheriting.join(" "),
            origin: in_file(!config.inheriting.is_empty()),
            default: "false",
            meaning: "profiles that also see the default one",
        },
    ]
}

fn store(context: &Context<'_>) -> (String, Origin) {
    let variable = context.environment.text("PORTUNUS_STORE");
    match (variable, &context.config.store) {
        (Some(name), _) => (name.to_owned(), Origin::Variable("PORTUNUS_STORE")),
        (None, Some(name)) => (name.clone(), Origin::File),
        (None, None) => ("auto".to_owned(), Origin::Default),
    }
}

fn in_file(written: bool) -> Origin {
    match written {
        true => Origin::File,
        false => Origin::Default,
    }
}

fn paths(paths: &[PathBuf]) -> String {
    let texts: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    texts.join(" ")
}

fn realms(pairs: &[(String, String)]) -> String {
    let texts: Vec<String> = pairs
        .iter()
        .map(|(host, realm)| format!("{host}→{realm}"))
        .collect();
    texts.join(" ")
}
