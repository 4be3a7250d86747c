//! Algorithms, keys, encodings and constant-time comparison.
//!
//! Nothing here is home-made: every primitive is a RustCrypto or dalek crate, or with the feature
//! `aws-lc` AWS-LC's, and this module only gives them one shape. There is no clock and no randomness; what is random (PSS salt, type-2
//! padding, RSA blinding) comes from a 32-byte seed of the caller.

pub mod asymmetric;
#[cfg(feature = "aws-lc")]
mod aws_lc;
mod backend;
pub mod certificate;
pub mod cipher;
pub mod compare;
mod ec;
mod ed25519;
pub mod encoding;
pub mod hash;
pub mod hmac;
pub mod jwa;
mod jwk;
pub mod key_error;
mod keyparse;
mod pem;
mod rsa;

#[cfg(feature = "provider-side")]
pub use asymmetric::DecryptingKey;
pub use asymmetric::{Asymmetric, Curve, EcdsaForm, SignError, SigningKey, VerifyingKey};
pub use compare::equal;
pub use encoding::Encoding;
pub use hash::{Digest, Hash, HashState};
pub use hmac::{HmacKey, HmacState};
pub use jwa::JwsAlg;
pub use key_error::KeyError;
