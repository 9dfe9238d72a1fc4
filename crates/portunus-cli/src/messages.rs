use std::io::Write;
use std::time::SystemTime;

use clap::builder::styling::{AnsiColor, Style};
use portunus::printable::{printable, printable_json};
use serde_json::{Value, json};

use crate::colours::Colours;
use crate::each_once::each_once;
use crate::help::Help;
use crate::log_format::LogFormat;
use crate::program::Program;
use portunus_client::Environment;

/// How what is no result is written to standard error.
#[derive(Debug, Clone, Default)]
pub(crate) struct Messages {
    form: Form,
    /// The program that the commands are told of.
    pub(crate) program: Program,
}

#[derive(Debug, Clone, Copy, Default)]
enum Form {
    /// Lines for people.
    #[default]
    Plain,
    /// The same with coloured labels.
    Coloured,
    /// One JSON object a line, shaped as events are; with the clock.
    Json(fn() -> SystemTime),
}

/// Something that is told on standard error.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    pub(crate) level: Level,
    pub(crate) text: &'a str,
    /// Lines that belong to it.
    pub(crate) details: &'a [String],
    /// What to do next.
    pub(crate) help: &'a [Help],
    /// The exit code, where the program ends with it.
    pub(crate) exit_code: Option<u8>,
}

/// How grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Error,
    Warning,
    /// What was understood otherwise than it may have been meant.
    Note,
    /// What is done, or was found.
    Info,
}

impl Messages {
    /// What suits the program, the stream, the environment, `--log-format` and `--color`.
    pub(crate) fn new(
        program: &Program,
        format: Option<LogFormat>,
        colours: Colours,
        is_terminal: bool,
        environment: &Environment,
    ) -> Self {
        let form = match format {
            Some(LogFormat::Json) => Form::Json(environment.now),
            _ if colours.are_shown(is_terminal, environment) => Form::Coloured,
            _ => Form::Plain,
        };
        let program = program.clone();
        Self { form, program }
    }

    /// Whether standard error holds JSON objects only.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.form, Form::Json(_))
    }

    /// Writes one message.
    pub(crate) fn write(&self, message: &Message<'_>, stderr: &mut (impl Write + ?Sized)) {
        let text = match self.form {
            Form::Json(now) => {
                let document = document(message, &self.program, now());
                printable_json(&document.to_string()) + "\n"
            }
            Form::Plain => lines(message, &self.program, |label, _| label.to_owned()),
            Form::Coloured => lines(message, &self.program, |label, style| {
                format!("{style}{label}{}", style.render_reset())
            }),
        };
        // Where standard error is closed there is nobody to tell.
        let _ = stderr.write_all(text.as_bytes());
    }
}

impl<'a> Message<'a> {
    pub(crate) fn new(level: Level, text: &'a str) -> Self {
        Self {
            level,
            text,
            details: &[],
            help: &[],
            exit_code: None,
        }
    }
}

impl Level {
    /// The label before the text, and how it is shown on a terminal.
    fn label(self) -> Option<(&'static str, AnsiColor)> {
        match self {
            Self::Error => Some(("error:", AnsiColor::Red)),
            Self::Warning => Some(("warning:", AnsiColor::Yellow)),
            Self::Note => Some(("note:", AnsiColor::Cyan)),
            Self::Info => None,
        }
    }

    /// The name that events have for it.
    fn name(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warning => "WARN",
            Self::Note | Self::Info => "INFO",
        }
    }
}

fn lines(
    message: &Message<'_>,
    program: &Program,
    shown: impl Fn(&str, Style) -> String,
) -> String {
    let bold = |colour: AnsiColor| colour.on_default().bold();
    let label = message.level.label();
    let mut text = label.map_or_else(String::new, |(label, colour)| {
        shown(label, bold(colour)) + " "
    });
    text.push_str(&format!("{}\n", printable(message.text)));
    for detail in message.details {
        text.push_str(&format!("  {}\n", printable(detail)));
    }
    for help in help_lines(message, program) {
        let label = shown("help:", bold(AnsiColor::Green));
        text.push_str(&format!("{label} {}\n", printable(&help)));
    }
    text
}

/// What to do next, each once: two hosts of a plan may want the same.
fn help_lines(message: &Message<'_>, program: &Program) -> Vec<String> {
    each_once(message.help.iter().filter_map(|it| it.text(program)))
}

fn document(message: &Message<'_>, program: &Program, now: SystemTime) -> Value {
    let mut document = json!({
        "timestamp": humantime::format_rfc3339_millis(now).to_string(),
        "level": message.level.name(),
        "message": message.text,
    });
    let help = help_lines(message, program);
    for (name, lines) in [("details", message.details), ("help", &help)] {
        if !lines.is_empty() {
            document[name] = json!(lines);
        }
    }
    let remedies = each_once(message.help.iter().filter_map(Help::remedy));
    if !remedies.is_empty() {
        document["remedies"] = json!(remedies);
    }
    if let Some(exit_code) = message.exit_code {
        document["exit_code"] = json!(exit_code);
    }
    document
}
