//! `design/glossary.md` is true: a type that it names is defined in the file that it gives as its
//! home, and no other type of the libraries and the program has that name.

use std::collections::BTreeMap;

use support::workspace;

#[support::test]
fn a_word_of_the_glossary_is_one_type_at_its_home() {
    let defined = definitions();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (names, homes) in rows() {
        for name in names {
            let Some(files) = defined.get(&name) else {
                wrong.push(format!("{name} is defined nowhere"));
                continue;
            };
            seen += 1;
            let is_home = |file: &&String| homes.iter().any(|home| shares_folder(file, home));
            if !files.iter().any(|file| is_home(&file)) {
                wrong.push(format!("{name} is in {files:?}, not in {homes:?}"));
            }
            if files.len() > 1 {
                wrong.push(format!("{name} is {} types: {files:?}", files.len()));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(seen > 60, "only {seen} words were found in the glossary");
}

/// The file itself, or one beside it: a row names one file for several words.
fn shares_folder(file: &str, home: &str) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    file == home || folder(file) == folder(home)
}

/// The types of each row, and its homes as paths from the root.
fn rows() -> Vec<(Vec<String>, Vec<String>)> {
    let text = workspace::read("design/glossary.md".as_ref());
    let mut base = "";
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            base = match heading {
                "portunus-cli" => "crates/portunus-cli/src/",
                "portunus-client" => "crates/portunus-client/src/",
                _ => "",
            };
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let (Some(home), true) = (cells.last(), cells.len() >= 3) else {
            continue;
        };
        let homes: Vec<String> = quoted(home).map(|it| format!("{base}{it}")).collect();
        let named = cells[..cells.len() - 2]
            .iter()
            .flat_map(|cell| quoted(cell));
        let is_type = |name: &&str| {
            name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric)
        };
        let names: Vec<String> = named.filter(is_type).map(str::to_owned).collect();
        if homes.iter().any(|home| home.ends_with(".rs")) && !names.is_empty() {
            rows.push((names, homes));
        }
    }
    rows
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Each type of the crates that are published, with the files that define one of that name.
fn definitions() -> BTreeMap<String, Vec<String>> {
    let mut defined: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in workspace::files(&[".rs"]) {
        let path = file.to_string_lossy().into_owned();
        if !path.starts_with("crates/") || !path.contains("/src/") || path.contains("/xtask/") {
            continue;
        }
        for line in workspace::read(&file).lines() {
            let line = line.trim_start();
            let line = line.strip_prefix("pub").map_or(line, |rest| {
                rest.trim_start_matches(|c: char| c != ' ').trim_start()
            });
            let kinds = ["struct ", "enum ", "trait "];
            let Some(rest) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) else {
                continue;
            };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
            let files = defined.entry(name).or_default();
            if !files.contains(&path) {
                files.push(path.clone());
            }
        }
    }
    defined
}
