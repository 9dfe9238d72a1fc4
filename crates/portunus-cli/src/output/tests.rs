use std::ffi::OsString;

use support::screen::Screen;

use crate::streams::{Streams, Terminals};
use portunus_client::Environment;

/// What both streams show of a command.
pub(crate) fn shown(arguments: &[&str], terminal: bool, variables: &[(&str, &str)]) -> String {
    let screen = Screen::default();
    let mut streams = Streams::of_this_process();
    streams.stdout = Box::new(screen.clone());
    streams.stderr = Box::new(screen.clone());
    streams.terminals = Terminals {
        stdin: terminal,
        stdout: terminal,
        stderr: terminal,
    };
    let variables = variables
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let arguments = ["portunus"].iter().chain(arguments).map(OsString::from);
    crate::run(arguments, &Environment::new(variables), &mut streams);
    screen.text()
}

#[test]
fn colours_are_for_terminals_of_people_who_want_them() {
    for arguments in [["--help"].as_slice(), &["resovle"]] {
        for (terminal, variables, coloured) in [
            (true, [].as_slice(), true),
            (false, &[], false),
            (true, &[("NO_COLOR", "1")], false),
            (true, &[("NO_COLOR", "")], true),
            (true, &[("TERM", "dumb")], false),
        ] {
            let shown = shown(arguments, terminal, variables);
            assert!(!shown.is_empty());
            assert_eq!(shown.contains('\u{1b}'), coloured, "{variables:?}\n{shown}");
        }
    }
}

#[test]
fn a_note_is_labelled_for_people_and_not_in_json() {
    let nowhere = [
        ("PORTUNUS_CONFIG_DIR", "/nowhere/portunus"),
        ("PORTUNUS_HOSTS_DIR", "/nowhere/certs.d"),
    ];
    let told = "`alpine` is read as docker.io/library/alpine:latest";
    let text = shown(&["resolve", "alpine"], false, &nowhere);
    assert!(text.contains(&format!("note: {told}")), "{text}");
    let json = shown(&["resolve", "alpine", "--log-format=json"], false, &nowhere);
    assert!(json.contains(&format!("\"message\":\"{told}")), "{json}");
}
