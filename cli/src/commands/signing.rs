//! What a signature takes besides message and key.

use clap::Args;
use paysig::Takes;

/// Options of the commands that sign.
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

    /// The same for one of several flows: without what only `others` of them have a use for.
    pub fn options_among(
        &self,
        now: paysig::time::UnixMillis,
        this: Takes,
        others: &[Takes],
    ) -> paysig::SignOptions<'_> {
        let kept = |takes: fn(&Takes) -> bool| takes(&this) || !others.iter().any(takes);
        self.options(now).taken_by(Takes {
            nonce: kept(|t| t.nonce),
            timestamp_text: kept(|t| t.timestamp_text),
            payload: kept(|t| t.payload),
            expires_in: kept(|t| t.expires_in),
        })
    }
}
