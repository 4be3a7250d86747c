//! Tower layers (feature `tower`): a server that lets only authentic requests through, each once; a client that signs.
//!
//! Both gather the body, up to a limit, because that is what is signed. Clock and nonces are the host's: paysig's core
//! has neither.

mod once;
mod sign;
mod verify;

pub use once::Job;
pub use sign::{SendError, SignLayer, SignService};
pub use verify::{VerifyLayer, VerifyService};

use crate::time::UnixMillis;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;
/// A fresh nonce for every call.
pub type Nonces = Arc<dyn Fn() -> String + Send + Sync>;

type Boxed<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

/// The default limit of a body, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;
