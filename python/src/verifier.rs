//! Verifying.

use crate::error::{OrRaise, argument};
use crate::explain::Explanation;
use crate::input::{kind, text, texts};
use crate::keys;
use crate::message::Given;
use crate::scheme::{flow, is_asymmetric, scheme};
use crate::stream::VerifyStream;
use crate::time::clock;
use crate::verified::Verified;
use paysig::HandshakeAnswer;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyInt};

/// Judges messages of one flow against a ring of keys. Immutable; share it between threads.
///
/// ``keys``: a mapping of credentials, a `Key`, or a list of these. ``tolerance``: seconds or a timedelta, instead of the recipe's.
/// ``key_id``: accept only messages of this key id. ``algorithms``: those that a sender may name, of the recipe's. ``max_body``: bytes.
///
/// >>> verifier = paysig.Verifier("github", keys={"secret": "s"})
/// >>> signed = paysig.Signer("github", "webhook", credentials={"secret": "s"}).sign("POST", "/hook", [], b"{}")
/// >>> verifier.verify("POST", "/hook", signed.headers, b"{}").covered.body
/// 'all'
/// >>> verifier.verify("POST", "/hook", [], b"{}")
/// Traceback (most recent call last):
///   ...
/// paysig.errors.MissingSignature: missing_signature ...
#[pyclass(frozen, module = "paysig")]
pub struct Verifier {
    inner: paysig::Verifier,
    asymmetric: bool,
}

/// A number of seconds or bytes, or a timedelta.
pub fn whole(name: &str, value: &Bound<'_, PyAny>) -> PyResult<u64> {
    let number = match value.getattr("total_seconds") {
        Ok(method) => method
            .call0()?
            .extract::<f64>()
            .ok()
            .filter(|s| (0.0..=1e12).contains(s) && s.fract() == 0.0)
            .map(|s| s as u64),
        Err(_) if value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() => {
            value.extract().ok()
        }
        Err(_) => None,
    };
    number.ok_or_else(|| {
        let given = match value.is_instance_of::<PyInt>() {
            true => value.to_string(),
            false => kind(value),
        };
        let why = format!("{name} must be a whole number, 0 or more, not {given}");
        argument(value.py(), name, why)
    })
}

impl Verifier {
    /// What would be verified.
    pub fn explain_given(
        &self,
        py: Python<'_>,
        given: &Given<'_, '_>,
    ) -> PyResult<paysig::Result<Explanation>> {
        let inner = &self.inner;
        let explained = given.detached(py, false, |message| inner.explain(message))?;
        Ok(explained.map(Explanation::new))
    }

