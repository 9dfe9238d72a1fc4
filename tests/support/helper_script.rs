//! A credential helper that plays given answers and keeps what it was asked.

use std::fs;
use std::path::PathBuf;

use crate::home::Home;

/// What was stored or erased goes before the answers that a script was given.
const KEPT: &str = r#"found=
if [ "$1" = get ] && [ -f "$kept" ]; then
  while IFS= read -r line; do
    case "$line" in
      "store "*"\"$input\""*) found=${line#store };;
      "erase $input") found=gone;;
    esac
  done < "$kept"
  case "$found" in
    '') ;;
    gone) echo 'credentials not found in native keychain'; exit 1;;
    *) printf '%s\n' "$found"; exit 0;;
  esac
fi
"#;

/// Answers of a `docker-credential-*` program, to be put on a home's `PATH`.
#[derive(Debug, Default)]
pub struct HelperScript {
    cases: String,
}

/// A helper that is on a home's `PATH`.
#[derive(Debug)]
pub struct InstalledHelper {
    log: PathBuf,
}

impl HelperScript {
    /// A helper that knows nothing: not found, as docker's own helpers say it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a verb (`get`, `list`, …) with that input by this output and exit code.
    pub fn answer(mut self, verb: &str, input: &str, output: &str, code: i32) -> Self {
        let (asked, output) = (quoted(&format!("{verb} {input}")), quoted(output));
        self.cases += &format!("  {asked}) printf '%s\\n' {output}; exit {code};;\n");
        self
    }

    /// Answers `get` for that server with a user name and secret.
    pub fn holds(self, server: &str, user: &str, secret: &str) -> Self {
        let answer = serde_json::json!({ "ServerURL": server, "Username": user, "Secret": secret });
        self.answer("get", server, &answer.to_string(), 0)
    }

    /// Puts it on the home's `PATH` as `docker-credential-NAME`.
    pub fn install(self, home: &Home, name: &str) -> InstalledHelper {
        let log = home.path().join(format!("{name}.calls"));
        let journal = home.path().join(format!("{name}.kept"));
        // It keeps nothing of one that had its name.
        let _ = fs::remove_file(&journal);
        // Only what the shell can do itself: the home's `PATH` has no other programs.
        let script = format!(
            "#!/bin/sh\nIFS= read -r input\nprintf '%s\\n' \"$1 $input\" >> {log}\nkept={journal}\n{KEPT}\
             case \"$1 $input\" in\n{cases}  \
             store\\ *|erase\\ *) printf '%s\\n' \"$1 $input\" >> \"$kept\"; exit 0;;\n  \
             list\\ *) echo '{{}}'; exit 0;;\nesac\n\
             echo 'credentials not found in native keychain'\nexit 1\n",
            log = quoted(log.to_str().unwrap()),
            journal = quoted(journal.to_str().unwrap()),
            cases = self.cases,
        );
        home.write_script(&format!("docker-credential-{name}"), &script);
        InstalledHelper { log }
    }
}

impl InstalledHelper {
    /// Every call so far: the verb, a space, the first line of the input.
    pub fn calls(&self) -> Vec<String> {
        fs::read_to_string(&self.log)
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
