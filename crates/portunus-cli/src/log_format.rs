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
        let value = value_in("--log-format", arguments)?;
        Self::from_str(value, false).ok()
    }
}

/// The value that a flag has in a line that need not make sense otherwise: the last one.
pub(crate) fn value_in<'a>(flag: &str, arguments: &'a [OsString]) -> Option<&'a str> {
    let options = arguments.iter().take_while(|word| *word != "--");
    let words: Vec<&str> = options.filter_map(|word| word.to_str()).collect();
    let apart = words.windows(2).filter(|pair| pair[0] == flag);
    let apart = apart.map(|pair| pair[1]);
    let joined = words.iter().filter_map(|word| word.strip_prefix(flag));
    let joined = joined.filter_map(|rest| rest.strip_prefix('='));
    apart.chain(joined).last()
}
