//! Signs requests to payment and identity providers and verifies what they send: one engine in which a provider is a
//! data file, the same answer byte for byte in every language.
#![forbid(unsafe_code)]

mod batch;
mod catalogue;
mod claims;
mod covered;
mod credentials;
pub mod crypto;
mod diagnose;
mod draft;
mod error;
pub mod explain;
mod fetch;
#[cfg(feature = "http")]
mod http;
mod http_signature;
mod jws;
mod message;
mod plan;
pub mod recipe;
mod refuse;
pub mod replay;
mod report;
mod scheme;
mod sign;
mod status;
mod stream;
pub mod text;
pub mod time;
pub mod token;
#[cfg(feature = "tower")]
pub mod tower;
mod verify;
mod words;

pub use catalogue::catalogue;
pub use covered::{BodyCoverage, Coverage};
pub use credentials::{Credentials, KeyRing, RingKey};
pub use diagnose::{
    DiagnoseOptions, Diagnosis, Finding, Remedy, RuledOut, diagnose, diagnose_with,
};
pub use error::{Error, KeyRequest, Result};
pub use explain::{ExplainedPart, Explanation, NestedInput};
pub use message::{Header, Message};
pub use plan::Takes;
pub use recipe::{Direction, Flow, Lint, lint};
pub use report::{catalogue_json, lint_json};
pub use scheme::{Scheme, scheme};
pub use sign::{Prepared, SignOptions, Signed, Signer, Used};
pub use status::Status;
pub use stream::{SignStream, VerifyStream};
pub use time::UnixMillis;
pub use token::TokenSession;
pub use verify::{HandshakeAnswer, Report, Verified, Verifier};
pub use words::{CoverageWords, in_words, signed_in_words};

/// The examples of the project's front page are compiled and run with the crate's own.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
