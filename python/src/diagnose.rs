//! Finding the mistake behind a refused message.

use crate::error::{OrRaise, argument};
use crate::input::{kind, texts};
use crate::keys::{credentials, ring};
use crate::message::Given;
use crate::scheme::{flow, scheme};
use crate::time::clock;
use crate::verified::status;
use crate::verifier::whole;
use paysig::DiagnoseOptions;
use pyo3::prelude::*;

/// Why a message is refused, as far as can be told. ``str()`` tells it in words.
#[pyclass(frozen, module = "paysig")]
pub struct Diagnosis {
    inner: paysig::Diagnosis,
}

#[pymethods]
impl Diagnosis {
    /// What verifying says; `Status.OK` for an authentic message.
    #[getter]
    fn verdict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        status(py, self.inner.verdict)
    }

    /// What explains it, most likely first; empty if nothing does.
    #[getter]
    fn findings(&self) -> Vec<Finding> {
        let findings = self.inner.findings.iter();
        findings
            .map(|inner| Finding {
                inner: inner.clone(),
            })
            .collect()
    }

    /// What was tried without success, when nothing was found: in words, and how many hypotheses.
    #[getter]
    fn ruled_out(&self) -> Vec<(&'static str, usize)> {
        let all = self.inner.ruled_out.iter();
        all.map(|r| (r.what, r.hypotheses)).collect()
    }

    /// How many hypotheses were tried.
    #[getter]
    fn hypotheses(&self) -> usize {
        self.inner.hypotheses
    }

    /// Whether the budget ended before everything was tried.
    #[getter]
    fn exhausted(&self) -> bool {
        self.inner.exhausted
    }

    fn __str__(&self) -> String {
        let mut lines = vec![format!("verdict: {}", self.inner.verdict)];
        for finding in &self.inner.findings {
            lines.push(format!("{}: {}", finding.ids.join(" + "), finding.cause));
            lines.push(format!("  {}", finding.fix));
            for remedy in &finding.remedies {
                lines.push(format!("  {}: {}", remedy.framework, remedy.text));
            }
        }
        for out in &self.inner.ruled_out {
            lines.push(format!("not {} ({} tried)", out.what, out.hypotheses));
        }
        lines.join("\n")
    }

    fn __repr__(&self) -> String {
        let ids = self.inner.findings.iter().map(|f| f.ids.join("+"));
        format!(
            "<paysig.Diagnosis {}: {}>",
            self.inner.verdict,
            ids.collect::<Vec<_>>().join(", ")
        )
    }
}

/// One explanation: one mistake, or several that were made together.
#[pyclass(frozen, module = "paysig")]
pub struct Finding {
    inner: paysig::Finding,
}

#[pymethods]
impl Finding {
    /// The ids of the mistakes: ``body-json-spaced``, or the name of a variant.
    #[getter]
    fn ids(&self) -> Vec<&str> {
        self.inner.ids.iter().map(String::as_str).collect()
    }

    /// What happened, a sentence for each id.
    #[getter]
    fn cause(&self) -> &str {
        &self.inner.cause
    }

    /// What to do, a sentence for each id.
    #[getter]
    fn fix(&self) -> &str {
        &self.inner.fix
    }

    /// How to do it in common frameworks: framework to text.
    #[getter]
    fn remedies(&self) -> Vec<(&'static str, &'static str)> {
        let all = self.inner.remedies.iter();
        all.map(|r| (r.framework, r.text)).collect()
    }

    fn __repr__(&self) -> String {
        format!("<paysig.Finding {}>", self.inner.ids.join("+"))
    }
}

/// Looks for the mistake behind a refused message: another key, body, time, encoding, order, URL.
///
/// An offline tool: it never turns a refusal into an acceptance. ``other_keys``: credentials of other environments or products that
/// may have been mixed up. Other arguments as for `Verifier` and `Verifier.verify`.
///
/// >>> sent = paysig.Signer("github", "webhook", credentials={"secret": "s"}).sign("POST", "/hook", [], b'{"a":1}')
/// >>> diagnosis = paysig.diagnose("github", "webhook", "POST", "/hook", sent.headers, b'{"a": 1}', keys={"secret": "s"})
/// >>> diagnosis.verdict.value, diagnosis.findings[0].ids
/// ('signature_mismatch', ['body-json-spaced'])
#[pyfunction]
#[pyo3(signature = (
    scheme, flow, method, url, headers=None, body=None, *, keys=None, other_keys=None, variants=None, target=None, now=None,
    tolerance=None
))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments of Python")]
pub fn diagnose<'py>(
    py: Python<'py>,
    scheme: &Bound<'py, PyAny>,
    flow: &str,
    method: &Bound<'py, PyAny>,
    url: &Bound<'py, PyAny>,
    headers: Option<&Bound<'py, PyAny>>,
    body: Option<&Bound<'py, PyAny>>,
    keys: Option<&Bound<'py, PyAny>>,
    other_keys: Option<&Bound<'py, PyAny>>,
    variants: Option<&Bound<'py, PyAny>>,
    target: Option<&Bound<'py, PyAny>>,
    now: Option<&Bound<'py, PyAny>>,
    tolerance: Option<&Bound<'py, PyAny>>,
) -> PyResult<Diagnosis> {
    let given = Given::new(method, url, headers, body, target)?;
    let scheme = self::scheme(scheme)?;
    let flow = self::flow(py, flow)?;
    let keys = ring(keys)?;
    let variants = texts("variants", variants)?;
    let names: Vec<&str> = variants.iter().map(String::as_str).collect();
    let mut others = Vec::new();
    if let Some(value) = other_keys.filter(|v| !v.is_none()) {
        let wrong = |_| {
            let message = format!(
                "other_keys must be a list of credentials, not {}",
                kind(value)
            );
            argument(py, "other_keys", message)
        };
        for item in value.try_iter().map_err(wrong)? {
            others.push(credentials("other_keys", Some(&item?))?);
        }
    }
    let tolerance = tolerance.filter(|v| !v.is_none());
    let tolerance = tolerance.map(|t| whole("tolerance", t)).transpose()?;
    let options = DiagnoseOptions {
        variants: &names,
        other_keys: &others,
        now: clock(now)?,
        tolerance_seconds: tolerance.map(|t| u32::try_from(t).unwrap_or(u32::MAX)),
    };
    // Thousands of hypotheses: other threads run meanwhile.
    let found = given.detached(py, true, |message| {
        paysig::diagnose_with(&scheme, flow, &keys, message, &options)
    })?;
    found.or_raise(py).map(|inner| Diagnosis { inner })
}
