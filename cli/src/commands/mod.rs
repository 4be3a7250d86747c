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
pub mod try_recipe;
pub mod verify;

use clap::Args;

use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;
use crate::input::flags::MessageArgs;
use crate::secrets::CredentialArgs;

/// What a signature takes besides message and key.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Signing")]
pub struct SigningArgs {
    /// The scheme's nonce, message id or idempotency key; a random UUID where the scheme needs one and none is given
    #[arg(long)]
    pub nonce: Option<String>,
    /// The timestamp's text, signed verbatim
    #[arg(long, value_name = "TEXT")]
    pub timestamp_text: Option<String>,
    /// What a JWS carries where the message has no body of its own
    #[arg(long, value_name = "TEXT")]
    pub payload: Option<String>,
    /// Lifetime in seconds, where the scheme has one
    #[arg(long, value_name = "SECONDS")]
    pub expires_in: Option<u32>,
}

impl SigningArgs {
    /// The options of the engine.
    pub fn options(&self, now: paysig::time::UnixMillis) -> paysig::SignOptions<'_> {
        paysig::SignOptions {
            now: Some(now),
            nonce: self.nonce.as_deref(),
            timestamp_text: self.timestamp_text.as_deref(),
            payload: self.payload.as_deref().map(str::as_bytes),
            expires_in: self.expires_in,
            ..paysig::SignOptions::default()
        }
    }
}

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
