//! An authentic message.

use crate::time::datetime;
use paysig::{BodyCoverage, Report};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};

/// An authentic message: what it says about itself. Trust only what ``covered`` names; ``str()`` tells it in words.
///
/// >>> sent = paysig.Signer("github", "webhook", credentials={"secret": "s"}).sign("POST", "/hook", [], b"{}")
/// >>> print(paysig.Verifier("github", keys={"secret": "s"}).verify("POST", "/hook", sent.headers, b"{}"))
/// Covered: body.
/// Not covered: method; path; query; headers.
#[pyclass(frozen, module = "paysig")]
pub struct Verified {
    report: Report,
}

impl Verified {
    pub fn new(report: Report) -> Self {
        Verified { report }
    }
}

#[pymethods]
impl Verified {
    /// Always `Status.OK`: refused messages raise.
    #[getter]
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::verified::status(py, paysig::Status::Ok)
    }

    /// The id of the key that matched, where the scheme has one.
    #[getter]
    fn key_id(&self) -> Option<&str> {
        self.report.key_id.as_deref()
    }

    /// Which key of the ring matched, counted from 0.
    #[getter]
    fn key_index(&self) -> usize {
        self.report.key_index
    }

    /// When the message was signed (UTC), where the scheme says so.
    #[getter]
    fn timestamp<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.report.timestamp.map(|t| datetime(py, t)).transpose()
    }

    /// How many separately signed items the message holds: 1 unless it is a batch.
    #[getter]
    fn items(&self) -> usize {
        self.report.items
    }

    /// What the signature covers. Anything else may have been changed on the way.
    #[getter]
    fn covered(&self) -> Coverage {
        Coverage::new(self.report.covered.clone())
    }

    /// The fields that were signed by name, or a JWT's payload, as JSON text; numbers as they were spelled.
    #[getter]
    fn signed_json(&self) -> Option<&str> {
        self.report.signed_json.as_deref()
    }

    /// The same as Python values; numbers with a point are ``decimal.Decimal``, so that amounts stay exact.
    #[getter]
    fn signed_fields<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(text) = &self.report.signed_json else {
            return Ok(None);
        };
        let keywords = PyDict::new(py);
        keywords.set_item("parse_float", py.import("decimal")?.getattr("Decimal")?)?;
        let loads = py.import("json")?.getattr("loads")?;
        loads.call((text,), Some(&keywords)).map(Some)
    }

    /// The same for every delivery of one message; None only for streams of unknown length.
    #[getter]
    fn replay_key(&self) -> Option<&str> {
        self.report.replay_key.as_deref()
    }

    fn __str__(&self) -> String {
        self.report.to_string()
    }

    fn __repr__(&self) -> String {
        let mut text = "<paysig.Verified".to_owned();
        if let Some(id) = &self.report.key_id {
            text.push_str(&format!(" key {id:?}"));
        }
        if let Some(time) = self.report.timestamp {
            text.push_str(&format!(" of {}", time.to_rfc3339_millis()));
        }
        text.push('>');
        text
    }
}

/// A member of `paysig.Status`.
pub fn status(py: Python<'_>, status: paysig::Status) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = CLASS.import(py, "paysig.status", "Status")?;
    class.call1((status.name(),))
}

/// What of a message its signature covers. ``str()`` tells it in words, with what is not covered.
#[pyclass(frozen, module = "paysig", eq)]
#[derive(PartialEq, Eq)]
pub struct Coverage {
    inner: paysig::Coverage,
}

impl Coverage {
    pub fn new(inner: paysig::Coverage) -> Self {
        Coverage { inner }
    }
}

#[pymethods]
impl Coverage {
    /// The HTTP method.
    #[getter]
    fn method(&self) -> bool {
        self.inner.method
    }

    /// The path.
    #[getter]
    fn path(&self) -> bool {
        self.inner.path
    }

    /// The query.
    #[getter]
    fn query(&self) -> bool {
        self.inner.query
    }

    /// Lower-case names, sorted.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.inner.headers)
    }

    /// ``all``, ``none``, or the names of the covered members.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match &self.inner.body {
            BodyCoverage::All => "all".into_pyobject(py)?.into_any(),
            BodyCoverage::None => "none".into_pyobject(py)?.into_any(),
            BodyCoverage::Members(names) => PyTuple::new(py, names)?.into_any(),
        })
    }

    fn __str__(&self) -> String {
        self.inner.to_string()
    }

    fn __repr__(&self) -> String {
        let word = |yes: bool| if yes { "True" } else { "False" };
        let body = match &self.inner.body {
            BodyCoverage::All => "'all'".to_owned(),
            BodyCoverage::None => "'none'".to_owned(),
            BodyCoverage::Members(names) => tuple_text(names),
        };
        format!(
            "paysig.Coverage(method={}, path={}, query={}, headers={}, body={body})",
            word(self.inner.method),
            word(self.inner.path),
            word(self.inner.query),
            tuple_text(&self.inner.headers),
        )
    }
}

fn tuple_text(names: &[String]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|n| format!("'{}'", n.escape_debug()))
        .collect();
    match &quoted[..] {
        [one] => format!("({one},)"),
        _ => format!("({})", quoted.join(", ")),
    }
}
