//! Changes the vectors' files at random and reads what comes out, for as long as it is told.
//!
//! `cargo test -p containerd-hosts --test hosts_fuzz -- --seconds 600 --seed 7`; three seconds unless told.
//! Fails on a panic, on more than 64 MiB of memory for one file, and on a file that takes ten
//! seconds. Needs no nightly compiler, so that every run of the tests includes a little of it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what the machine does not give is a failed test, told to the person who runs it"
)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use containerd_hosts::{DaemonVersion, HostsTree, Reading, RegistryNamespace};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MOST_MEMORY: usize = 64 << 20;
const LONGEST: Duration = Duration::from_secs(10);
const LARGEST_FILE: usize = 1 << 20;

fn main() -> ExitCode {
    let seconds = argument("--seconds").unwrap_or(3);
    let seed = argument("--seed").unwrap_or(1);
    let corpus = corpus();
    let mut random = Random(seed.max(1));
    let root = tempfile::tempdir().unwrap();
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut count, mut most_memory, mut longest) = (0_u64, 0, Duration::ZERO);
    while Instant::now() < end {
        let input = random.input(&corpus);
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| read(root.path(), &input)));
        let (memory, time) = (MEMORY.peak_usage().saturating_sub(before), start.elapsed());
        if outcome.is_err() || memory > MOST_MEMORY || time > LONGEST {
            let kept = std::env::temp_dir().join("hosts_fuzz_input.toml");
            fs::write(&kept, &input).unwrap();
            eprintln!(
                "{memory} bytes of memory, {time:?}; input kept in {}",
                kept.display()
            );
            return ExitCode::FAILURE;
        }
        (most_memory, longest, count) = (most_memory.max(memory), longest.max(time), count + 1);
    }
    println!(
        "{count} files in {seconds} s, at most {most_memory} bytes of memory and {longest:?} for one"
    );
    ExitCode::SUCCESS
}

/// Everything that reads a file.
fn read(root: &Path, input: &[u8]) {
    let directory = root.join("reg.test");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("hosts.toml"), input).unwrap();
    let directories = HostsTree::new(vec![root.to_owned()]).with_announced_key("credential_domain");
    let name = RegistryNamespace::new("reg.test").unwrap();
    for daemon in [None, Some(DaemonVersion::V1_7)] {
        let _ = directories.hosts(&name, Reading::AsContainerd { daemon });
    }
    let strict = directories.hosts(&name, Reading::STRICT);
    let _ = directories.check(&[], None);
    if let Ok(strict) = strict {
        let target = tempfile::tempdir().unwrap();
        // Certificates that are named are not there, so few files come this far.
        directories
            .render(std::slice::from_ref(&name), None, target.path())
            .unwrap();
        let rendered = HostsTree::new(vec![target.path().to_owned()]);
        let rendered = rendered.hosts(&name, Reading::AS_CONTAINERD).unwrap();
        assert_eq!(rendered.hosts.len(), strict.hosts.len());
    }
}

/// The `hosts.toml` files of the conformance vectors.
fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/hosts");
    let mut corpus = Vec::new();
    for name in ["upstream", "docs", "systematic", "random"] {
        let lines = fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
        for line in lines.lines() {
            let vector: serde_json::Value = serde_json::from_str(line).unwrap();
            let files = vector["files"].as_object().unwrap();
            let texts = files
                .iter()
                .filter(|(path, _)| path.ends_with("hosts.toml"));
            corpus.extend(texts.filter_map(|(_, node)| Some(node.as_str()?.as_bytes().to_vec())));
        }
    }
    corpus
}

const PIECES: [&str; 34] = [
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "\"\"\"",
    "=",
    ".",
    ",",
    "\n",
    "\r",
    "\t",
    "#",
    "\\",
    "\\u00e9",
    "\u{feff}",
    "\0",
    "host",
    "[host.\"https://a\"]\n",
    "[[host]]\n",
    "server = ",
    "[header]\n",
    "ca = []\n",
    "1e400",
    "1979-13-27",
    "0x",
    "capabilities = [\"pull\"]\n",
    "dial_timeout = \"1s\"\n",
    "client = [[\"a\",\"b\"]]\n",
    "credential_domain = \"reg.test\"\n",
    "://",
    "%",
    "\u{e9}",
];

/// xorshift64: the same seed gives the same files.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).unwrap()
    }

    fn input(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = corpus[self.below(corpus.len())].clone();
        for _ in 0..self.below(6) {
            self.change(&mut input, corpus);
        }
        if self.below(300) == 0 {
            self.grow(&mut input);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        match self.below(5) {
            0 => drop(input.splice(at..at, PIECES[self.below(PIECES.len())].bytes())),
            1 => {
                let end = (at + self.below(9)).min(input.len());
                drop(input.drain(at..end));
            }
            2 if at < input.len() => input[at] = u8::try_from(self.below(256)).unwrap(),
            3 => {
                let other = &corpus[self.below(corpus.len())];
                let from = self.below(other.len() + 1);
                drop(input.splice(at..at, other[from..].iter().copied()));
            }
            _ => input.truncate(at),
        }
    }

    /// Repeats a piece, numbered where it may be a name, until the file is as large as allowed.
    fn grow(&mut self, input: &mut Vec<u8>) {
        let piece = PIECES[self.below(PIECES.len())];
        let numbered = self.below(2) == 0;
        for number in 0_u64.. {
            let more = match numbered {
                true => format!("[host.\"{number}{piece}\"]\n"),
                false => piece.to_owned(),
            };
            if input.len() + more.len() > LARGEST_FILE {
                return;
            }
            input.extend(more.bytes());
        }
    }
}

fn argument(name: &str) -> Option<u64> {
    let mut arguments = std::env::args();
    arguments.find(|argument| argument == name)?;
    arguments.next()?.parse().ok()
}
