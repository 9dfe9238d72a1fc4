//! The libraries know no program: what to do about a failure they give as data, and whoever embeds
//! them says it in the words of its own commands.

use std::path::Path;

use support::workspace;

const LIBRARIES: [&str; 8] = [
    "containerd-hosts",
    "portunus",
    "portunus-buildkit",
    "portunus-client",
    "portunus-containerd",
    "portunus-http",
    "portunus-keyring",
    "portunus-kubernetes",
];

/// The one place that knows words of a command line, for all programs that have these commands.
const ARGUMENTS: &str = "crates/portunus/src/remedy/arguments.rs";

/// It reads these variables, and says so.
const READS_VARIABLES: &str = "crates/portunus-client/src";

/// They call docker, and read Dockerfiles, whose flags these are.
const OTHERS_FLAGS: [&str; 2] = [
    "crates/portunus-buildkit/src/images/dockerfile.rs",
    "crates/portunus-client/src/docker_builder.rs",
];

/// Variables between ourselves: they are told to no one.
const UNTOLD: [&str; 1] = ["PORTUNUS_INSIDE_HELPER"];

const COMMANDS: [&str; 12] = [
    "check",
    "completion",
    "config",
    "hosts",
    "list",
    "login",
    "logout",
    "man",
    "profile",
    "pull",
    "push",
    "resolve",
];

#[support::test]
fn no_library_names_a_command_a_flag_or_a_variable_of_the_program() {
    let mut wrong = Vec::new();
    for file in workspace::files(&[".rs"]) {
        let of_library = |name| file.starts_with(format!("crates/{name}/src"));
        let may = file == Path::new(ARGUMENTS) || file.ends_with("tests.rs");
        if may || !LIBRARIES.into_iter().any(of_library) {
            continue;
        }
        let mut named = named(&workspace::read(&file));
        if file.starts_with(READS_VARIABLES) {
            named.retain(|word| !word.starts_with("PORTUNUS_"));
        }
        if OTHERS_FLAGS.iter().any(|it| file == Path::new(it)) {
            named.retain(|word| !word.starts_with("--"));
        }
        wrong.extend(named.iter().map(|it| format!("{}: {it}", file.display())));
    }
    assert_eq!(wrong, [""; 0]);
}

#[support::test]
fn a_library_that_did_would_be_seen() {
    for text in [
        r#"help("run `portunus login HOST`")"#,
        r#"format!("portunus resolve --probe {reference}")"#,
        r#""use --local, which asks each of them on its own""#,
        r#"const HELP: &str = "set PORTUNUS_STORE=file";"#,
        "\"choose another \\\n     --store\"",
    ] {
        assert!(!named(text).is_empty(), "{text}");
    }
    for text in [
        "/// What `portunus login --profile ci` stores.",
        r#"const INSIDE: &str = "PORTUNUS_INSIDE_HELPER";"#,
        r#"concat!("portunus/", env!("CARGO_PKG_VERSION"))"#,
        r#"refused("-a", "a--b", "a---b", "---")"#,
        r#""-----BEGIN CERTIFICATE-----""#,
        "let remaining = count - --depth;",
    ] {
        assert_eq!(named(text), [""; 0], "{text}");
    }
}

/// The words in the texts of a file that only a program can know. Comments may explain by them,
/// and tests may look for them.
fn named(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n");
    // Every second piece lies between quotes; a quote within a text only makes more of them.
    let texts = code.split('"').skip(1).step_by(2);
    texts.flat_map(words).collect()
}

fn words(text: &str) -> Vec<String> {
    let word = |c: char| c.is_alphanumeric() || "_-".contains(c);
    let words: Vec<&str> = text
        .split(|c| !word(c))
        .filter(|it| !it.is_empty())
        .collect();
    let commands = words
        .windows(2)
        .filter(|pair| pair[0] == "portunus" && COMMANDS.contains(&pair[1]))
        .map(|pair| pair.join(" "));
    let others = words.iter().filter(|word| {
        let flag = word
            .strip_prefix("--")
            .is_some_and(|flag| flag.starts_with(|c: char| c.is_ascii_lowercase()));
        let variable = word.starts_with("PORTUNUS_") && !UNTOLD.contains(word);
        flag || variable
    });
    commands
        .chain(others.map(|word| (*word).to_owned()))
        .collect()
}
