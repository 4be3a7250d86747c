//! Algorithms, keys, encodings and constant-time comparison.
//!
//! Nothing here is home-made: every primitive is a RustCrypto or dalek crate, and this module only
//! gives them one shape. There is no clock and no randomness; what is random (PSS salt, type-2
//! padding, RSA blinding) comes from a 32-byte seed of the caller.

pub mod compare;
pub mod encoding;
pub mod hash;
pub mod hmac;

pub use compare::equal;
pub use encoding::Encoding;
pub use hash::{Digest, Hash, HashState};
pub use hmac::{HmacKey, HmacState};
