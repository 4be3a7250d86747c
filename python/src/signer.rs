//! Signing.

use crate::edge;
use crate::error::{OrRaise, argument};
use crate::explain::Explanation;
use crate::input::{Lent, body, kind, text, texts, wire};
use crate::keys;
use crate::message::Given;
use crate::prepared::{OwnedOptions, Prepared};
use crate::scheme::{flow, is_asymmetric, scheme};
use crate::signed::{Signed, body_bytes};
use crate::stream::SignStream;
use crate::time::clock;
use paysig::SignOptions;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};
use zeroize::Zeroizing;

/// Signs messages of one flow under one set of credentials. Immutable; share it between threads.
///
/// ``credentials``: name to value. ``variants``: named, opt-in departures of the recipe. ``key_elsewhere``: the secret is not given, and
/// only `prepare` works.
///
/// >>> signer = paysig.Signer("ingenico-v1hmac", credentials={"key_id": "k", "secret": "s"})
/// >>> signed = signer.sign("GET", "https://api.example/v1/1/payments/2", now=1767323045)
/// >>> signed.headers[0]
/// ('Date', 'Fri, 02 Jan 2026 03:04:05 GMT')
#[pyclass(frozen, module = "paysig")]
pub struct Signer {
    inner: paysig::Signer,
    /// The key has a public half: slow, and blinded with random bytes.
    asymmetric: bool,
}

/// The keyword arguments of signing.
pub struct Options<'a, 'py> {
    now: Option<paysig::UnixMillis>,
    nonce: Option<&'a str>,
    made_nonce: Option<String>,
    timestamp_text: Option<&'a str>,
    payload: Option<Lent<'py>>,
    expires_in: Option<u32>,
    seed: Option<Zeroizing<[u8; 32]>>,
    padding: Option<Lent<'py>>,
}

/// The keyword arguments of signing, as Python hands them over.
#[derive(Clone, Copy, Default)]
pub struct Keywords<'a, 'py> {
    pub now: Option<&'a Bound<'py, PyAny>>,
    pub nonce: Option<&'a Bound<'py, PyAny>>,
    pub timestamp_text: Option<&'a Bound<'py, PyAny>>,
    pub payload: Option<&'a Bound<'py, PyAny>>,
    pub expires_in: Option<&'a Bound<'py, PyAny>>,
    pub padding: Option<&'a Bound<'py, PyAny>>,
}

fn given<'a, 'py>(value: Option<&'a Bound<'py, PyAny>>) -> Option<&'a Bound<'py, PyAny>> {
    value.filter(|v| !v.is_none())
}

impl<'a, 'py> Options<'a, 'py> {
    /// Reads the arguments; what is needed and absent is made.
    pub fn new(py: Python<'py>, signer: &Signer, from: Keywords<'a, 'py>) -> PyResult<Self> {
        let nonce = given(from.nonce).map(|n| text("nonce", n)).transpose()?;
        let made_nonce = match nonce {
            None if signer.inner.needs_nonce() => Some(edge::nonce().or_raise(py)?),
            _ => None,
        };
        let seed = match signer.asymmetric {
            true => Some(Zeroizing::new(edge::random().or_raise(py)?)),
            false => None,
        };
        Ok(Options {
            now: clock(from.now)?,
            nonce,
            made_nonce,
            timestamp_text: given(from.timestamp_text)
                .map(|t| text("timestamp_text", t))
                .transpose()?,
            payload: given(from.payload).map(payload).transpose()?,
            expires_in: given(from.expires_in).map(seconds).transpose()?,
            seed,
            padding: given(from.padding)
                .map(|p| body("padding", Some(p)))
                .transpose()?,
        })
    }

    /// As the core takes them.
    pub fn core(&self) -> SignOptions<'_> {
        SignOptions {
            now: self.now,
            nonce: self.nonce.or(self.made_nonce.as_deref()),
            timestamp_text: self.timestamp_text,
            payload: self.payload.as_ref().map(Lent::as_bytes),
            expires_in: self.expires_in,
            seed: self.seed.as_deref(),
            padding: self.padding.as_ref().map(Lent::as_bytes),
        }
    }
}

