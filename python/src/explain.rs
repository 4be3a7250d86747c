//! Explaining a string to sign.

use crate::error::OrRaise;
use crate::message::Given;
use crate::signer::{Keywords, Options, Signer};
use crate::verified::Coverage;
use crate::verifier::Verifier;
use paysig::{ExplainedPart, Status};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A string to sign and where every byte of it comes from. ``str()`` shows it as a table, with what is covered and what is not.
#[pyclass(frozen, module = "paysig")]
pub struct Explanation {
    inner: paysig::Explanation,
}

impl Explanation {
    pub fn new(inner: paysig::Explanation) -> Self {
        Explanation { inner }
    }
}

#[pymethods]
impl Explanation {
    /// The exact bytes under the signature; secrets as asterisks.
    #[getter]
    fn string_to_sign<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.inner.string_to_sign())
    }

    /// Where they come from, in order and without gaps.
    #[getter]
    fn parts(&self) -> Vec<Part> {
        parts(self.inner.parts())
    }

    /// The inputs of digests inside the string.
    #[getter]
    fn nested(&self) -> Vec<Nested> {
        let nested = self.inner.nested().iter();
        nested
            .map(|inner| Nested {
                inner: inner.clone(),
            })
            .collect()
    }

    /// What a signature of this message covers.
    #[getter]
    fn covered(&self) -> Coverage {
        Coverage::new(self.inner.covered().clone())
    }

    fn __str__(&self) -> String {
        let table = table(self.inner.string_to_sign(), self.inner.parts());
        format!("{table}\n{}", self.inner.covered())
    }

    fn __repr__(&self) -> String {
        format!(
            "<paysig.Explanation: {} bytes in {} parts>",
            self.inner.string_to_sign().len(),
            self.inner.parts().len()
        )
    }
}

/// What was digested on the way to a string to sign. ``str()`` shows it as a table.
#[pyclass(frozen, module = "paysig")]
pub struct Nested {
    inner: paysig::NestedInput,
}

#[pymethods]
impl Nested {
    /// The part that came of it, named as in `Explanation.parts`.
    #[getter]
    fn part(&self) -> &str {
        &self.inner.part
    }

    /// What was done: ``sha256``.
    #[getter]
    fn step(&self) -> &'static str {
        self.inner.step
    }

    /// The input; secrets as asterisks.
    #[getter]
    fn input<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.bytes)
    }

    /// Where the bytes of the input come from.
    #[getter]
    fn parts(&self) -> Vec<Part> {
        parts(&self.inner.parts)
    }

    fn __str__(&self) -> String {
        table(&self.inner.bytes, &self.inner.parts)
    }

    fn __repr__(&self) -> String {
        format!(
            "<paysig.Nested {} of {} bytes>",
            self.inner.step,
            self.inner.bytes.len()
        )
    }
}

fn parts(explained: &[ExplainedPart]) -> Vec<Part> {
    explained
        .iter()
        .map(|p| Part {
            part: p.part.clone(),
            start: p.start,
            end: p.end,
        })
        .collect()
}

/// One line a part.
fn table(bytes: &[u8], parts: &[ExplainedPart]) -> String {
    let lines = parts.iter().map(|p| {
        let piece = bytes.get(p.start..p.end).unwrap_or_default();
        let shown = paysig::explain::visible(piece).replace("\\n\n", "\\n");
        format!("{:>5}..{:<5} {}: {shown}", p.start, p.end, p.part)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A range of the string to sign.
#[pyclass(frozen, module = "paysig", eq)]
#[derive(PartialEq, Eq)]
pub struct Part {
    #[pyo3(get)]
    part: String,
    #[pyo3(get)]
    start: usize,
    #[pyo3(get)]
    end: usize,
}

#[pymethods]
impl Part {
    #[classattr]
    #[pyo3(name = "__match_args__")]
    const MATCH_ARGS: (&'static str, &'static str, &'static str) = ("part", "start", "end");

    fn __repr__(&self) -> String {
        format!(
            "paysig.Part('{}', {}, {})",
            self.part.escape_debug(),
            self.start,
            self.end
        )
    }
}

/// What a verifier would authenticate if the message is signed, else what a signer would sign.
///
/// >>> explained = paysig.explain("github", "webhook", "POST", "/hook", [], b"{}", credentials={"secret": "s"})
/// >>> explained.string_to_sign, explained.parts
/// (b'{}', [paysig.Part('body', 0, 2)])
#[pyfunction]
#[pyo3(signature = (
    scheme, flow, method, url, headers=None, body=None, *, credentials=None, keys=None, variants=None, target=None, now=None,
    nonce=None, timestamp_text=None, payload=None, expires_in=None
))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
pub fn explain<'py>(
    py: Python<'py>,
    scheme: &Bound<'py, PyAny>,
    flow: &str,
    method: &Bound<'py, PyAny>,
    url: &Bound<'py, PyAny>,
    headers: Option<&Bound<'py, PyAny>>,
    body: Option<&Bound<'py, PyAny>>,
    credentials: Option<&Bound<'py, PyAny>>,
    keys: Option<&Bound<'py, PyAny>>,
    variants: Option<&Bound<'py, PyAny>>,
    target: Option<&Bound<'py, PyAny>>,
    now: Option<&Bound<'py, PyAny>>,
    nonce: Option<&Bound<'py, PyAny>>,
    timestamp_text: Option<&Bound<'py, PyAny>>,
    payload: Option<&Bound<'py, PyAny>>,
    expires_in: Option<&Bound<'py, PyAny>>,
) -> PyResult<Explanation> {
    let given = Given::new(method, url, headers, body, target)?;
    let verifier = Verifier::build(scheme, flow, keys.or(credentials), variants)?;
    match verifier.explain_given(py, &given)? {
        Err(error)
            if matches!(
                error.status(),
                Status::MissingSignature | Status::MissingField
            ) =>
        {
            let signer = Signer::build(scheme, flow, credentials.or(keys), variants, false)?;
            let keywords = Keywords {
                now,
                nonce,
                timestamp_text,
                payload,
                expires_in,
                padding: None,
            };
            let options = Options::new(py, &signer, keywords)?;
            signer.explain_given(py, &given, &options)?.or_raise(py)
        }
        other => other.or_raise(py),
    }
}
