//! Who computes an RSA or ECDSA operation over a digest: the Rust libraries that read the keys, or with the feature `aws-lc` AWS-LC
//! where it does the very same thing. What it does not take, and everything else, stays with the former.

use super::asymmetric::{Asymmetric, Private, Public};

/// A second library for some of the operations. It accepts and refuses the same signatures as the first one, and where it signs, it
/// makes the same bytes.
pub(super) trait Backend {
    /// A key made ready to sign.
    type Signer: Send + Sync;
    /// A key made ready to verify.
    type Verifier: Send + Sync;

    /// `None`: this operation, or this key, is not taken.
    fn signer(algorithm: Asymmetric, key: &Private) -> Option<Self::Signer>;

    /// `None`: this operation, or this key, is not taken.
    fn verifier(algorithm: Asymmetric, key: &Public) -> Option<Self::Verifier>;

    /// The signature of a digest of the algorithm's length; `None` if the library refuses.
    fn sign(signer: &Self::Signer, digest: &[u8]) -> Option<Vec<u8>>;

    /// Whether it is the signature of a digest of the algorithm's length.
    fn verify(verifier: &Self::Verifier, digest: &[u8], signature: &[u8]) -> bool;
}

#[cfg(feature = "aws-lc")]
pub(super) use super::aws_lc::AwsLc as Second;
#[cfg(not(feature = "aws-lc"))]
pub(super) use NoBackend as Second;

/// Without the feature: takes nothing.
#[cfg(not(feature = "aws-lc"))]
pub(super) struct NoBackend;

#[cfg(not(feature = "aws-lc"))]
impl Backend for NoBackend {
    type Signer = core::convert::Infallible;
    type Verifier = core::convert::Infallible;

    fn signer(_: Asymmetric, _: &Private) -> Option<Self::Signer> {
        None
    }

    fn verifier(_: Asymmetric, _: &Public) -> Option<Self::Verifier> {
        None
    }

    fn sign(signer: &Self::Signer, _: &[u8]) -> Option<Vec<u8>> {
        match *signer {}
    }

    fn verify(verifier: &Self::Verifier, _: &[u8], _: &[u8]) -> bool {
        match *verifier {}
    }
}