/// JSON text or bytes of a payload.
fn payload<'py>(value: &Bound<'py, PyAny>) -> PyResult<Lent<'py>> {
    match value.is_instance_of::<PyString>() {
        true => wire("payload", value),
        false => body("payload", Some(value)),
    }
}

fn seconds(value: &Bound<'_, PyAny>) -> PyResult<u32> {
    let number = value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>();
    let read = match number {
        true => value.extract().ok(),
        false => None,
    };
    read.ok_or_else(|| {
        argument(
            value.py(),
            "expires_in",
            match number {
                true => "expires_in must be from 0 to 4294967295 seconds".to_owned(),
                false => format!(
                    "expires_in must be a whole number of seconds, not {}",
                    kind(value)
                ),
            },
        )
    })
}

impl Signer {
    /// From the arguments of a constructor.
    pub fn build(
        scheme_argument: &Bound<'_, PyAny>,
        flow_name: &str,
        credentials: Option<&Bound<'_, PyAny>>,
        variants: Option<&Bound<'_, PyAny>>,
        key_elsewhere: bool,
    ) -> PyResult<Self> {
        let py = scheme_argument.py();
        let scheme = scheme(scheme_argument)?;
        let flow = flow(py, flow_name)?;
        let credentials = keys::credentials("credentials", credentials)?;
        let variants = texts("variants", variants)?;
        let names: Vec<&str> = variants.iter().map(String::as_str).collect();
        let inner = match key_elsewhere {
            true => scheme.signer_without_key(flow, &credentials, &names),
            false => scheme.signer_with(flow, &credentials, &names),
        };
        Ok(Signer {
            inner: inner.or_raise(py)?,
            asymmetric: is_asymmetric(&scheme, flow),
        })
    }

    /// What would be signed.
    pub fn explain_given(
        &self,
        py: Python<'_>,
        given: &Given<'_, '_>,
        options: &Options<'_, '_>,
    ) -> PyResult<paysig::Result<Explanation>> {
        let options = options.core();
        let inner = &self.inner;
        let explained = given.detached(py, false, |message| inner.explain(message, &options))?;
        Ok(explained.map(Explanation::new))
    }
}

#[pymethods]
impl Signer {
    #[new]
    #[pyo3(signature = (scheme, flow="request", *, credentials=None, variants=None, key_elsewhere=false))]
    fn new(
        scheme: &Bound<'_, PyAny>,
        flow: &str,
        credentials: Option<&Bound<'_, PyAny>>,
        variants: Option<&Bound<'_, PyAny>>,
        key_elsewhere: bool,
    ) -> PyResult<Self> {
        Signer::build(scheme, flow, credentials, variants, key_elsewhere)
    }

    /// The id of the scheme.
    #[getter]
    fn scheme_id(&self) -> &str {
        self.inner.scheme_id()
    }

