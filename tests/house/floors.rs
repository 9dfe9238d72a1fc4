//! The direction of the arrows inside a crate: a room knows only what is below it.

use std::collections::BTreeSet;

use support::workspace;

/// A folder, the path by which its files name each other, and its rooms by floors, the top one
/// first.
type House = (
    &'static str,
    &'static str,
    &'static [&'static [&'static str]],
);

const HOUSES: &[House] = &[
    (
        "crates/portunus-http/src",
        "crate::",
        &[
            &["ask", "transfer"],
            &["wire"],
            &["image", "options"],
            &["outcome"],
        ],
    ),
    (
        "crates/portunus-containerd/src",
        "crate::",
        &[
            &["load"],
            &["transfer"],
            &["callback"],
            &["lease"],
            &["daemon"],
        ],
    ),
    (
        "crates/portunus-buildkit/src",
        "crate::",
        &[
            &["transport"],
            &["service"],
            &["answers"],
            &["images", "proto"],
        ],
    ),
    (
        "crates/portunus-kubernetes/src",
        "crate::",
        &[&["export", "provider", "pull_secret"], &["manifest"]],
    ),
    (
        "crates/portunus-cli/src",
        "crate::",
        &[
            &["running"],
            &["usage"],
            &["arguments"],
            &["mounted"],
            &["verb"],
            &["export", "hosts", "pull", "push", "resolve"],
            &[
                "image",
                "list",
                "login",
                "logout",
                "profile",
                "pull_secrets",
            ],
            &[
                "check",
                "completion",
                "config_command",
                "credential_helper",
                "credential_provider",
                "daemon",
                "version",
            ],
            &["confirm"],
            &["context"],
            &["output", "progress", "log"],
            &["interrupt", "waiting"],
            &["streams"],
            &["explain", "messages", "misuse", "global"],
            &["bare_host", "colours"],
            &["failure"],
            &[
                "exit",
                "finding_help",
                "foreign_flags",
                "foreign_commands",
                "log_format",
                "examples",
            ],
            &["help"],
            &["program"],
            &["each_once", "shell_word"],
        ],
    ),
    (
        "crates/portunus-client/src",
        "crate::",
        &[
            &["containerd", "design", "profiles"],
            &["logout", "transfer"],
            &["list", "login"],
            &["check", "resolve"],
            &[
                "credential_helper",
                "export",
                "http",
                "known_names",
                "kubernetes",
            ],
            &["docker_builder"],
            &["docker_folder"],
            &["settings"],
            &["stores"],
            &["observer"],
            &["prepared_warning"],
            &["events", "push_target", "runtime_folder"],
            &["error"],
            &[
                "environment",
                "named_helper",
                "setting_source",
                "store_choice",
            ],
        ],
    ),
];

/// What lies in no room is wrong too, and what is named by way of the folder's own file.
#[support::test]
fn the_rooms_of_a_crate_know_only_lower_floors() {
    let mut wrong = Vec::new();
    for (folder, path, floors) in HOUSES {
        let mut rooms = BTreeSet::new();
        for file in workspace::files(&[".rs"]) {
            let Ok(inner) = file.strip_prefix(folder) else {
                continue;
            };
            let room = inner.iter().next().unwrap().to_str().unwrap();
            let room = room.trim_end_matches(".rs");
            if ["lib", "main", "mod"].contains(&room) {
                continue;
            }
            let Some(floor) = floors.iter().position(|floor| floor.contains(&room)) else {
                wrong.push(format!("{} is in no room", file.display()));
                continue;
            };
            rooms.insert(room.to_owned());
            // A room's tests may come in by the front door.
            if file.ends_with("tests.rs") {
                continue;
            }
            let below = floors[floor + 1..].concat();
            for named in modules_named(&code_of(&workspace::read(&file)), path) {
                if named != room && !below.contains(&named.as_str()) {
                    wrong.push(format!("{} names {named}", file.display()));
                }
            }
        }
        for room in floors.concat() {
            if !rooms.contains(room) {
                wrong.push(format!("{folder} has no room {room}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

fn code_of(text: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// What follows a path such as `crate::` anywhere, in `crate::{…}` too.
pub(crate) fn modules_named(text: &str, path: &str) -> BTreeSet<String> {
    let word = |text: &str| -> String {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let mut named = BTreeSet::new();
    for rest in text.split(path).skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            named.insert(word(rest));
            continue;
        };
        let (mut depth, mut expected) = (1, true);
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => expected = depth == 1,
                _ if expected && c.is_alphabetic() => {
                    named.insert(word(&group[at..]));
                    expected = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    named
}
