//! The instructions of a Dockerfile, without knowing what they mean.

use std::collections::VecDeque;

/// One instruction, its lines joined.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    /// Its first line, from 1.
    pub(super) line: usize,
    /// In upper case.
    pub(super) name: String,
    /// What stands behind it.
    pub(super) rest: String,
}

/// What stands in the comments at the start: `# syntax=…`, `# escape=…`.
pub(super) fn directives(text: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}').trim();
        if at == 0 && line.starts_with("#!") {
            continue;
        }
        let comment = line.strip_prefix('#').or_else(|| line.strip_prefix("//"));
        let Some((name, value)) = comment.and_then(|comment| comment.split_once('=')) else {
            break;
        };
        let name = name.trim().to_ascii_lowercase();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            break;
        }
        found.push((at + 1, name, value.trim().to_owned()));
    }
    found
}

/// The instructions, one after the other. Bodies of here-documents are no instructions.
pub(super) fn instructions(text: &str, escape: char) -> Vec<Instruction> {
    let mut found: Vec<Instruction> = Vec::new();
    let mut open: Option<(usize, String)> = None;
    let mut documents: VecDeque<(String, bool)> = VecDeque::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}');
        if let Some((end, strips)) = documents.front() {
            let shown = if *strips {
                line.trim_start_matches('\t')
            } else {
                line
            };
            if shown == end {
                documents.pop_front();
            }
            continue;
        }
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (line_at, so_far) = open.take().unwrap_or((at + 1, String::new()));
        if let Some(part) = trimmed.strip_suffix(escape) {
            open = Some((line_at, so_far + part + " "));
            continue;
        }
        let whole = so_far + trimmed;
        let instruction = split(line_at, &whole);
        if matches!(&*instruction.name, "RUN" | "COPY" | "ADD") {
            documents = here_documents(&instruction.rest);
        }
        found.push(instruction);
    }
    if let Some((line, whole)) = open {
        found.push(split(line, whole.trim()));
    }
    found
}

fn split(line: usize, text: &str) -> Instruction {
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    Instruction {
        line,
        name: name.to_ascii_uppercase(),
        rest: rest.trim().to_owned(),
    }
}

/// The ends of the here-documents that an instruction begins, and whether tabs before them go.
fn here_documents(text: &str) -> VecDeque<(String, bool)> {
    let mut found = VecDeque::new();
    for piece in text.split("<<").skip(1) {
        let strips = piece.starts_with('-');
        let word = piece.strip_prefix('-').unwrap_or(piece);
        let word = word.trim_start_matches(['"', '\'']);
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let length = word.find(|c| !is_word(c)).unwrap_or(word.len());
        // `<<<` begins none.
        if length > 0 && !piece.starts_with('<') {
            found.push_back((word[..length].to_owned(), strips));
        }
    }
    found
}
