//! What signing adds to a message.

use crate::input::Lent;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};
use smallvec::SmallVec;

/// What to send, and everything that signing used.
///
/// >>> signer = paysig.Signer("directa24-deposits", credentials={"login": "shop", "secret": "s"})
/// >>> signed = signer.sign("POST", "https://api.example/v3/deposits", [], b"{}", now=0)
/// >>> [name for name, _ in signed.headers], signed.url, signed.body
/// (['X-Date', 'X-Login', 'Authorization'], 'https://api.example/v3/deposits', b'{}')
/// >>> signed.used
/// paysig.Used(timestamp='1970-01-01T00:00:00Z', nonce=None, key_id='shop')
#[pyclass(frozen, module = "paysig")]
pub struct Signed {
    inner: paysig::Signed,
    /// The url argument: absolute, a target, or None.
    url: Py<PyAny>,
    absolute: bool,
    body: Py<PyBytes>,
}

impl Signed {
    pub fn new(inner: paysig::Signed, url: Py<PyAny>, absolute: bool, body: Py<PyBytes>) -> Self {
        Signed {
            inner,
            url,
            absolute,
            body,
        }
    }
}

/// The body argument as bytes.
pub fn body_bytes(py: Python<'_>, body: &Lent<'_>) -> Py<PyBytes> {
    match body {
        Lent::Bytes(bytes) => bytes.clone().unbind(),
        other => PyBytes::new(py, other.as_bytes()).unbind(),
    }
}

/// Text of the wire: UTF-8, other bytes as lone surrogates, so that nothing is lost on the way back.
pub fn wire_text<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match PyString::from_bytes(py, bytes) {
        Ok(text) => Ok(text.into_any()),
        Err(_) => PyBytes::new(py, bytes).call_method1("decode", ("utf-8", "surrogateescape")),
    }
}

#[pymethods]
impl Signed {
    /// The headers to add, in the order of the recipe.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let lines = self.inner.headers();
        let lines = lines.map(|(name, value)| Ok((PyString::new(py, name), wire_text(py, value)?)));
        PyList::new(py, lines.collect::<PyResult<SmallVec<[_; 6]>>>()?)
    }

    /// The same as bytes.
    #[getter]
    fn raw_headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let pairs = self
            .inner
            .headers()
            .map(|(name, value)| (PyBytes::new(py, name.as_bytes()), PyBytes::new(py, value)));
        PyList::new(py, pairs.collect::<Vec<_>>())
    }

    /// The URL (or target) to send to, with what was added to its query.
    #[getter]
    fn url<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let changed = match self.absolute {
            true => self.inner.url().map(str::as_bytes),
            false => self.inner.target(),
        };
        match changed {
            Some(text) => wire_text(py, text),
            None => match self.url.bind(py).cast::<PyBytes>() {
                Ok(bytes) => wire_text(py, bytes.as_bytes()),
                Err(_) => Ok(self.url.bind(py).clone()),
            },
        }
    }

    /// The body to send, with what was added to it.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        match self.inner.body() {
            Some(body) => PyBytes::new(py, body),
            None => self.body.bind(py).clone(),
        }
    }

    /// The target to send, if something was added to it.
    #[getter]
    fn new_target<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.inner.target().map(|t| wire_text(py, t)).transpose()
    }

    /// The body to send, if something was added to it.
    #[getter]
    fn new_body<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.inner.body().map(|body| PyBytes::new(py, body))
    }

    /// The JSON members that were added to the body, as the text of a JSON object.
    #[getter]
    fn body_members(&self) -> Option<String> {
        self.inner.body_members()
    }

    /// Time, nonce and key id as used.
    #[getter]
    fn used(&self) -> Used {
        let used = self.inner.used();
        Used {
            timestamp: used.timestamp,
            nonce: used.nonce,
            key_id: used.key_id,
        }
    }

    fn __repr__(&self) -> String {
        let names: Vec<&str> = self.inner.headers().map(|(name, _)| name).collect();
        format!("<paysig.Signed: headers {}>", names.join(", "))
    }
}

/// The values that signing used, whether given or made.
#[pyclass(frozen, module = "paysig", eq)]
#[derive(PartialEq, Eq)]
pub struct Used {
    #[pyo3(get)]
    timestamp: Option<String>,
    #[pyo3(get)]
    nonce: Option<String>,
    #[pyo3(get)]
    key_id: Option<String>,
}

#[pymethods]
impl Used {
    #[classattr]
    #[pyo3(name = "__match_args__")]
    const MATCH_ARGS: (&'static str, &'static str, &'static str) = ("timestamp", "nonce", "key_id");

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        static FORMAT: PyOnceLock<Py<PyString>> = PyOnceLock::new();
        let format = FORMAT.get_or_init(py, || {
            PyString::new(py, "paysig.Used(timestamp=%r, nonce=%r, key_id=%r)").unbind()
        });
        let values = (&self.timestamp, &self.nonce, &self.key_id);
        let values: Bound<'_, PyTuple> = values.into_pyobject(py)?;
        format
            .bind(py)
            .call_method1("__mod__", (values,))?
            .extract()
    }
}
