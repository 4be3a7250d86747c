//! Why a command did not succeed, and with which exit code it ends. No message ever holds a secret.

use paysig::{Error, Status};

/// Exit code of a message that was judged and refused, and of findings.
pub const REFUSED: u8 = 1;
/// Exit code of a wrong command line, configuration or file.
pub const USAGE: u8 = 2;

/// One sentence for people, with its status.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it is in paysig's own terms.
    pub status: Status,
    /// The field at fault.
    pub field: Option<String>,
    /// For people, without a full stop.
    pub message: String,
    /// The command has printed its object already: only the exit code and a line on standard error are missing.
    pub shown: bool,
    /// A finding of a command that judges something else than a message: no mistake of the caller, and no verdict.
    found: bool,
}

impl Failure {
    /// A wrong option, argument or file.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::new(Status::InvalidOption, message)
    }

    /// What a command was run to find out about a recipe or an endpoint, after its own output.
    pub fn finding(message: impl Into<String>) -> Self {
        let mut failure = Failure::usage(message).after_output();
        failure.found = true;
        failure
    }

    /// A failure with a status of its own.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Failure {
            status,
            field: None,
            message: message.into(),
            shown: false,
            found: false,
        }
    }

    /// After the command's own output.
    pub fn after_output(mut self) -> Self {
        self.shown = true;
        self
    }

    /// A file that could not be read or written.
    pub fn file(what: &str, path: &str, error: &std::io::Error) -> Self {
        Failure::usage(format!("cannot {what} {path}: {error}"))
    }

    /// 1 for a verdict on a message and for findings, 2 for everything that the caller must mend.
    pub fn exit(&self) -> u8 {
        if self.found || self.status.is_verdict() {
            REFUSED
        } else {
            USAGE
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure {
            status: error.status(),
            field: error.field_name().map(str::to_owned),
            message: error.message().to_owned(),
            shown: false,
            found: false,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Usage sentences speak for themselves; everything else carries its status, which documents and vectors use.
        if self.status != Status::InvalidOption {
            write!(f, "{}: ", self.status)?;
        }
        f.write_str(&self.message)?;
        match &self.field {
            Some(field) if !self.message.contains(field.as_str()) => write!(f, " ({field})"),
            _ => Ok(()),
        }
    }
}

/// Result of a command or of a part of one.
pub type Result<T> = std::result::Result<T, Failure>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_exit_with_1_and_mistakes_with_2() {
        assert_eq!(Failure::new(Status::SignatureMismatch, "x").exit(), 1);
        assert_eq!(Failure::new(Status::Replayed, "x").exit(), 1);
        assert_eq!(Failure::new(Status::InvalidCredentials, "x").exit(), 2);
        assert_eq!(Failure::usage("x").exit(), 2);
        assert_eq!(Failure::finding("x").exit(), 1);
        assert_eq!(Failure::finding("x").to_string(), "x");
    }

    #[test]
    fn the_field_is_named_once() {
        let error = Error::field(Status::MissingField, "X-Date", "the header is absent");
        assert_eq!(
            Failure::from(error).to_string(),
            "missing_field: the header is absent (X-Date)"
        );
        let error = Error::field(Status::MissingField, "X-Date", "no X-Date");
        assert_eq!(Failure::from(error).to_string(), "missing_field: no X-Date");
    }
}