    /// From the arguments of a constructor.
    pub fn build(
        scheme_argument: &Bound<'_, PyAny>,
        flow_name: &str,
        keys: Option<&Bound<'_, PyAny>>,
        variants: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = scheme_argument.py();
        let scheme = scheme(scheme_argument)?;
        let flow = flow(py, flow_name)?;
        let ring = keys::ring(keys)?;
        let variants = texts("variants", variants)?;
        let names: Vec<&str> = variants.iter().map(String::as_str).collect();
        Ok(Verifier {
            inner: scheme.verifier_with(flow, &ring, &names).or_raise(py)?,
            asymmetric: is_asymmetric(&scheme, flow),
        })
    }
}

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (
        scheme, flow="webhook", *, keys=None, variants=None, tolerance=None, key_id=None, algorithms=None, max_body=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn new(
        py: Python<'_>,
        scheme: &Bound<'_, PyAny>,
        flow: &str,
        keys: Option<&Bound<'_, PyAny>>,
        variants: Option<&Bound<'_, PyAny>>,
        tolerance: Option<&Bound<'_, PyAny>>,
        key_id: Option<&Bound<'_, PyAny>>,
        algorithms: Option<&Bound<'_, PyAny>>,
        max_body: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut built = Verifier::build(scheme, flow, keys, variants)?;
        if let Some(value) = tolerance {
            let seconds = u32::try_from(whole("tolerance", value)?).unwrap_or(u32::MAX);
            built.inner = built.inner.tolerance(seconds);
        }
        if let Some(value) = key_id {
            let id = text("key_id", value)?;
            built.inner = built.inner.expect_key_id(id).or_raise(py)?;
        }
        if let Some(value) = max_body {
            let bytes = usize::try_from(whole("max_body", value)?).unwrap_or(usize::MAX);
            built.inner = built.inner.max_body(bytes);
        }
        if algorithms.is_some() {
            let names = texts("algorithms", algorithms)?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            built.inner = built.inner.only_algorithms(&names).or_raise(py)?;
        }
        Ok(built)
    }

    /// The id of the scheme.
    #[getter]
    fn scheme_id(&self) -> &str {
        self.inner.scheme_id()
    }

    /// The flow that is judged.
    #[getter]
    fn flow(&self) -> &'static str {
        self.inner.flow().name()
    }

    /// How many seconds a message may be older or newer than the clock; None if the scheme carries no time.
    #[getter]
    fn tolerance_seconds(&self) -> Option<u64> {
        self.inner.tolerance_seconds()
    }

    /// How long replay keys must be remembered.
    #[getter]
    fn retention_seconds(&self) -> u64 {
        self.inner.retention_seconds()
    }

    /// The answer to an endpoint check, if the message is one of those that the scheme has; None for ordinary messages.
    ///
    /// A check that the provider signs is verified first and raises as `verify` does. Arguments as for `verify`.
    ///
    /// >>> verifier = paysig.Verifier("ingenico-v1hmac", keys={"key_id": "k", "secret": "s"})
    /// >>> check = {"X-GCS-Webhooks-Endpoint-Verification": "3e1c9e1e"}
    /// >>> verifier.handshake("GET", "/hook", check)
    /// <paysig.Handshake: text/plain, 8 bytes>
    #[pyo3(signature = (method, url, headers=None, body=None, *, target=None, now=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn handshake<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Handshake>> {
        let given = Given::new(method, url, headers, body, target)?;
        let now = clock(now)?;
        let inner = &self.inner;
        let answer =
            given.detached(py, self.asymmetric, |message| inner.handshake(message, now))?;
        Ok(answer.or_raise(py)?.map(|inner| Handshake { inner }))
    }

    /// The same verifier with other keys; cheap.
    fn with_keys(&self, py: Python<'_>, keys: &Bound<'_, PyAny>) -> PyResult<Self> {
        let ring = keys::ring(Some(keys))?;
        Ok(Verifier {
            inner: self.inner.with_keys(&ring).or_raise(py)?,
            asymmetric: self.asymmetric,
        })
    }

    /// Judges one message. Raises a `VerificationError` if it is refused.
    ///
    /// ``url``: absolute or a target; schemes that sign the URL need the public one, from configuration and never from the Host header.
    /// ``headers``: a mapping or pairs. ``body``: the bytes as they were received, before any parsing. ``now``: seconds since 1970 or a
    /// datetime with a time zone, else the system's clock.
    #[pyo3(signature = (method, url, headers=None, body=None, *, target=None, now=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn verify<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Verified> {
        let given = Given::new(method, url, headers, body, target)?;
        let now = clock(now)?;
        let inner = &self.inner;
        let report = given.detached(py, self.asymmetric, |message| {
            inner
                .verify_keeping(message, now)
                .map(|verified| verified.report())
        })?;
        report.or_raise(py).map(Verified::new)
    }

    /// What would be verified, byte by byte; secrets as asterisks.
    #[pyo3(signature = (method, url, headers=None, body=None, *, target=None))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Explanation> {
        let given = Given::new(method, url, headers, body, target)?;
        self.explain_given(py, &given)?.or_raise(py)
    }

    /// Verifies a large body that comes in pieces. With ``body_length`` (the Content-Length) the result has a replay key.
    #[pyo3(signature = (method, url, headers=None, *, target=None, now=None, body_length=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn stream<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        body_length: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<VerifyStream> {
        let given = Given::new(method, url, headers, None, target)?;
        let now = clock(now)?;
        let length = body_length.map(|v| whole("body_length", v)).transpose()?;
        let stream = given.with(|message| self.inner.stream(message, now, length))?;
        stream.or_raise(py).map(VerifyStream::new)
    }

    fn __repr__(&self) -> String {
        format!(
            "<paysig.Verifier {} {}>",
            self.inner.scheme_id(),
            self.inner.flow().name()
        )
    }
}

/// The answer to an endpoint check.
#[pyclass(frozen, module = "paysig")]
pub struct Handshake {
    inner: HandshakeAnswer,
}

#[pymethods]
impl Handshake {
    /// Send it: the body may repeat what a stranger sent, and must not be read as HTML.
    #[getter]
    fn content_type(&self) -> &str {
        &self.inner.content_type
    }

    /// The body of the answer.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.body)
    }

    /// Whether the message was verified first. If not, do nothing but answer.
    #[getter]
    fn verified(&self) -> bool {
        self.inner.verified
    }

    fn __repr__(&self) -> String {
        format!(
            "<paysig.Handshake: {}, {} bytes>",
            self.inner.content_type,
            self.inner.body.len()
        )
    }
}
