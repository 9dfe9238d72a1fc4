//! bash cuts the words of a line at `:` and `=` too, and replaces only the last piece: a host with a
//! port, or `--flag=value`, must be put together again, and what is offered cut the same way.

use std::ffi::{OsStr, OsString};

use clap_complete::engine::CompletionCandidate;

use portunus_client::Environment;

/// Holds the line up to the cursor.
const LINE: &str = "PORTUNUS_COMPLETE_LINE";
/// Holds the piece that bash will replace.
const PIECE: &str = "PORTUNUS_COMPLETE_PIECE";

/// What bash sources.
const SCRIPT: &str = r#"_IDENTIFIER() {
    local IFS=$'\n'
    COMPREPLY=($(
        PORTUNUS_COMPLETE=bash \
        PORTUNUS_COMPLETE_LINE="${COMP_LINE:0:COMP_POINT}" \
        PORTUNUS_COMPLETE_PIECE="$2" \
        PROGRAM -- "${COMP_WORDS[@]:0:COMP_CWORD+1}"
    ))
    if [[ "${COMPREPLY[*]}" == *[=/:] ]]; then
        compopt -o nospace 2> /dev/null
    fi
}
complete -o bashdefault -F _IDENTIFIER PROGRAM
"#;

/// The script for a program, whose name is also a part of its function's name.
pub(super) fn script(program: &str, identifier: &str) -> String {
    SCRIPT
        .replace("IDENTIFIER", identifier)
        .replace("PROGRAM", program)
}

/// The words as a shell that cuts at spaces only would hand them over.
pub(super) fn join_words(words: &[OsString], environment: &Environment) -> Vec<OsString> {
    let Ok(Some(mut rest)) = environment.text(LINE) else {
        return words.to_vec();
    };
    let mut joined: Vec<OsString> = Vec::new();
    for word in words {
        let trimmed = rest.trim_start();
        let is_apart = trimmed.len() < rest.len() || joined.is_empty();
        rest = trimmed;
        // The last word reaches beyond the cursor, where that is in the middle of it.
        let piece = match word.to_str().and_then(|word| rest.strip_prefix(word)) {
            Some(after) => {
                rest = after;
                word.as_os_str()
            }
            None => OsStr::new(std::mem::take(&mut rest)),
        };
        match joined.last_mut().filter(|_| !is_apart) {
            Some(last) => last.push(piece),
            None => joined.push(piece.to_owned()),
        }
    }
    joined
}

/// The candidates for the last word, without what stands before the piece that bash replaces.
pub(super) fn replies(
    candidates: &[CompletionCandidate],
    word: &OsStr,
    environment: &Environment,
) -> String {
    let word = word
        .to_str()
        .filter(|_| environment.variable(LINE).is_some());
    let piece = environment.text(PIECE).ok().flatten().unwrap_or_default();
    let before = word.and_then(|word| word.strip_suffix(piece));
    let before = before.unwrap_or_default();
    let values = candidates.iter().filter_map(|c| c.get_value().to_str());
    let cut = values.map(|value| value.strip_prefix(before).unwrap_or(value));
    cut.map(|value| format!("{value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(line: &str) -> Environment {
        Environment::new([(LINE.into(), line.into())])
    }

    #[test]
    fn what_bash_cut_is_put_together() {
        for (line, words, expected) in [
            (
                "p logout m",
                vec!["p", "logout", "m"],
                vec!["p", "logout", "m"],
            ),
            (
                "p logout ",
                vec!["p", "logout", ""],
                vec!["p", "logout", ""],
            ),
            (
                "p logout m:50",
                vec!["p", "logout", "m", ":", "50"],
                vec!["p", "logout", "m:50"],
            ),
            (
                "p login  --registry-namespace=r:5 m:",
                vec![
                    "p",
                    "login",
                    "--registry-namespace",
                    "=",
                    "r",
                    ":",
                    "5",
                    "m",
                    ":",
                ],
                vec!["p", "login", "--registry-namespace=r:5", "m:"],
            ),
            // The cursor is behind the `m`.
            (
                "p logout m",
                vec!["p", "logout", "mirror"],
                vec!["p", "logout", "m"],
            ),
        ] {
            let words: Vec<OsString> = words.into_iter().map(OsString::from).collect();
            assert_eq!(join_words(&words, &environment(line)), expected, "{line}");
        }
    }
}
