//! One file a command.

pub mod batch;
pub mod completions;
pub mod diagnose;
pub mod explain;
pub mod lint;
pub mod man;
pub mod schemes;
mod schemes_doc;
pub mod send;
pub mod serve;
pub mod show;
pub mod sign;
mod signing;
mod spoil;
pub mod try_recipe;
pub mod verify;

use paysig::Status;

use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;
use crate::input::flags::MessageArgs;
use crate::secrets::CredentialArgs;
pub use signing::SigningArgs;

/// Standard input can be the message or a credential, not both.
pub fn check_stdin(message: &MessageArgs, credentials: &CredentialArgs) -> Result<()> {
    if message.reads_stdin() && credentials.reads_stdin() {
        return Err(Failure::usage(
            "standard input can hold the message or a credential, not both",
        ));
    }
    Ok(())
}

/// The most frequent reason why a message from a file does not verify.
pub fn warn_of_line_end(message: &OwnedMessage, out: &crate::output::Output) {
    let framed = message.header("content-length").is_some();
    if !framed && message.body.ends_with(b"\n") {
        out.note("the body ends with a line end, which counts as part of it; a Content-Length header would say where it ends");
    }
}

/// The most frequent reason why a message from a file is called too old.
pub fn hint_at_now(status: Status, now: Option<&str>, out: &crate::output::Output) {
    if status == Status::TimestampTooOld && now.is_none() {
        out.note(
            "it is judged as of now; --now TIME judges it as of the time when it was received",
        );
    }
}