    /// The flow that is signed.
    #[getter]
    fn flow(&self) -> &'static str {
        self.inner.flow().name()
    }

    /// Whether the scheme signs a message id; one is made where none is given.
    #[getter]
    fn needs_nonce(&self) -> bool {
        self.inner.needs_nonce()
    }

    /// Signs a message and says what to send.
    ///
    /// ``url`` is absolute or a target (``/path?query``); ``target`` is given as well where the target on the wire is another than the
    /// URL's. ``headers``: a mapping or pairs, of text or bytes. ``body``: the bytes that will be sent. ``now``: seconds since 1970 or a
    /// datetime with a time zone, else the system's clock. ``nonce``: message id or idempotency key. ``timestamp_text``: signed and sent
    /// verbatim. ``payload``, ``expires_in``: for schemes that sign a payload of their own (a JWT). ``padding``: for byte-exact tests.
    ///
    /// Raises `ConfigurationError`, `InvalidMessage` if the message cannot be signed as it is.
    #[pyo3(signature = (
        method, url, headers=None, body=None, *, target=None, now=None, nonce=None, timestamp_text=None, payload=None,
        expires_in=None, padding=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn sign<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        nonce: Option<&Bound<'py, PyAny>>,
        timestamp_text: Option<&Bound<'py, PyAny>>,
        payload: Option<&Bound<'py, PyAny>>,
        expires_in: Option<&Bound<'py, PyAny>>,
        padding: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Signed> {
        let given = Given::new(method, url, headers, body, target)?;
        let keywords = Keywords {
            now,
            nonce,
            timestamp_text,
            payload,
            expires_in,
            padding,
        };
        let options = Options::new(py, self, keywords)?;
        let core = options.core();
        let inner = &self.inner;
        let signed = given
            .detached(py, self.asymmetric, |message| inner.sign(message, &core))?
            .or_raise(py)?;
        Ok(Signed::new(
            signed,
            url.clone().unbind(),
            given.is_absolute(),
            body_bytes(py, given.body()),
        ))
    }

    /// The first half of signing with a key that lives elsewhere (an HSM, a KMS). Arguments as for `sign`.
    ///
    /// >>> signer = paysig.Signer("directa24-deposits", credentials={"login": "shop"}, key_elsewhere=True)
    /// >>> prepared = signer.prepare("POST", "/v3/deposits", [], b"{}", now=0)
    /// >>> prepared.algorithm, prepared.string_to_sign
    /// ('hmac-sha256', b'1970-01-01T00:00:00Zshop{}')
    #[pyo3(signature = (
        method, url, headers=None, body=None, *, target=None, now=None, nonce=None, timestamp_text=None, payload=None,
        expires_in=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn prepare<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        nonce: Option<&Bound<'py, PyAny>>,
        timestamp_text: Option<&Bound<'py, PyAny>>,
        payload: Option<&Bound<'py, PyAny>>,
        expires_in: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Prepared> {
        let given = Given::new(method, url, headers, body, target)?;
        let keywords = Keywords {
            now,
            nonce,
            timestamp_text,
            payload,
            expires_in,
            padding: None,
        };
        let options = Options::new(py, self, keywords)?;
        Prepared::new(
            py,
            self.inner.clone(),
            given.to_owned()?,
            OwnedOptions::of(&options.core()),
            url.clone().unbind(),
            given.is_absolute(),
            body_bytes(py, given.body()),
        )
    }

    /// What would be signed, byte by byte; secrets as asterisks. Arguments as for `sign`.
    ///
    /// >>> signer = paysig.Signer("directa24-deposits", credentials={"login": "shop", "secret": "s"})
    /// >>> print(signer.explain("POST", "/v3/deposits", [], b"{}", now=0))
    ///     0..20    timestamp: 1970-01-01T00:00:00Z
    ///    20..24    key id: shop
    ///    24..26    body: {}
    /// Covered: headers x-date, x-login; body.
    /// Not covered: method; path; query; other headers.
    #[pyo3(signature = (
        method, url, headers=None, body=None, *, target=None, now=None, nonce=None, timestamp_text=None, payload=None,
        expires_in=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        nonce: Option<&Bound<'py, PyAny>>,
        timestamp_text: Option<&Bound<'py, PyAny>>,
        payload: Option<&Bound<'py, PyAny>>,
        expires_in: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Explanation> {
        let given = Given::new(method, url, headers, body, target)?;
        let keywords = Keywords {
            now,
            nonce,
            timestamp_text,
            payload,
            expires_in,
            padding: None,
        };
        let options = Options::new(py, self, keywords)?;
        self.explain_given(py, &given, &options)?.or_raise(py)
    }

    /// Signs a large body that comes in pieces, in constant memory; only for schemes that read the body once.
    #[pyo3(signature = (method, url, headers=None, *, target=None, now=None, nonce=None, timestamp_text=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
    fn stream<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        url: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        target: Option<&Bound<'py, PyAny>>,
        now: Option<&Bound<'py, PyAny>>,
        nonce: Option<&Bound<'py, PyAny>>,
        timestamp_text: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<SignStream> {
        let given = Given::new(method, url, headers, None, target)?;
        let keywords = Keywords {
            now,
            nonce,
            timestamp_text,
            ..Keywords::default()
        };
        let options = Options::new(py, self, keywords)?;
        let stream = given
            .with(|message| self.inner.stream(message, &options.core()))?
            .or_raise(py)?;
        Ok(SignStream::new(
            stream,
            url.clone().unbind(),
            given.is_absolute(),
        ))
    }

    fn __repr__(&self) -> String {
        format!(
            "<paysig.Signer {} {}>",
            self.inner.scheme_id(),
            self.inner.flow().name()
        )
    }
}
