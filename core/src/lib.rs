//! Signs requests to payment and identity providers and verifies what they send.
#![forbid(unsafe_code)]

pub mod crypto;
pub mod error;
pub mod message;
pub mod status;
pub mod text;
pub mod time;

pub use error::{Error, KeyRequest, Result};
pub use message::{Header, Message};
pub use status::Status;
