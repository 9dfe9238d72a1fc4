use std::ffi::OsString;

use clap::ValueEnum;

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum LogFormat {
    /// One line an event, for people.
    Text,
    /// One JSON object an event.
    Json,
}

impl LogFormat {
    /// What `--log-format` says in a line that need not make sense otherwise: what is wrong with
    /// it is to be told in that format as well.
    pub(crate) fn named_in(arguments: &[OsString]) -> Option<Self> {
        let value = values_in("--log-format", arguments).pop()?;
        Self::from_str(value, false).ok()
    }
}

/// The values that a flag has in a line that need not make sense otherwise, as `--flag value` and as
/// `--flag=value`, in order.
pub(crate) fn values_in<'a>(flag: &str, arguments: &'a [OsString]) -> Vec<&'a str> {
    let options = arguments.iter().take_while(|word| *word != "--");
    let words: Vec<&str> = options.map(|it| it.to_str().unwrap_or_default()).collect();
    let mut values = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match word.strip_prefix(flag) {
            Some("") => values.extend(words.get(at + 1)),
            Some(rest) => values.extend(rest.strip_prefix('=')),
            None => {}
        }
    }
    values
}
