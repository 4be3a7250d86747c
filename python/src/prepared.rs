//! Signing in two halves, for keys that live elsewhere (an HSM, a KMS).

use crate::error::OrRaise;
use crate::input::body;
use crate::message::Owned;
use crate::signed::Signed;
use paysig::{SignOptions, UnixMillis};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Options that outlive the call.
pub struct OwnedOptions {
    now: Option<UnixMillis>,
    nonce: Option<String>,
    timestamp_text: Option<String>,
    payload: Option<Vec<u8>>,
    expires_in: Option<u32>,
}

impl OwnedOptions {
    /// A copy.
    pub fn of(options: &SignOptions<'_>) -> Self {
        OwnedOptions {
            now: options.now,
            nonce: options.nonce.map(str::to_owned),
            timestamp_text: options.timestamp_text.map(str::to_owned),
            payload: options.payload.map(<[u8]>::to_vec),
            expires_in: options.expires_in,
        }
    }

    fn core(&self) -> SignOptions<'_> {
        SignOptions {
            now: self.now,
            nonce: self.nonce.as_deref(),
            timestamp_text: self.timestamp_text.as_deref(),
            payload: self.payload.as_deref(),
            expires_in: self.expires_in,
            ..SignOptions::default()
        }
    }
}

/// A message that is ready but for the signature. ``string_to_sign``: the whole string, not its digest. ``algorithm``: ``hmac-sha256``.
#[pyclass(frozen, module = "paysig")]
pub struct Prepared {
    signer: paysig::Signer,
    message: Owned,
    options: OwnedOptions,
    url: Py<PyAny>,
    absolute: bool,
    body: Py<PyBytes>,
    #[pyo3(get)]
    string_to_sign: Py<PyBytes>,
    #[pyo3(get)]
    algorithm: String,
}

impl Prepared {
    /// The first half.
    pub fn new(
        py: Python<'_>,
        signer: paysig::Signer,
        message: Owned,
        options: OwnedOptions,
        url: Py<PyAny>,
        absolute: bool,
        body: Py<PyBytes>,
    ) -> PyResult<Self> {
        let (string_to_sign, algorithm) = message
            .with(|message| {
                let options = options.core();
                let prepared = signer.prepare(message, &options)?;
                let bytes = PyBytes::new(py, prepared.string_to_sign()).unbind();
                Ok((bytes, prepared.algorithm()))
            })
            .or_raise(py)?;
        Ok(Prepared {
            signer,
            message,
            options,
            url,
            absolute,
            body,
            string_to_sign,
            algorithm,
        })
    }
}

#[pymethods]
impl Prepared {
    /// Takes the raw signature bytes and says what to send.
    fn finish(&self, py: Python<'_>, signature: &Bound<'_, PyAny>) -> PyResult<Signed> {
        let signature = body("signature", Some(signature))?;
        // The same message and options give the same string again.
        let signed = self.message.with(|message| {
            let options = self.options.core();
            let prepared = self.signer.prepare(message, &options)?;
            prepared.finish(signature.as_bytes())
        });
        Ok(Signed::new(
            signed.or_raise(py)?,
            self.url.clone_ref(py),
            self.absolute,
            self.body.clone_ref(py),
        ))
    }

    fn __repr__(&self) -> String {
        format!(
            "<paysig.Prepared {} {}: {}>",
            self.signer.scheme_id(),
            self.signer.flow().name(),
            self.algorithm
        )
    }
}
