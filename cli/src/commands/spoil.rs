//! Spoiling a signed message, and seeing to it that it is spoiled: else the endpoint that rightly accepts it would be blamed.

use clap::ValueEnum;
use paysig::{BodyCoverage, Message, Signed, Verifier};

use crate::clock;
use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;

/// What is spoiled.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tamper {
    /// One byte of the body
    Body,
    /// One character of every header that signing added
    Headers,
    /// What signing added is left out
    Unsigned,
}

/// The signed message with something wrong about it.
pub fn spoil(signed: OwnedMessage, unsigned: &OwnedMessage, how: Tamper) -> OwnedMessage {
    let mut spoiled = signed;
    let first_added = unsigned.headers.len();
    match how {
        Tamper::Unsigned => {
            spoiled.headers.truncate(first_added);
            spoiled.body.clone_from(&unsigned.body);
            spoiled.target.clone_from(&unsigned.target);
        }
        Tamper::Headers => {
            for (_, value) in spoiled.headers.iter_mut().skip(first_added) {
                if let Some(last) = value.last_mut() {
                    *last = if *last == b'0' { b'1' } else { b'0' };
                }
            }
        }
        Tamper::Body => {
            let mut bytes = spoiled.body.iter_mut();
            match bytes.rfind(|b| b.is_ascii_alphanumeric()) {
                Some(byte) => *byte = if *byte == b'1' { b'2' } else { b'1' },
                None => spoiled.body.push(b'x'),
            }
        }
    }
    spoiled
}

/// What was asked for, and what the scheme has of it.
pub struct Wanted<'a> {
    /// The scheme's id.
    pub scheme: &'a str,
    /// `--tamper`.
    pub tamper: Option<Tamper>,
    /// `--skew`, in seconds.
    pub skew: i64,
    /// Whether a time is signed, be it that of a token's end.
    pub signs_time: bool,
    /// What is signed of the body.
    pub covered: &'a BodyCoverage,
}

impl Wanted<'_> {
    /// Refuses options that this scheme gives nothing to work on.
    pub fn check_possible(&self, signed: &Signed) -> Result<()> {
        let scheme = self.scheme;
        if self.skew != 0 && !self.signs_time {
            return Err(Failure::usage(format!(
                "{scheme} signs no time, so --skew would change nothing"
            )));
        }
        if self.tamper == Some(Tamper::Headers) && signed.headers().next().is_none() {
            return Err(Failure::usage(format!(
                "{scheme} adds no header to this message that --tamper headers could spoil; --tamper unsigned leaves out what it adds elsewhere"
            )));
        }
        Ok(())
    }

    /// Refuses a message that the scheme itself accepts all the same. A scheme whose verifying key is not at hand (public keys) is
    /// judged only by what it says to cover.
    pub fn check_spoiled(
        &self,
        signed: &Signed,
        spoiled: &Message<'_>,
        verifier: Option<&Verifier>,
    ) -> Result<()> {
        let scheme = self.scheme;
        let expect = "--expect says what your endpoint should answer to it";
        let open = *self.covered == BodyCoverage::None && signed.body().is_none();
        if self.tamper == Some(Tamper::Body) && open && self.skew == 0 {
            return Err(Failure::usage(format!(
                "{scheme} does not sign the body, so nobody can see what --tamper body does; {expect}"
            )));
        }
        let Some(verifier) = verifier else {
            return Ok(());
        };
        if verifier.verify(spoiled, Some(clock::system())).is_err() {
            return Ok(());
        }
        let why = match (self.tamper, verifier.tolerance_seconds()) {
            (Some(Tamper::Body), _) => {
                "the byte that --tamper body changes is not signed".to_owned()
            }
            (None, Some(seconds)) => {
                format!("its tolerance is {seconds} s, or the message's time was given")
            }
            _ => "what is changed is not signed".to_owned(),
        };
        Err(Failure::usage(format!(
            "{scheme} accepts this message all the same: {why}; {expect}"
        )))
    }
}
