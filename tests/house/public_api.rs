//! What is public can last: no type of a crate that is not yet 1.0 stands in the signatures of the
//! core and of `containerd-hosts`, since such a crate breaks its callers with every minor version;
//! and what may grow says so.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use support::workspace;

/// Where a caller is to be stopped by the compiler when there is a case more: each kind of secret
/// is sent in another way, and whoever drives the authorizer has to take each step.
const COMPLETE: &[&str] = &[
    "Credential",
    "CredentialKind",
    "Authentication",
    "Next",
    "ErrandStep",
    "Payload",
    "Method",
    "Target",
    "Conduct",
    "Addresses",
    "Heard",
    "Trouble",
    "Purpose",
    "Account",
];

#[support::test(needs("cargo?"))]
fn no_type_of_an_unfinished_crate_stands_in_the_libraries_signatures() {
    let mut wrong = Vec::new();
    for (package, known) in [("portunus", "base64"), ("containerd-hosts", "x509_cert")] {
        let unfinished = unfinished_dependencies(package);
        assert!(unfinished.contains(known), "{unfinished:?}");
        let folder = Path::new("crates").join(package).join("src");
        for file in workspace::files(&[".rs"]) {
            if file.starts_with(&folder) {
                let shown = shown(&workspace::read(&file), &unfinished);
                wrong.extend(shown.iter().map(|it| format!("{}: {it}", file.display())));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[support::test]
fn such_a_type_would_be_seen() {
    let unfinished = BTreeSet::from(["base64".to_owned()]);
    for text in [
        "pub use base64::DecodeError;",
        "pub fn read(text: &str) -> Result<(), base64::DecodeError> {}",
        "use base64::DecodeError;\npub struct Broken {\n    pub source: DecodeError,\n}",
        "use base64::{Engine, DecodeError as Cause};\npub enum Broken { Text(Cause) }",
        "use base64::DecodeError;\nimpl From<DecodeError> for Broken {}",
        "pub trait Read { fn read(&self) -> base64::DecodeError; }",
    ] {
        assert_eq!(shown(text, &unfinished).len(), 1, "{text}");
    }
    for text in [
        "use base64::Engine;\npub fn read(text: &str) { STANDARD.decode(text) }",
        "use base64::DecodeError;\npub(crate) fn read() -> DecodeError {}",
        "/// As base64::Engine does.\npub fn read() {}",
    ] {
        assert_eq!(shown(text, &unfinished).len(), 0, "{text}");
    }
}

#[support::test]
fn what_shows_its_parts_may_grow() {
    let mut closed = Vec::new();
    for file in workspace::files(&[".rs"]) {
        let mut folders = file.iter().skip(2);
        if !file.starts_with("crates") || folders.next().is_none_or(|folder| folder != "src") {
            continue;
        }
        // Attributes, documentation and an item make one paragraph.
        for paragraph in workspace::read(&file).split("\n\n") {
            let (_, item) = match paragraph.split_once("\npub ") {
                Some(parts) => parts,
                None => ("", paragraph.strip_prefix("pub ").unwrap_or_default()),
            };
            let fields = item.contains("\n    pub ") || item.contains("(pub ");
            let shows = item.starts_with("enum ") || item.starts_with("struct ") && fields;
            let name = words(item).nth(1).unwrap_or_default();
            // At the left edge: inside, it is a variant's.
            let may_grow = paragraph.lines().any(|line| line == "#[non_exhaustive]");
            if shows && !may_grow && !COMPLETE.contains(&name) {
                closed.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert_eq!(closed, [""; 0]);
}

/// The direct dependencies of a package with a version below 1, as they are named in its code. The
/// crates of this workspace are released together, so that none breaks the others.
fn unfinished_dependencies(name: &str) -> BTreeSet<String> {
    let ran = workspace::cargo(&["metadata", "--locked", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&ran.assert_success().stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = |id: &Value| {
        packages
            .iter()
            .find(|package| package["id"] == *id)
            .unwrap()
    };
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let core = nodes
        .iter()
        .find(|node| package(&node["id"])["name"] == name)
        .unwrap();
    let dependencies = core["deps"].as_array().unwrap().iter();
    dependencies
        .filter(|dependency| {
            let package = package(&dependency["pkg"]);
            let is_ours = package["source"].is_null();
            !is_ours && package["version"].as_str().unwrap().starts_with("0.")
        })
        .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The public signatures of a file in which one of these crates, or a name that the file imports
/// from one, occurs.
///
/// What this sees is text: what starts with `pub ` (a field, a function, a re-export), the whole of
/// a public enum or trait, and the head of an `impl`. It takes an item that is public in a private
/// module for public, and sees neither through a type alias nor what a derive brings along.
fn shown(text: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let code: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let statements = |starts: &'static [&str]| {
        let code = &code;
        code.iter().enumerate().filter_map(move |(at, line)| {
            let line = line.trim_start();
            let found = starts.iter().any(|start| line.starts_with(start));
            found.then(|| code[at..].join("\n"))
        })
    };
    let mut foreign = crates.clone();
    for import in statements(&["use "]) {
        let import = import.split(';').next().unwrap();
        if words(import)
            .nth(1)
            .is_some_and(|name| crates.contains(name))
        {
            let names = words(import).skip(1).filter(|word| *word != "as");
            foreign.extend(names.map(str::to_owned));
        }
    }
    let heads = statements(&["pub ", "impl"])
        .map(|statement| statement.split(['{', ';']).next().unwrap().to_owned());
    let wholes = statements(&["pub enum ", "pub trait "])
        .map(|statement| statement.split("\n}").next().unwrap().to_owned());
    heads
        .chain(wholes)
        .filter(|signature| words(signature).any(|word| foreign.contains(word)))
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}
