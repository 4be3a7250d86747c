//! How results are shown: text with or without colour, or one JSON object.

pub use paysig_words::escape;
pub mod message;

use std::io::{IsTerminal as _, Write};

use clap::{Args, ValueEnum};
use paysig::Status;

use crate::failure::{Failure, Result};

/// Options of every command.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct OutputArgs {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t)]
    pub color: Color,
}

/// When to colour.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What a piece of text is; colours follow from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Something that is right.
    Good,
    /// Something that is wrong.
    Bad,
    /// Something to look at.
    Notice,
    /// A caption.
    Label,
}

/// The place where results go.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// One JSON object instead of text.
    pub json: bool,
    color: bool,
    color_stderr: bool,
}

impl Output {
    /// From the options.
    pub fn new(args: OutputArgs) -> Self {
        let wanted = |terminal: bool| match args.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        };
        Output {
            json: args.json,
            color: wanted(std::io::stdout().is_terminal()),
            color_stderr: wanted(std::io::stderr().is_terminal()),
        }
    }

    /// Text in its colour.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        paint(self.color, tone, text)
    }

    /// `label   value`, the label in a column of its own.
    pub fn row(&self, label: &str, value: impl std::fmt::Display) -> String {
        format!(
            "{} {value}\n",
            self.paint(Tone::Label, &format!("{label:<14}"))
        )
    }

    /// Writes text as it is.
    pub fn text(&self, text: &str) -> Result<()> {
        self.bytes(text.as_bytes())
    }

    /// Writes bytes as they are.
    pub fn bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .or_else(ignore_closed_pipe)
    }

    /// Writes one JSON object, indented.
    pub fn object(&self, value: &impl serde::Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|e| Failure::new(Status::Internal, format!("cannot write JSON: {e}")))?;
        self.text(&format!("{text}\n"))
    }

    /// Shows a failure: a line on standard error, and with --json an object on standard output.
    pub fn failure(&self, failure: &Failure) {
        if self.json && !failure.shown {
            let value = serde_json::json!({
                "status": failure.status.name(),
                "field": failure.field,
                "detail": failure.message,
            });
            // The exit code still tells when standard output is gone.
            let _ = self.object(&value);
        }
        eprintln!(
            "{} {failure}",
            paint(self.color_stderr, Tone::Bad, "error:")
        );
    }

    /// Something worth knowing, on standard error.
    pub fn note(&self, text: &str) {
        eprintln!("{} {text}", paint(self.color_stderr, Tone::Notice, "note:"));
    }
}

/// `paysig schemes | head` is no error.
fn ignore_closed_pipe(error: std::io::Error) -> Result<()> {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(Failure::usage(format!("cannot write the result: {error}"))),
    }
}

fn paint(color: bool, tone: Tone, text: &str) -> String {
    if !color {
        return text.to_owned();
    }
    let code = match tone {
        Tone::Good => 32,
        Tone::Bad => 31,
        Tone::Notice => 33,
        Tone::Label => 1,
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
