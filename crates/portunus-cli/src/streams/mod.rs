#[cfg(unix)]
mod secret_prompt;

use std::fmt;
use std::io::{self, BufRead, IsTerminal, Write};

use portunus::secret::Secret;

use crate::messages::Messages;

/// Where the program reads and writes.
#[non_exhaustive]
pub struct Streams {
    /// Standard input.
    pub stdin: Box<dyn BufRead + Send>,
    /// Results.
    pub stdout: Box<dyn Write + Send>,
    /// Progress, warnings and errors.
    pub stderr: Box<dyn Write + Send>,
    /// Which of them are terminals.
    pub terminals: Terminals,
    /// Whether `stderr` is standard error of the process itself. Bars that move are only drawn
    /// there; elsewhere progress is told in lines.
    pub process_stderr: bool,
    /// How to ask the person at the terminal.
    pub prompt: Box<dyn Prompt>,
    /// How messages look on standard error, in the run at hand.
    pub(crate) messages: Messages,
}

/// Which streams are terminals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Terminals {
    /// Standard input.
    pub stdin: bool,
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

/// Asks the person at the terminal.
pub trait Prompt: Send {
    /// One line, echoed.
    ///
    /// # Errors
    /// Where there is no terminal, or the input ends.
    fn line(&mut self, question: &str) -> io::Result<String>;

    /// One line, not echoed.
    ///
    /// # Errors
    /// Where there is no terminal, or the input ends.
    fn secret(&mut self, question: &str) -> io::Result<Secret>;
}

impl Streams {
    /// These streams, none of which is a terminal, and a way to ask.
    pub fn new(
        stdin: impl BufRead + Send + 'static,
        stdout: impl Write + Send + 'static,
        stderr: impl Write + Send + 'static,
        prompt: impl Prompt + 'static,
    ) -> Self {
        Self {
            stdin: Box::new(stdin),
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
            terminals: Terminals::default(),
            process_stderr: false,
            prompt: Box::new(prompt),
            messages: Messages::default(),
        }
    }

    /// The streams of the running process.
    pub fn of_this_process() -> Self {
        let terminals = Terminals {
            stdin: io::stdin().is_terminal(),
            stdout: io::stdout().is_terminal(),
            stderr: io::stderr().is_terminal(),
        };
        let stdin = io::BufReader::new(io::stdin());
        Self {
            terminals,
            process_stderr: true,
            ..Self::new(stdin, io::stdout(), io::stderr(), Terminal)
        }
    }
}

impl Streams {
    /// Whether something that moves can be shown on standard error.
    pub(crate) fn draws_bars(&self) -> bool {
        self.process_stderr && self.terminals.stderr && !self.messages.is_json()
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams")
            .field("terminals", &self.terminals)
            .finish_non_exhaustive()
    }
}

struct Terminal;

impl Prompt for Terminal {
    fn line(&mut self, question: &str) -> io::Result<String> {
        let mut stderr = io::stderr();
        write!(stderr, "{question}")?;
        stderr.flush()?;
        let mut line = String::new();
        match io::stdin().read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
        }
    }

    #[cfg(unix)]
    fn secret(&mut self, question: &str) -> io::Result<Secret> {
        secret_prompt::ask_secret(question)
    }

    #[cfg(not(unix))]
    fn secret(&mut self, question: &str) -> io::Result<Secret> {
        rpassword::prompt_password(question).map(Secret::new)
    }
}
