//! Which images a Dockerfile names (`frontend/dockerfile/parser` and `instructions` of BuildKit).

use std::collections::{BTreeMap, BTreeSet};

use super::instruction::{Instruction, directives, instructions};
use super::variables::{Values, cut, put_in};

/// A Dockerfile that is being read.
#[derive(Debug)]
pub(super) struct Dockerfile<'a> {
    /// The build arguments; of one name the last counts.
    arguments: BTreeMap<&'a str, &'a str>,
    /// What is no image: stages so far, and other contexts.
    names: BTreeSet<String>,
    values: Values,
    pub(super) found: Vec<Found>,
}

/// A reference as it is written, variables put in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) line: usize,
    pub(super) text: String,
    /// A variable in it without a value.
    pub(super) unset: Option<String>,
}

impl<'a> Dockerfile<'a> {
    pub(super) fn new(arguments: &'a [(String, String)], contexts: &[String]) -> Self {
        let contexts = contexts.iter().map(|name| name.to_lowercase());
        let arguments = arguments.iter();
        Self {
            arguments: arguments.map(|(name, value)| (&**name, &**value)).collect(),
            names: contexts.chain(["scratch".to_owned()]).collect(),
            values: Values::default(),
            found: Vec::new(),
        }
    }

    pub(super) fn read(&mut self, text: &str) {
        let mut escape = '\\';
        for (line, name, value) in directives(text) {
            match &*name {
                "syntax" => self.add(line, value.split_whitespace().next().unwrap_or_default()),
                "escape" => escape = if value == "`" { '`' } else { '\\' },
                _ => {}
            }
        }
        for instruction in instructions(text, escape) {
            self.take(&instruction);
        }
    }

    fn take(&mut self, instruction: &Instruction) {
        let Instruction { line, name, rest } = instruction;
        match &**name {
            "ARG" => self.declare(rest),
            "ENV" => self.set(rest),
            "FROM" => self.begin_stage(*line, rest),
            "COPY" | "ADD" => {
                for flag in flags(rest) {
                    if let Some(from) = flag.strip_prefix("--from=") {
                        self.add_source(*line, from);
                    }
                }
            }
            "RUN" => {
                for flag in flags(rest) {
                    let fields = flag.strip_prefix("--mount=").unwrap_or_default().split(',');
                    for from in fields.filter_map(|field| field.strip_prefix("from=")) {
                        self.add_source(*line, from);
                    }
                }
            }
            _ => {}
        }
    }

    /// `FROM [--platform=…] IMAGE [AS NAME]`: only what was declared before the first one counts.
    fn begin_stage(&mut self, line: usize, rest: &str) {
        self.values.begin_stage();
        let mut words = rest
            .split_whitespace()
            .skip_while(|word| word.starts_with("--"));
        let image = words.next().unwrap_or_default();
        self.add(line, image.trim_matches('"'));
        let is_as = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("as"));
        if let (true, Some(name)) = (is_as, words.next()) {
            self.names.insert(name.to_lowercase());
        }
    }

    /// A stage may be named by its number, too.
    fn add_source(&mut self, line: usize, text: &str) {
        let text = text.trim_matches('"');
        if text.parse::<usize>().is_err() {
            self.add(line, text);
        }
    }

    fn add(&mut self, line: usize, text: &str) {
        let (text, unset) = put_in(text, &self.values);
        if text.is_empty() && unset.is_none() || self.names.contains(&text.to_lowercase()) {
            return;
        }
        self.found.push(Found { line, text, unset });
    }

    fn declare(&mut self, rest: &str) {
        for word in rest.split_whitespace() {
            let (name, default) = match word.split_once('=') {
                Some((name, default)) => (name, Some(default.trim_matches(['"', '\'']))),
                None => (word, None),
            };
            let value = match (self.arguments.get(name), default) {
                (Some(given), _) => Some(cut((*given).to_owned())),
                (None, Some(default)) => Some(put_in(default, &self.values).0),
                // In a stage it brings in what was declared before the first one.
                (None, None) => self.values.get(name).map(str::to_owned),
            };
            self.values.insert(name, value);
        }
    }

    fn set(&mut self, rest: &str) {
        for word in rest.split_whitespace() {
            if let Some((name, value)) = word.split_once('=') {
                let value = put_in(value.trim_matches(['"', '\'']), &self.values).0;
                self.values.insert(name, Some(value));
            }
        }
    }
}

/// The flags before everything else.
fn flags(rest: &str) -> impl Iterator<Item = &str> {
    rest.split_whitespace()
        .take_while(|word| word.starts_with("--"))
}
